"""What lies about: uploads nobody goes on with, bytes nobody points at, objects no row knows.

A sweep marks what is unreferenced, waits a day, and deletes under the row's lock only what is still
unreferenced. Finishing an upload locks the same row, so the two cannot cross.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import delete, exists, select, update

from catalog import clock
from catalog.tables.asset import Asset, Blob, Rendition
from catalog.tables.upload import Upload

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from catalog.database import Database

WAIT = timedelta(days=1)
BATCH = 200
"""Keys looked up in one statement; SQLite takes 32,766 values, a page of a store's list is 1,000."""


class ListedObject(Protocol):
    """An object of a store, as a sweep sees it."""

    @property
    def key(self) -> str:
        """Its key."""

    @property
    def modified(self) -> datetime:
        """When it was last written."""

    @property
    def finished(self) -> bool:
        """Whether it is whole."""


class Sweepable(Protocol):
    """The two verbs of a store that a sweep needs."""

    def delete(self, key: str) -> None:
        """Drop a finished object."""

    def abandon(self, key: str) -> None:
        """Drop an unfinished object."""

    def keys(self, prefix: str = "") -> Iterator[ListedObject]:
        """Give all objects."""


def sweep(database: Database, store: Sweepable) -> int:
    """Clear stale uploads, then blobs, then strange objects; return how many went."""
    return (
        sweep_uploads(database, store)
        + sweep_blobs(database, store)
        + _sweep_strangers(database, store)
    )


def sweep_uploads(database: Database, store: Sweepable) -> int:
    """Clear uploads whose time is up, and finished ones after theirs; return how many.

    One that somebody is writing on right now stays: its lease renews its time.
    """
    stale = (
        select(Upload)
        .where(
            Upload.expires_at < clock.now(),
            (Upload.lease_until.is_(None)) | (Upload.lease_until < clock.now()),
        )
        .with_for_update(skip_locked=True)
    )
    with database.unit_of_work() as session:
        rows = list(session.scalars(stale))
        keys = [row.key for row in rows if row.finished_at is None]
        for row in rows:
            session.delete(row)
    for key in keys:
        store.abandon(key)
    return len(rows)


def sweep_blobs(database: Database, store: Sweepable) -> int:
    """Mark what is unreferenced, and delete what was marked a day ago; return how many went."""
    with database.unit_of_work() as session:
        _mark(session)
    with database.reading() as session:
        marked = list(session.scalars(select(Blob.id).where(Blob.marked_at < clock.now() - WAIT)))
    return sum(_delete(database, store, blob_id) for blob_id in marked)


def _mark(session: Session) -> None:
    unreferenced = ~exists().where(Asset.blob_id == Blob.id)
    session.execute(
        update(Blob)
        .where(Blob.marked_at.is_(None), unreferenced)
        .values(marked_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def _delete(database: Database, store: Sweepable, blob_id: str) -> int:
    """Delete the row if it is still unreferenced, and then the bytes: never the other way round."""
    with database.unit_of_work() as session:
        blob = session.get(Blob, blob_id, with_for_update=True)
        if blob is None or blob.marked_at is None:
            return 0
        if session.scalar(select(Asset.id).where(Asset.blob_id == blob_id).limit(1)):
            blob.marked_at = None
            return 0
        keys = [
            blob.key,
            *session.scalars(select(Rendition.key).where(Rendition.blob_id == blob_id)),
        ]
        session.execute(delete(Blob).where(Blob.id == blob_id))
    for key in keys:
        store.delete(key)
    return 1


def _sweep_strangers(database: Database, store: Sweepable) -> int:
    """Drop objects older than a day that neither a blob, a rendition nor an open upload knows."""
    before, gone = clock.now() - WAIT, 0
    old = (listed for listed in store.keys("") if listed.modified < before)
    for batch in _batches(old):
        needed, wanted = _known(database, [listed.key for listed in batch])
        for listed in batch:
            if listed.key in wanted or (listed.finished and listed.key in needed):
                continue
            (store.delete if listed.finished else store.abandon)(listed.key)
            gone += 1
    return gone


def _known(database: Database, keys: Sequence[str]) -> tuple[set[str], set[str]]:
    """Return those of the keys whose object a row knows, and those of open uploads.

    A finished upload does not count: its bytes are a blob's, or those of a blob given before, and
    then the second copy is nobody's. Bytes that are unfinished count only for an open upload: a
    process killed while it finished leaves some beside the object itself.
    """
    objects = (
        select(Blob.key).where(Blob.key.in_(keys)),
        select(Rendition.key).where(Rendition.key.in_(keys)),
    )
    uploads = select(Upload.key).where(Upload.key.in_(keys), Upload.finished_at.is_(None))
    with database.reading() as session:
        needed = {key for each in objects for key in session.scalars(each)}
        return needed, set(session.scalars(uploads))


def _batches(listed: Iterator[ListedObject]) -> Iterator[list[ListedObject]]:
    while batch := list(islice(listed, BATCH)):
        yield batch
