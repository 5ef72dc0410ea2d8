"""Resources in bulk: JSON Lines to drafts, or to published resources by a curator's decision.

A line is known by institution and `source_id`, so that running again skips what is done. The
faults of a line are listed by field, and the good lines still go in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from catalog import assets, blobs, importing, imports, reviews, uploads
from catalog.errors import CatalogError, Conflict, Fault, Invalid
from catalog.ids import new_id
from catalog.resources import drafts, versions
from catalog.resources.checks import missing_values_for_import
from ingest.lines import Listed, sha256_of
from ingest.listed import groups_of, read, with_files
from storage.hashing import HashingReader
from storage.keys import original_key

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from catalog.assets import Given
    from catalog.database import Database, UnitOfWork
    from catalog.policy.actor import Actor
    from catalog.uploads import Limits
    from ingest.lines import Line
    from ingest.listed import Outcome, Raw, Read
    from storage.store import MediaStore

_ANOTHER_WAS_FIRST: Final = ("source_exists", "twice_at_once", "version_open")


@dataclass(frozen=True)
class Bytes:
    """A file whose bytes are in the store."""

    blob_id: str
    key: str
    size: int
    sha256: str
    given: Given


@dataclass(frozen=True)
class Importer:
    """What an import needs; `by` is whose decision a publication is."""

    database: Database
    store: MediaStore
    by: Actor
    institution: str
    publish: bool
    limits: Limits

    def run(self, file: Path) -> Iterator[Outcome]:
        """Bring every line in, whole or not at all, and tell of each when it is in for good.

        New lines without files come in together, as many as follow one another; all others by
        themselves. A list that is broken off is run again.
        """
        with file.open("rb") as listed:
            for group in groups_of(listed):
                yield from self._bring_all(group, file.parent)

    def _bring_all(self, group: tuple[Raw, ...], folder: Path) -> Iterator[Outcome]:
        with self.database.reading() as session:
            found = read(session, group)
            sources = [each.source_id for each in found if each.source_id is not None]
            known = imports.known_among(session, self.institution, sources)
        seen = set(known)
        together: list[Read] = []
        for each in (with_files(line, folder) for line in found):
            if each.is_new(seen):
                together.append(each)
            else:
                yield from self._together(together)
                together = []
                yield self._alone(each)
            if each.source_id is not None:
                seen.add(each.source_id)
        yield from self._together(together)

    def _together(self, new: list[Read]) -> Iterator[Outcome]:
        """Bring new lines in by one unit of work; should it fail, each by itself."""
        fit = [each for each in new if not self._lacking(each)]
        try:
            ids = iter(self._written(fit))
        except CatalogError:
            yield from (self._alone(each) for each in new)
            return
        for each in new:
            lacking = self._lacking(each)
            yield each.failed(lacking) if lacking else each.outcome(next(ids), "created")

    def _written(self, new: list[Read]) -> list[str]:
        if not new:
            return []
        with self.database.unit_of_work() as session:
            return importing.bring_in(
                session,
                by=self.by,
                institution=self.institution,
                newcomers=[each.newcomer() for each in new],
                publish=self.publish,
            )

    def _lacking(self, each: Read) -> tuple[Fault, ...]:
        if not self.publish or each.values is None:
            return ()
        return missing_values_for_import(each.values)

    def _alone(self, each: Read) -> Outcome:
        try:
            if isinstance(each.found, CatalogError):
                raise each.found
            rid, status = self._bring(each.found)
        except Invalid as error:
            return each.failed(error.faults)
        except CatalogError as error:
            return each.failed((Fault("", error.code, error.facts),))
        return each.outcome(rid, status)

    def _bring(self, line: Line) -> tuple[str, str]:
        hashed = tuple((listed, sha256_of(listed)) for listed in line.files or ())
        digest = imports.digest(line.payload, None if line.files is None else _told(hashed))
        try:
            return self._bring_once(line, digest)
        except Conflict as error:
            # Another import of the same list was first; what it brought is known by now.
            if line.source_id is None or error.code not in _ANOTHER_WAS_FIRST:
                raise
            return self._bring_once(line, digest)

    def _bring_once(self, line: Line, digest: str) -> tuple[str, str]:
        with self.database.reading() as session:
            known = imports.known(session, self.institution, line.source_id)
            if known is not None and known.digest == digest and self._done(known):
                return known.resource_id, "unchanged"
            self._demand_room(session, line.files or ())
        stored = [self._stored(listed) for listed in line.files or ()]
        with self.database.unit_of_work() as session:
            rid = self._record(session, line.payload, known)
            if line.files is not None:
                self._attach(session, rid, stored)
            imports.note(session, rid, digest)
            if self.publish:
                reviews.publish_import(session, by=self.by, resource_id=rid)
        return rid, "updated" if known else "created"

    def _done(self, known: imports.Known) -> bool:
        return known.published or not self.publish

    def _demand_room(self, session: UnitOfWork, files: tuple[Listed, ...]) -> None:
        sizes = [listed.path.stat().st_size for listed in files]
        large = [
            Fault(f"{listed.field}.path", "too_large", {"most_bytes": self.limits.file_bytes})
            for listed, size in zip(files, sizes, strict=True)
            if size > self.limits.file_bytes
        ]
        if large:
            raise Invalid(tuple(large))
        uploads.demand_room(session, self.institution, sum(sizes), self.limits)

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

    def _stored(self, listed: Listed) -> Bytes:
        """Put a file into the store before any transaction."""
        blob_id = new_id()
        key = original_key(blob_id)
        with listed.path.open("rb") as file:
            reader = HashingReader(file)
            size = self.store.append(key, 0, reader, durable=lambda _offset: None)
        self.store.finish(key, size=size)
        return Bytes(blob_id, key, size, reader.sha256, listed.given)

    def _attach(self, session: UnitOfWork, rid: str, stored: list[Bytes]) -> None:
        """Give the version the files of the line in place of those it had."""
        _resource, version = drafts.latest(session, rid)
        assets.detach_all(session, version.id)
        for each in stored:
            kept = blobs.keep(
                session, blob_id=each.blob_id, key=each.key, size=each.size, sha256=each.sha256
            )
            assets.attach(
                session,
                by=self.by.person_id,
                resource_id=rid,
                version_id=version.id,
                blob_id=kept,
                given=each.given,
            )


def _told(hashed: tuple[tuple[Listed, str], ...]) -> list[tuple[str | None, ...]]:
    """Return of each file what makes a line another one: name, role, language, bytes."""
    return [
        (listed.given.filename, listed.given.role, listed.given.language, sha256)
        for listed, sha256 in hashed
    ]
