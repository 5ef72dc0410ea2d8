"""What the store ought to hold: originals and what was made from them, with size and hash.

Checks, backups and moves ask here what is to be looked at, copied or kept; what lies in a store and
in no row is the sweep's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, literal, select, union_all

from catalog.tables.asset import Blob, Rendition

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

BATCH = 1000
"""Rows read at a time: a house of a million files is walked without holding them all."""


@dataclass(frozen=True)
class Holding:
    """One object that ought to be in the store; `size` in bytes, `sha256` None till known.

    `rendition` is its name, empty for an original. `quarantined` is set for an original whose bytes
    were found to be others.
    """

    key: str
    size: int
    sha256: str | None
    blob_id: str
    rendition: str = ""
    quarantined: bool = False


def holdings(session: Session) -> Iterator[Holding]:
    """Give all of them, by key."""
    last = ""
    while True:
        both = union_all(_originals(), _made()).subquery()
        rows = session.execute(
            select(both).where(both.c.key > last).order_by(both.c.key).limit(BATCH)
        ).all()
        if not rows:
            return
        yield from (_holding(row) for row in rows)
        last = rows[-1].key


def longest_unchecked(session: Session, limit: int, *, before: datetime) -> tuple[Holding, ...]:
    """Return at most `limit`, those first that were never checked, or longest ago.

    What was checked at `before` or later is left out.
    """
    both = union_all(_originals(), _made()).subquery()
    rows = session.execute(
        select(both)
        .where(both.c.checked_at.is_(None) | (both.c.checked_at < before))
        .order_by(both.c.checked_at.is_not(None), both.c.checked_at, both.c.key)
        .limit(limit)
    )
    return tuple(_holding(row) for row in rows)


def count(session: Session) -> int:
    """Return how many there are."""
    originals = session.scalar(select(func.count()).select_from(Blob)) or 0
    return originals + (session.scalar(select(func.count()).select_from(Rendition)) or 0)


def _originals() -> Select[Any]:
    return select(
        Blob.key,
        Blob.size,
        Blob.sha256,
        Blob.id.label("blob_id"),
        literal("").label("rendition"),
        Blob.quarantined_at.is_not(None).label("quarantined"),
        Blob.checked_at,
    )


def _made() -> Select[Any]:
    return select(
        Rendition.key,
        Rendition.size,
        Rendition.sha256,
        Rendition.blob_id,
        Rendition.name.label("rendition"),
        literal(value=False).label("quarantined"),
        Rendition.checked_at,
    )


def _holding(row: Any) -> Holding:  # noqa: ANN401 - a row of the union
    return Holding(row.key, row.size, row.sha256, row.blob_id, row.rendition, bool(row.quarantined))
