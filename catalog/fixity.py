"""What checks of stored bytes write down: when, what was found, what is kept back and given free.

An original that is not what it was is quarantined: its verdict reads refuse, nobody of the public
takes it, and its bytes stay for those who look into it. A rendition is only forgotten and made
again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, update

from catalog import assets, clock
from catalog.ids import new_id
from catalog.indexing import touch_blob
from catalog.states import StepState
from catalog.tables.asset import Asset, Blob, BlobStep, Rendition
from catalog.tables.fixity import FixityRun

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from catalog.holdings import Holding


@dataclass(frozen=True)
class Run:
    """A run that has ended; counts of objects."""

    started_at: datetime
    finished_at: datetime
    checked: int
    faults: int


def begin_run(session: Session) -> str:
    """Note that a run begins; return its id."""
    run = FixityRun(id=new_id(), started_at=clock.now(), checked=0, faults=0)
    session.add(run)
    session.flush()
    return run.id


def finish_run(session: Session, run_id: str, *, checked: int, faults: int) -> None:
    """Note that a run has ended."""
    run = session.get_one(FixityRun, run_id)
    run.finished_at, run.checked, run.faults = clock.now(), checked, faults


def last_run(session: Session) -> Run | None:
    """Return the run that ended last; None when none ever did."""
    row = session.scalar(
        select(FixityRun)
        .where(FixityRun.finished_at.is_not(None))
        .order_by(FixityRun.finished_at.desc())
        .limit(1)
    )
    if row is None or row.finished_at is None:
        return None
    return Run(row.started_at, row.finished_at, row.checked, row.faults)


def note_whole(session: Session, holding: Holding) -> bool:
    """Note that an object is what it was; return whether that ended a quarantine."""
    if holding.rendition:
        session.execute(
            update(Rendition)
            .where(Rendition.blob_id == holding.blob_id, Rendition.name == holding.rendition)
            .values(checked_at=clock.now())
        )
        return False
    blob = session.get(Blob, holding.blob_id)
    if blob is None:
        return False
    freed = blob.quarantined_at is not None
    blob.checked_at, blob.quarantined_at = clock.now(), None
    if freed:
        session.flush()
        touch_blob(session, blob.id)
    return freed


def quarantine(session: Session, blob_id: str) -> bool:
    """Keep an original back; return whether that is new, and so worth an alert."""
    blob = session.get(Blob, blob_id)
    if blob is None:
        return False
    blob.checked_at = clock.now()
    if blob.quarantined_at is not None:
        return False
    blob.quarantined_at = clock.now()
    session.flush()
    touch_blob(session, blob_id)
    return True


def make_again(session: Session, holding: Holding) -> None:
    """Forget a rendition, and have the steps that make them run again."""
    session.execute(
        delete(Rendition).where(
            Rendition.blob_id == holding.blob_id, Rendition.name == holding.rendition
        )
    )
    session.execute(
        update(BlobStep)
        .where(BlobStep.blob_id == holding.blob_id, BlobStep.state == StepState.DONE)
        .values(state=StepState.WAITING, attempts=0, progress=0.0)
    )
    touch_blob(session, holding.blob_id)
    assets.enqueue_ingest(session, holding.blob_id)


def quarantined_count(session: Session) -> int:
    """Return how many originals are kept back."""
    found = select(func.count()).select_from(Blob).where(Blob.quarantined_at.is_not(None))
    return session.scalar(found) or 0


def quarantined_names(session: Session, most: int) -> tuple[str, ...]:
    """Return names of files that are kept back, with the resources they belong to."""
    rows = session.execute(
        select(Asset.resource_id, Asset.filename)
        .join(Blob, Blob.id == Asset.blob_id)
        .where(Blob.quarantined_at.is_not(None))
        .order_by(Blob.quarantined_at, Asset.id)
        .limit(most)
    )
    return tuple(f"{resource_id}: {filename}" for resource_id, filename in rows)


def oldest_unchecked(session: Session) -> datetime | None:
    """Return when the object came that has waited longest for its first check; None when none does."""
    return session.scalar(select(func.min(Blob.created_at)).where(Blob.checked_at.is_(None)))
