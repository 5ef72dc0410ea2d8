"""The demonstration's home: made once into the user's cache, copied for each start."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalog import agreements, institutions, notes, people, reviews
from catalog.jobs import JobKind
from catalog.resources import reading, versions
from catalog.uploads import Limits
from config.settings import load
from ingest.bulk import Importer
from portal.demo.media import make
from portal.diagnosis import tools
from portal.handlers import worker
from portal.services import Services, build

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from catalog.policy.actor import Actor

FOLDER = Path(__file__).parent
ACCOUNTS = (
    ("admin", None, "admin@caravan.example", "Ada Admin"),
    ("curator", None, "curator@caravan.example", "M. Haddad"),
    ("contributor", "earth-and-sky", "contributor@caravan.example", "Lin Yue"),
    ("partner", "house-of-science", "partner@caravan.example", "Dilnoza Karimova"),
)
DEFAULTS = {"access": "open", "summary": {}, "details": {}}
OWN = ("at", "files", "state")


class Lacking(Exception):
    """A program that makes or looks into the media is missing; the text says which."""


def password_of(role: str) -> str:
    """Return the password of a demonstration account. The home is thrown away after use."""
    return f"caravan-{role}-demo"


def cached_home(say: Callable[[str], None]) -> Path:
    """Return the finished home in the user's cache, making it when it is not there.

    Raises Lacking, before anything is made.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "caravan"
    home = cache / f"demo-{_digest()}"
    if (home / "finished").exists():
        return home
    _check_tools()
    cache.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix="making-", dir=cache))
    try:
        fill(draft, say)
        (draft / "finished").touch()
        shutil.rmtree(home, ignore_errors=True)
        draft.rename(home)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return home


def _check_tools() -> None:
    advice = [each.advice for each in tools() if not each.ok]
    if advice:
        lines = ["The demonstration cannot be made here; make setup names the command.", *advice]
        raise Lacking("\n".join(lines))


def _digest() -> str:
    """Return a digest of what the home is made of and by: another one is made when it changes."""
    rooms = FOLDER.parent.parent
    digest = hashlib.sha256()
    for room in ("catalog", "config", "ingest", "search", "storage", "portal/demo"):
        for path in sorted((rooms / room).rglob("*")):
            if path.suffix in (".py", ".json", ".jsonld", ".toml", ".txt"):
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def fill(home: Path, say: Callable[[str], None]) -> None:
    """Fill a home: institutions, people, resources published and unfinished, pictures, index."""
    told = json.loads((FOLDER / "resources.json").read_text(encoding="utf-8"))
    services = build(load({"CARAVAN_HOME": str(home)}))
    try:
        actors = _people(services, told)
        with tempfile.TemporaryDirectory() as folder:
            _publish(services, actors["curator"], told["resources"], Path(folder), say)
            _leave_unfinished(services, actors, told["unfinished"], Path(folder), say)
        say("Writing the search index")
        worker(services).work_off(JobKind.INDEX)
    finally:
        services.close()


def _people(services: Services, told: Mapping[str, Any]) -> dict[str, Actor]:
    with services.database.unit_of_work() as session:
        for each in told["institutions"]:
            institutions.add(
                session,
                by=None,
                institution_id=each["id"],
                names=each["name"],
                country=each["country"],
            )
        for each in told["agreements"]:
            agreements.add(session, by=None, agreement_id=each["id"], parties=each["parties"])
        ids = {
            role: people.add_person(
                session,
                by=None,
                email=email,
                name=name,
                role=role,
                institution=place,
                password=password_of(role),
            )
            for role, place, email, name in ACCOUNTS
        }
    with services.database.reading() as session:
        found = {role: people.actor_of(session, person) for role, person in ids.items()}
    return {role: actor for role, actor in found.items() if actor is not None}


def _publish(
    services: Services,
    curator: Actor,
    resources: list[dict[str, Any]],
    folder: Path,
    say: Callable[[str], None],
) -> None:
    for number, resource in enumerate(resources, 1):
        say(f"Making resource {number} of {len(resources)}")
        _bring(services, curator, resource, folder / str(number), number, publish=True)


def _bring(
    services: Services,
    by: Actor,
    resource: dict[str, Any],
    folder: Path,
    number: int,
    *,
    publish: bool,
) -> str:
    folder.mkdir()
    texts = {"title": resource["title"], "summary": resource.get("summary", {})}
    line = {**DEFAULTS, **{name: value for name, value in resource.items() if name not in OWN}}
    line["source_id"] = f"demo-{number}"
    line["assets"] = [make(what, folder, texts, number) for what in resource["files"]]
    if not any(each["role"] == "main" for each in line["assets"]) and line["assets"]:
        line["assets"][0]["role"] = "main"
    manifest = folder / "line.jsonl"
    manifest.write_text(json.dumps(line, ensure_ascii=False), encoding="utf-8")
    limits = Limits(services.settings.limits.max_upload_bytes)
    importer = Importer(services.database, services.store, by, resource["at"], publish, limits)
    outcome = next(iter(importer.run(manifest)))
    if outcome.id is None:
        message = f"the demonstration's line {number} failed: {outcome.errors}"
        raise RuntimeError(message)
    worker(services).work_off(JobKind.INGEST)
    return outcome.id


def _leave_unfinished(
    services: Services,
    actors: Mapping[str, Actor],
    resources: list[dict[str, Any]],
    folder: Path,
    say: Callable[[str], None],
) -> None:
    """Leave an item in every other state, each by the actions people take."""
    giver, curator = actors["contributor"], actors["curator"]
    for number, resource in enumerate(resources, 101):
        say(f"Leaving one {resource['state'].replace('_', ' ')}")
        rid = _bring(services, giver, resource, folder / str(number), number, publish=False)
        steps = _STEPS[resource["state"]]
        for step in steps:
            with services.database.unit_of_work() as session:
                step(session, rid, giver, curator)


def _submit(session: Any, rid: str, giver: Actor, curator: Actor) -> None:  # noqa: ANN401 - a session of the catalogue
    del curator
    reviews.submit(session, by=giver, resource_id=rid)


def _claim(session: Any, rid: str, giver: Actor, curator: Actor) -> None:  # noqa: ANN401 - a session of the catalogue
    del giver
    reviews.claim(session, by=curator, resource_id=rid)


def _ask(session: Any, rid: str, giver: Actor, curator: Actor) -> None:  # noqa: ANN401 - a session of the catalogue
    del giver
    view = reading.working_version(session, curator, rid)
    words = "Please say how heavy it is, and send the plan as a PDF."
    notes.leave(session, by=curator, view=view, text=words, anchor={"field": "summary"})
    reviews.decide(session, by=curator, resource_id=rid, decision="ask_changes", note=words)


def _decline(session: Any, rid: str, giver: Actor, curator: Actor) -> None:  # noqa: ANN401 - a session of the catalogue
    del giver
    reviews.decide(
        session, by=curator, resource_id=rid, decision="decline", note="This is an advertisement."
    )


def _withdraw(session: Any, rid: str, giver: Actor, curator: Actor) -> None:  # noqa: ANN401 - a session of the catalogue
    del giver
    reviews.decide(session, by=curator, resource_id=rid, decision="publish")
    reason = "The seal at the foot wears out. Please take down the copies you have built."
    versions.withdraw(session, by=curator, resource_id=rid, reason=reason)


_STEPS: dict[str, tuple[Callable[[Any, str, Actor, Actor], None], ...]] = {
    "draft": (),
    "submitted": (_submit,),
    "in_review": (_submit, _claim),
    "changes_asked": (_submit, _claim, _ask),
    "declined": (_submit, _claim, _decline),
    "withdrawn": (_submit, _claim, _withdraw),
}
