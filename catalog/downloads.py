"""What was taken, counted by day; no addresses and no people are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog import clock
from catalog.engines import insert
from catalog.tables.download import Download

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def count(session: Session, *, resource_id: str, asset_id: str, rendition: str = "") -> None:
    """Count one file taken today."""
    first = insert(session, Download).values(
        day=clock.now().date(),
        resource_id=resource_id,
        asset_id=asset_id,
        rendition=rendition,
        times=1,
    )
    session.execute(
        first.on_conflict_do_update(
            index_elements=["day", "resource_id", "asset_id", "rendition"],
            set_={"times": Download.times + 1},
        )
    )
