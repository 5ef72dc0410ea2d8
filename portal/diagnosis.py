"""What `caravan doctor` says: of each part what is in use, how it is, and what to do.

Every question is asked whatever the others answer: a doctor that falls ill with the patient is of no
use.
"""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from catalog import fixity as checks
from catalog import jobs, watching
from catalog.database import DatabaseBusy
from catalog.migrating import current_revision
from config.quantities import format_bytes
from config.urls import hide_credentials
from ingest import fixity
from ingest.formats import ffprobe
from ingest.inspection import inspect
from ingest.sandbox import ToolFailed, ToolTimedOut, capability, run
from portal.health import parts

if TYPE_CHECKING:
    from collections.abc import Callable

    from portal.health import Part
    from portal.services import Services

LONG_WAIT_SECONDS = 600
LITTLE_ROOM_BYTES = 2 * 1024**3
ADVICE = {
    "database": "See that the server runs and CARAVAN_DATABASE_URL is right.",
    "storage": "See that it answers and has room, CARAVAN_STORAGE_URL and credentials.",
    "search": "See the cluster and CARAVAN_SEARCH_URL; the index catches up by itself.",
}


@dataclass(frozen=True)
class Finding:
    """One line of the doctor; `advice` is empty where nothing is wrong."""

    part: str
    ok: bool
    says: str
    advice: str = ""
    milliseconds: float = 0.0


def findings(services: Services) -> tuple[Finding, ...]:
    """Ask everything once."""
    asked = tuple(_of_part(services, part) for part in parts(services))
    questions: tuple[tuple[str, Callable[[Services], Finding]], ...] = (
        ("room", _room),
        ("queue", _queue),
        ("fixity", _fixity),
    )
    return (
        _program(),
        *asked,
        *(_answered(name, question, services) for name, question in questions),
        *tools(),
        _sandbox(),
    )


def _answered(name: str, question: Callable[[Services], Finding], services: Services) -> Finding:
    try:
        return question(services)
    except DatabaseBusy as error:
        return Finding(name, ok=False, says=f"not known: {error}", advice=ADVICE["database"])


def _program() -> Finding:
    version = ".".join(str(number) for number in sys.version_info[:3])
    return Finding("program", ok=True, says=f"Python {version}")


def _of_part(services: Services, part: Part) -> Finding:
    used = services.settings
    addresses = {
        "database": used.database.url,
        "storage": used.storage.url,
        "search": used.search.url,
    }
    says = f"{hide_credentials(addresses[part.name])}: {part.says}"
    advice = "" if part.ok else ADVICE[part.name]
    if part.name == "database" and part.ok:
        says = (
            f"{services.database.version()}, schema {current_revision(services.database)}, {says}"
        )
    if part.name == "search" and part.ok:
        says = f"{services.engine.version()}, {says}"
    return Finding(part.name, part.ok, says, advice, part.milliseconds)


def _room(services: Services) -> Finding:
    """The home holds the index, work in progress, and by default everything else."""
    free = shutil.disk_usage(services.settings.home).free
    enough = free >= LITTLE_ROOM_BYTES
    advice = "" if enough else "Make room: giving answers 507 when none is left. Nothing is lost."
    return Finding("room", enough, f"{format_bytes(free)} free in the home", advice)


def _queue(services: Services) -> Finding:
    with services.database.reading() as session:
        dead = jobs.dead_count(session)
        wait = watching.longest_wait(session)
    says = f"{dead} jobs gave up, the oldest due one waits {round(wait)} s"
    if wait > LONG_WAIT_SECONDS:
        return Finding(
            "queue", ok=False, says=says, advice="See that a worker runs: caravan worker"
        )
    advice = "Their last errors are in the log; retry on the file runs it again." if dead else ""
    return Finding("queue", not dead, says, advice)


def _fixity(services: Services) -> Finding:
    with services.database.reading() as session:
        last = checks.last_run(session)
        damaged = checks.quarantined_count(session)
    ended = f"last check {last.finished_at:%Y-%m-%d %H:%M} UTC" if last else "no check yet"
    says = f"{ended}, {damaged} files damaged"
    if damaged:
        advice = "Bring them back from a backup, then: caravan fixity"
        return Finding("fixity", ok=False, says=says, advice=advice)
    if fixity.is_overdue(services.database):
        advice = "No check has ended for two days: see that a worker runs."
        return Finding("fixity", ok=False, says=says, advice=advice)
    return Finding("fixity", ok=True, says=says)


def tools() -> tuple[Finding, ...]:
    """Ask what looks into files, apart from any home."""
    return (_ffmpeg(), _libmagic())


def _ffmpeg() -> Finding:
    try:
        told = run(ffprobe.version_argv()).stdout
    except (ToolFailed, ToolTimedOut, OSError):
        advice = "Install ffmpeg: without it films and sounds wait unchecked."
        return Finding("ffmpeg", ok=False, says="does not run", advice=advice)
    return Finding("ffmpeg", ok=True, says=ffprobe.parse_version(told))


def _libmagic() -> Finding:
    """It is met in the box only, so that a whole look at a text of ours proves the box as well."""
    advice = "Install libmagic1: without it every file waits unchecked."
    try:
        told = inspect(Path(__file__))
    except OSError as error:
        return Finding("libmagic", ok=False, says=str(error.strerror), advice=advice)
    known = told["family"] != "other"
    says = "a text is known by its bytes" if known else "a text is not known by its bytes"
    return Finding("libmagic", ok=known, says=says, advice="" if known else advice)


def _sandbox() -> Finding:
    walls = capability()
    if walls == "bubblewrap":
        return Finding("sandbox", ok=True, says="bubblewrap")
    advice = (
        "Install bubblewrap, or let it make user namespaces: in a weaker box files that could fetch"
        " something are held."
    )
    return Finding("sandbox", ok=False, says=str(walls), advice=advice)
