"""A whole house in a temporary home: services, people of each role, resources in each state."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalog import assets, blobs, ingesting, institutions, people, reviews, tokens
from catalog.ids import new_id
from catalog.resources import drafts
from config.settings import load
from portal.services import Services, build
from storage.keys import original_key, rendition_key

if TYPE_CHECKING:
    from catalog.policy.actor import Actor

ROLES: dict[str, tuple[str, str | None]] = {
    "contributor": ("contributor", "lanzhou"),
    "colleague": ("contributor", "lanzhou"),
    "stranger": ("contributor", "muscat"),
    "partner": ("partner", "muscat"),
    "curator": ("curator", None),
    "second_curator": ("curator", "muscat"),
    "house_admin": ("admin", "lanzhou"),
    "admin": ("admin", None),
}
DATABASE, FILE = "CARAVAN_DATABASE_URL", "caravan.db"
PASSWORD = "correct horse battery"
VALUES: dict[str, Any] = {
    "kind": "film",
    "title": {"en": "Magnets float", "zh": "磁铁"},
    "summary": {"en": "A needle on water"},
    "language": "en",
    "licence": "CC-BY-4.0",
    "uses": ["show", "copy"],
    "subjects": ["magnetism"],
    "access": "open",
}
BYTES = b"The bytes of a film, for tests that take it. " * 100


@dataclass
class House:
    """Services with actors by role, and their bearer tokens."""

    services: Services
    actors: dict[str, Actor]
    tokens: dict[str, str]

    def give(
        self,
        by: str = "contributor",
        *,
        content: bytes = BYTES,
        verdict: str | None = "accept",
        facts: dict[str, Any] | None = None,
        **changes: Any,
    ) -> str:
        """Make a draft with one file that ingest has looked at; return its id."""
        payload = {**VALUES, **changes}
        institution = payload.pop("institution", None)
        with self.services.database.unit_of_work() as session:
            rid = drafts.create(
                session, by=self.actors[by], institution=institution, payload=payload
            )
        self.attach(rid, by=by, content=content, verdict=verdict, facts=facts)
        return rid

    def attach(
        self,
        rid: str,
        *,
        by: str = "contributor",
        content: bytes = BYTES,
        verdict: str | None = "accept",
        facts: dict[str, Any] | None = None,
        filename: str = "film.mp4",
    ) -> str:
        """Store bytes as a file of a draft with the findings given, and with a thumbnail."""
        import hashlib
        import io

        blob_id = new_id()
        stored = self.services.store.put(original_key(blob_id), io.BytesIO(content))
        small = self.services.store.put(rendition_key(blob_id, "thumbnail"), io.BytesIO(b"small"))
        with self.services.database.unit_of_work() as session:
            kept = blobs.keep(
                session,
                blob_id=blob_id,
                key=stored.key,
                size=len(content),
                sha256=hashlib.sha256(content).hexdigest(),
            )
            _resource, version = drafts.latest(session, rid)
            asset_id = assets.attach(
                session,
                by=self.actors[by].person_id,
                resource_id=rid,
                version_id=version.id,
                blob_id=kept,
                given=assets.Given(filename),
            )
            if verdict is not None:
                ingesting.store_findings(
                    session,
                    kept,
                    media_type="video/mp4",
                    family="film",
                    verdict=verdict,
                    reasons=[] if verdict == "accept" else [{"code": "macros"}],
                    facts=facts or {"duration_s": 12.0, "pages": 3},
                )
                ingesting.store_renditions(
                    session,
                    kept,
                    [
                        ingesting.Made(
                            "thumbnail", "image/webp", 5, small.sha256 or "", small.key, {}
                        )
                    ],
                )
        return asset_id

    def bring_to(self, state: str, *, by: str = "contributor", **changes: Any) -> str:
        """Make a resource and bring it to a state by the actions people take."""
        rid = self.give(by, **changes)
        curator = self.actors["curator"]
        if state == "draft":
            return rid
        with self.services.database.unit_of_work() as session:
            reviews.submit(session, by=self.actors[by], resource_id=rid)
        if state == "submitted":
            return rid
        with self.services.database.unit_of_work() as session:
            reviews.claim(session, by=curator, resource_id=rid)
        decision = {
            "published": "publish",
            "withdrawn": "publish",
            "changes_asked": "ask_changes",
            "declined": "decline",
        }.get(state)
        if decision is not None:
            with self.services.database.unit_of_work() as session:
                reviews.decide(
                    session, by=curator, resource_id=rid, decision=decision, note="As it is."
                )
        if state == "withdrawn":
            from catalog.resources import versions

            with self.services.database.unit_of_work() as session:
                versions.withdraw(session, by=curator, resource_id=rid, reason="It leaks.")
        return rid

    def index(self) -> None:
        """Do the index jobs that wait."""
        from catalog.jobs import JobKind
        from portal.handlers import worker

        worker(self.services).work_off(JobKind.INDEX)


def open_services(home: Path, *, migrating: bool = True, **environ: str) -> Services:
    """Open services over a home and settings of a test."""
    return build(load({"CARAVAN_HOME": str(home), **environ}), migrating=migrating)


def build_house(home: Path, **environ: str) -> House:
    """Build services over a temporary home, with an institution or two and one person a role.

    With SQLite, the database is a copy of one that this process made before: schema, vocabulary and
    passwords cost a second of the processor each time. So people and tokens are the same in all.
    """
    if DATABASE in environ or (home / FILE).exists():
        return furnish(open_services(home, **environ))
    pattern, file = _pattern()
    home.mkdir(parents=True, exist_ok=True)
    shutil.copy(file, home / FILE)
    services = open_services(home, migrating=False, **environ)
    return House(services, dict(pattern.actors), dict(pattern.tokens))


@lru_cache(maxsize=1)
def _pattern() -> tuple[House, Path]:
    home = Path(tempfile.mkdtemp(prefix="caravan-pattern-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    pattern = furnish(open_services(home))
    # The last connection that closes brings the log into the file.
    pattern.services.close()
    return pattern, home / FILE


def furnish(services: Services) -> House:
    """Put institutions, people and their tokens into an empty catalogue."""
    with services.database.unit_of_work() as session:
        for name, country in (("lanzhou", "CN"), ("muscat", "OM"), ("patras", "GR")):
            institutions.add(
                session,
                by=None,
                institution_id=name,
                names={"en": name.title(), "zh": f"{name}馆"},
                country=country,
            )
        ids = {
            name: people.add_person(
                session,
                by=None,
                email=f"{name}@example.org",
                name=name,
                role=role,
                institution=place,
                password=PASSWORD if name in ("contributor", "curator", "admin") else None,
            )
            for name, (role, place) in ROLES.items()
        }
        secrets = {
            name: tokens.create(session, person_id=person)[1] for name, person in ids.items()
        }
    with services.database.reading() as session:
        found = {name: people.actor_of(session, person) for name, person in ids.items()}
    return House(services, {name: each for name, each in found.items() if each}, secrets)
