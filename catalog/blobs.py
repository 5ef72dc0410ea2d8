"""Stored bytes as rows: one for the same bytes given twice, swept when nobody points at them.

The sweep marks what is unreferenced, waits a day, and deletes under the row's lock only what is
still unreferenced. Finishing an upload locks the same row, so the two cannot cross.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import delete, exists, select, update

from catalog import clock
from catalog.tables.asset import Asset, Blob, Rendition
from catalog.tables.upload import Upload

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy.orm import Session

    from catalog.database import Database

WAIT = timedelta(days=1)


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


def keep(session: Session, *, blob_id: str, key: str, size: int, sha256: str | None) -> str:
    """Note stored bytes and return the id of the blob that keeps them.

    The same bytes given before: the id of the blob of then, whose mark is taken off. The new copy
    is left to the sweep.
    """
    if sha256 is not None:
        twin = session.scalar(select(Blob).where(Blob.sha256 == sha256).with_for_update())
        if twin is not None:
            twin.marked_at = None
            return twin.id
    session.add(
        Blob(
            id=blob_id,
            key=key,
            size=size,
            sha256=sha256,
            created_at=clock.now(),
            reasons=[],
            facts={},
        )
    )
    session.flush()
    return blob_id


def sweep(database: Database, store: Sweepable) -> int:
    """Mark, and delete what was marked a day ago; drop objects that no row knows. Return a count."""
    with database.unit_of_work() as session:
        _mark(session)
    gone = 0
    for blob_id in _marked_long_ago(database):
        gone += _delete(database, store, blob_id)
    return gone + _sweep_strangers(database, store)


def _mark(session: Session) -> None:
    unreferenced = ~exists().where(Asset.blob_id == Blob.id)
    session.execute(
        update(Blob)
        .where(Blob.marked_at.is_(None), unreferenced)
        .values(marked_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def _marked_long_ago(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(Blob.id).where(Blob.marked_at < clock.now() - WAIT)))


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
    """Drop objects older than a day that neither a blob, a rendition nor an upload knows."""
    before, gone = clock.now() - WAIT, 0
    for listed in store.keys(""):
        if listed.modified > before or _is_known(database, listed.key):
            continue
        if listed.finished:
            store.delete(listed.key)
        else:
            store.abandon(listed.key)
        gone += 1
    return gone


def _is_known(database: Database, key: str) -> bool:
    with database.reading() as session:
        return any(
            session.scalar(select(table.key).where(table.key == key).limit(1)) is not None
            for table in (Blob, Rendition, Upload)
        )
