"""Stored bytes as rows: one for the same bytes given twice.

Who points at bytes locks their row, as the sweep does before it deletes (catalog/sweeping.py), so
the two cannot cross.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog import clock
from catalog.engines import insert
from catalog.indexing import touch_blob
from catalog.tables.asset import Blob

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def keep(session: Session, *, blob_id: str, key: str, size: int, sha256: str | None) -> str:
    """Note stored bytes and return the id of the blob that keeps them.

    The same bytes given before: the id of the blob of then, whose mark is taken off. The new copy
    is left to the sweep, or, where the old one was found damaged, takes its place.
    """
    wanted = insert(session, Blob).values(
        id=blob_id,
        key=key,
        size=size,
        sha256=sha256,
        created_at=clock.now(),
        reasons=[],
        facts={},
    )
    # One statement: of two who bring the same bytes at once, the second waits and gets the first's.
    # It locks that row, so that no sweep can take it before this unit of work ends.
    kept = session.scalars(
        wanted.on_conflict_do_update(index_elements=["sha256"], set_={"marked_at": None}).returning(
            Blob.id
        )
    ).one()
    if kept != blob_id:
        _mend(session, kept, key)
    return kept


def _mend(session: Session, blob_id: str, key: str) -> None:
    twin = session.get_one(Blob, blob_id, populate_existing=True)
    if twin.quarantined_at is not None:
        twin.key, twin.quarantined_at, twin.checked_at = key, None, None
        session.flush()
        touch_blob(session, blob_id)
