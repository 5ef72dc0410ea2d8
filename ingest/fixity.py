"""Whether stored bytes are still what they were: read once, counted, hashed, compared.

Originals that are not are quarantined, renditions are made again (`catalog.fixity`). A store that
does not answer is no fault of the bytes: the run ends with StoreUnavailable and is tried again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from catalog import clock, fixity, holdings
from catalog.notices import Notice, tell_admins
from storage.hashing import RunningHash
from storage.store import ObjectCorrupt, ObjectMissing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from catalog.database import Database
    from catalog.holdings import Holding
    from storage.store import MediaStore

log = structlog.get_logger()

ROUND = timedelta(days=30)
"""In this time every object is read once (NDSA Levels of Preservation 2.0, level 3: at fixed
intervals)."""
RUN_EVERY = timedelta(hours=6)
OVERDUE = timedelta(days=2)
"""Without a run for so long, the checker counts as dead."""
FEWEST = 50
"""Objects of a run at least: a small house is checked much more often than it has to be."""
BATCH = 100


@dataclass(frozen=True)
class Fault:
    """An object that is not what it was: `code` is missing, truncated, grown or changed.

    `new` unless an earlier run has found it already.
    """

    key: str
    code: str
    blob_id: str
    rendition: str = ""
    new: bool = True


@dataclass(frozen=True)
class Report:
    """What a run has found; counts of objects."""

    checked: int
    faults: tuple[Fault, ...]


def share_of_a_run(total: int) -> int:
    """Return how many objects a scheduled run reads, so that a round takes `ROUND`."""
    return max(FEWEST, -(-total * RUN_EVERY // ROUND))


def examine(store: MediaStore, holding: Holding) -> str | None:
    """Read an object to its end; return the code of its fault, None when it is whole.

    Raises StoreUnavailable.
    """
    running, size = RunningHash(), 0
    try:
        for piece in store.read(holding.key):
            running.update(piece)
            size += len(piece)
    except ObjectMissing:
        return "missing"
    except ObjectCorrupt:
        return "truncated"
    if size != holding.size:
        return "truncated" if size < holding.size else "grown"
    if holding.sha256 is not None and running.hexdigest() != holding.sha256:
        return "changed"
    return None


def run(
    database: Database,
    store: MediaStore,
    *,
    most: int | None = None,
    seen: Callable[[Holding, Fault | None], None] = lambda _holding, _fault: None,
) -> Report:
    """Check `most` objects, those first that have waited longest, or all; note what is found.

    `seen` hears of each. Raises StoreUnavailable; what was checked before stays noted.
    """
    with database.unit_of_work() as session:
        run_id = fixity.begin_run(session)
    checked = 0
    faults: list[Fault] = []
    for holding in _due(database, most):
        fault = _note(database, holding, examine(store, holding))
        checked += 1
        if fault is not None:
            faults.append(fault)
            log.error("fixity_fault", key=fault.key, code=fault.code, new=fault.new)
        seen(holding, fault)
    with database.unit_of_work() as session:
        fixity.finish_run(session, run_id, checked=checked, faults=len(faults))
    return Report(checked, tuple(faults))


def _due(database: Database, most: int | None) -> Iterator[Holding]:
    """Give what is to be checked, in batches: no transaction is open while a file is read."""
    began, given = clock.now(), 0
    while most is None or given < most:
        wanted = BATCH if most is None else min(BATCH, most - given)
        with database.reading() as session:
            batch = holdings.longest_unchecked(session, wanted, before=began)
        if not batch:
            return
        given += len(batch)
        yield from batch


def _note(database: Database, holding: Holding, code: str | None) -> Fault | None:
    with database.unit_of_work() as session:
        if code is None:
            fixity.note_whole(session, holding)
            return None
        if holding.rendition:
            fixity.make_again(session, holding)
            return Fault(holding.key, code, holding.blob_id, holding.rendition)
        new = fixity.quarantine(session, holding.blob_id)
        if new:
            tell_admins(session, Notice.FIXITY_FAULT, quiet_for=timedelta(0))
        return Fault(holding.key, code, holding.blob_id, new=new)


def is_overdue(database: Database) -> bool:
    """Whether the checker seems dead: no run has ended for long, though there is what to check."""
    before = clock.now() - OVERDUE
    with database.reading() as session:
        last = fixity.last_run(session)
        if last is not None:
            return last.finished_at < before
        oldest = fixity.oldest_unchecked(session)
    return oldest is not None and oldest < before


def watch(database: Database) -> None:
    """Tell the admins, once a week, when the checker seems dead."""
    if is_overdue(database):
        with database.unit_of_work() as session:
            tell_admins(session, Notice.FIXITY_OVERDUE, quiet_for=timedelta(days=7))
