"""Stored bytes as rows: one for the same bytes given twice.

Who points at bytes locks their row, as the sweep does before it deletes (catalog/sweeping.py), so
the two cannot cross.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from catalog import clock
from catalog.resources.indexing import touch_blob
from catalog.tables.asset import Blob

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def keep(session: Session, *, blob_id: str, key: str, size: int, sha256: str | None) -> str:
    """Note stored bytes and return the id of the blob that keeps them.

    The same bytes given before: the id of the blob of then, whose mark is taken off. The new copy
    is left to the sweep, or, where the old one was found damaged, takes its place.
    """
    if sha256 is not None:
        twin = session.scalar(select(Blob).where(Blob.sha256 == sha256).with_for_update())
        if twin is not None:
            twin.marked_at = None
            if twin.quarantined_at is not None:
                twin.key, twin.quarantined_at, twin.checked_at = key, None, None
                session.flush()
                touch_blob(session, twin.id)
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
