"""Resources in bulk: JSON Lines to drafts, or to published resources by a curator's decision.

A line is known by institution and `source_id`, so that running again skips what is done. The
faults of a line are listed by field, and the good lines still go in.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from catalog import assets, blobs, imports, reviews
from catalog.assets import Given
from catalog.errors import CatalogError, Fault, Invalid
from catalog.ids import new_id
from catalog.resources import drafts, versions
from config.languages import normalise_tag
from storage.hashing import HashingReader
from storage.keys import original_key

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from catalog.database import Database, UnitOfWork
    from catalog.policy.actor import Actor
    from storage.store import MediaStore

LONGEST_LINE = 4 * 1024 * 1024


@dataclass(frozen=True)
class Outcome:
    """What became of one line; `status` is created, updated, unchanged or failed."""

    line: int
    source_id: str | None
    id: str | None
    status: str
    errors: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class Importer:
    """What an import needs; `by` is whose decision a publication is."""

    database: Database
    store: MediaStore
    by: Actor
    institution: str
    publish: bool = False

    def run(self, file: Path) -> Iterator[Outcome]:
        """Bring every line in, one transaction each."""
        with file.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield self._line(number, line, file.parent)

    def _line(self, number: int, line: bytes, folder: Path) -> Outcome:
        source: str | None = None
        try:
            payload = _read(line)
            source = payload.get("source_id")
            files = _files(payload.pop("assets", []), folder)
            rid, status = self._bring(payload, files)
        except Invalid as error:
            return Outcome(number, source, None, "failed", error.faults)
        except CatalogError as error:
            return Outcome(number, source, None, "failed", (Fault("", error.code, error.facts),))
        return Outcome(number, source, rid, status)

    def _bring(self, payload: dict[str, Any], files: list[tuple[Path, Given]]) -> tuple[str, str]:
        digest = imports.digest(payload, [(path.name, path.stat().st_size) for path, _ in files])
        with self.database.reading() as session:
            known = imports.known(session, self.institution, payload.get("source_id"))
        if known is not None and known.digest == digest and (known.published or not self.publish):
            return known.resource_id, "unchanged"
        stored = [(*self._stored(path), given) for path, given in files]
        with self.database.unit_of_work() as session:
            rid = self._record(session, payload, known)
            self._attach(session, rid, stored)
            imports.note(session, rid, digest)
            if self.publish:
                reviews.publish_import(session, by=self.by, resource_id=rid)
        return rid, "updated" if known else "created"

    def _record(
        self, session: UnitOfWork, payload: dict[str, Any], known: imports.Known | None
    ) -> str:
        if known is None:
            return drafts.create(
                session, by=self.by, institution=self.institution, payload=payload, importing=True
            )
        if known.published and not known.open and not self.publish:
            raise Invalid((Fault("source_id", "published"),))
        if known.published and not known.open:
            versions.open_version(
                session, by=self.by, resource_id=known.resource_id, importing=True
            )
        drafts.replace(session, by=self.by, resource_id=known.resource_id, payload=payload)
        return known.resource_id

    def _stored(self, path: Path) -> tuple[str, str, int, str]:
        """Put a file into the store before any transaction: blob id, key, size, SHA-256."""
        blob_id = new_id()
        key = original_key(blob_id)
        with path.open("rb") as file:
            reader = HashingReader(file)
            size = self.store.append(key, 0, reader, durable=lambda _offset: None)
        self.store.finish(key, size=size)
        return blob_id, key, size, reader.sha256

    def _attach(
        self, session: UnitOfWork, rid: str, stored: list[tuple[str, str, int, str, Given]]
    ) -> None:
        _resource, version = drafts.latest(session, rid)
        if stored:
            assets.detach_all(session, version.id)
        for blob_id, key, size, sha256, given in stored:
            kept = blobs.keep(session, blob_id=blob_id, key=key, size=size, sha256=sha256)
            assets.attach(
                session,
                by=self.by.person_id,
                resource_id=rid,
                version_id=version.id,
                blob_id=kept,
                given=given,
            )


def _read(line: bytes) -> dict[str, Any]:
    if len(line) > LONGEST_LINE:
        raise Invalid((Fault("", "too_large"),))
    try:
        payload = json.loads(line)
    except (ValueError, RecursionError):
        raise Invalid((Fault("", "not_json"),)) from None
    if not isinstance(payload, dict):
        raise Invalid((Fault("", "not_an_object"),))
    return payload


def _files(listed: object, folder: Path) -> list[tuple[Path, Given]]:
    """Read the `assets` of a line; paths are relative to the file and stay inside its folder."""
    if not isinstance(listed, list):
        raise Invalid((Fault("assets", "not_a_list"),))
    faults, found = [], []
    for number, item in enumerate(listed):
        name = f"assets.{number}"
        if not isinstance(item, dict) or not isinstance(item.get("path"), str):
            faults.append(Fault(name, "path_required"))
            continue
        path = (folder / item["path"]).resolve()
        if not path.is_relative_to(folder.resolve()) or not path.is_file():
            faults.append(Fault(f"{name}.path", "no_such_file", {"value": item["path"]}))
            continue
        given = Given(
            path.name, item.get("role") or "main", _tag(item.get("language")), item.get("sha256")
        )
        faults += [
            Fault(f"{name}.{fault.field}", fault.code) for fault in assets.check_given(given)
        ]
        found.append((path, given))
    if faults:
        raise Invalid(tuple(faults))
    return found


def _tag(value: object) -> str | None:
    try:
        return normalise_tag(value) if isinstance(value, str) and value else None
    except ValueError:
        raise Invalid((Fault("assets.language", "unknown_language"),)) from None
