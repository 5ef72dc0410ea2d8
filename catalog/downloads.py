"""What was taken, counted by day; no addresses and no people are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from catalog import clock
from catalog.tables.download import Download

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def count(session: Session, *, resource_id: str, asset_id: str, rendition: str = "") -> None:
    """Count one file taken today."""
    today = clock.now().date()
    row = session.get(Download, (today, resource_id, asset_id, rendition))
    if row is None:
        row = Download(
            day=today, resource_id=resource_id, asset_id=asset_id, rendition=rendition, times=0
        )
        session.add(row)
    row.times += 1


def times_taken(session: Session, resource_id: str) -> int:
    """Return how often files of a resource were taken."""
    asked = select(func.sum(Download.times)).where(Download.resource_id == resource_id)
    return session.scalar(asked) or 0
