"""What ingest writes of a blob: steps with their states, facts and verdict, text, renditions.

Every function is one short transaction of its own caller. A step is idempotent by (content, step,
version of the step): one that is done in this version is not offered again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from catalog import clock
from catalog.indexing import touch_blob
from catalog.resources.indexable import pack
from catalog.states import StepState
from catalog.tables.asset import Asset, Blob, BlobStep, FileText, Rendition

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy.orm import Session

    from catalog.resources.indexable import TextSegment


@dataclass(frozen=True)
class BlobView:
    """Stored bytes to be looked at; `filename` and `language` are as one of its givers named them."""

    id: str
    key: str
    size: int
    sha256: str | None
    media_type: str | None
    family: str | None
    verdict: str | None
    facts: Mapping[str, Any]
    filename: str
    language: str | None
    role: str


@dataclass(frozen=True)
class Made:
    """A rendition that has been stored."""

    name: str
    media_type: str
    size: int
    sha256: str
    key: str
    facts: Mapping[str, Any]


def blob(session: Session, blob_id: str) -> BlobView | None:
    """Return a blob, or None when nothing points at it any more and there is nothing to do."""
    row = session.execute(
        select(Blob, Asset)
        .join(Asset, Asset.blob_id == Blob.id)
        .where(Blob.id == blob_id)
        .order_by(Asset.created_at)
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    found, asset = row
    return BlobView(
        id=found.id,
        key=found.key,
        size=found.size,
        sha256=found.sha256,
        media_type=found.media_type,
        family=found.family,
        verdict=found.verdict,
        facts=found.facts,
        filename=asset.filename,
        language=asset.language,
        role=asset.role,
    )


def plan_steps(session: Session, blob_id: str, steps: Sequence[tuple[str, int]]) -> list[str]:
    """Bring the rows in line with `steps` (name, version) and return the names still to be done."""
    # Two kinds of jobs work on one blob: the second waits here.
    session.execute(select(Blob.id).where(Blob.id == blob_id).with_for_update())
    rows = {
        row.name: row
        for row in session.scalars(select(BlobStep).where(BlobStep.blob_id == blob_id))
    }
    for name, row in rows.items():
        if name not in dict(steps):
            session.delete(row)
    for place, (name, version) in enumerate(steps):
        known = rows.get(name)
        if known is None:
            session.add(
                BlobStep(
                    blob_id=blob_id,
                    name=name,
                    step_version=version,
                    state=StepState.WAITING,
                    position=place,
                )
            )
            continue
        known.position = place
        if known.step_version != version:
            known.step_version, known.state, known.attempts = version, StepState.WAITING, 0
    session.flush()
    return [name for name, _ in steps if name not in rows or rows[name].state != StepState.DONE]


def begin_step(session: Session, blob_id: str, name: str) -> None:
    """Note that a step is being worked on; counts the attempt."""
    _change(
        session,
        blob_id,
        name,
        state=StepState.WORKING,
        attempts=BlobStep.attempts + 1,
        progress=0.0,
    )


def progress_step(session: Session, blob_id: str, name: str, progress: float) -> None:
    """Note how far a step is, from 0 to 1."""
    _change(session, blob_id, name, progress=progress)


def finish_step(session: Session, blob_id: str, name: str) -> None:
    """Note that a step is done."""
    _change(
        session,
        blob_id,
        name,
        state=StepState.DONE,
        progress=1.0,
        last_error=None,
        finished_at=clock.now(),
    )


def fail_step(session: Session, blob_id: str, name: str, *, error: str, final: bool) -> None:
    """Note that a step failed: for good, or to be tried again. `error` is a code with its facts."""
    state = StepState.FAILED if final else StepState.WAITING
    _change(session, blob_id, name, state=state, last_error=error[:2000])


def fail_open_steps(session: Session, blob_id: str, *, error: str) -> None:
    """Note that what was still open of a blob failed for good, as when its job is among the dead."""
    session.execute(
        update(BlobStep)
        .where(
            BlobStep.blob_id == blob_id,
            BlobStep.state.in_((StepState.WAITING, StepState.WORKING)),
        )
        .values(state=StepState.FAILED, last_error=error)
        .execution_options(synchronize_session=False)
    )


def _change(session: Session, blob_id: str, name: str, **values: object) -> None:
    session.execute(
        update(BlobStep)
        .where(BlobStep.blob_id == blob_id, BlobStep.name == name)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def store_hash(session: Session, blob_id: str, sha256: str) -> str:
    """Note the hash of a blob that had none; return the id of the blob that keeps these bytes.

    When another blob has the same bytes, the assets move to it.
    """
    twin = session.scalar(
        select(Blob).where(Blob.sha256 == sha256, Blob.id != blob_id).with_for_update()
    )
    if twin is None:
        session.execute(update(Blob).where(Blob.id == blob_id).values(sha256=sha256))
        return blob_id
    session.execute(update(Asset).where(Asset.blob_id == blob_id).values(blob_id=twin.id))
    twin.marked_at = None
    return twin.id


def store_findings(
    session: Session,
    blob_id: str,
    *,
    media_type: str,
    family: str,
    verdict: str,
    reasons: Sequence[Mapping[str, Any]],
    facts: Mapping[str, Any],
) -> None:
    """Note what the bytes say about themselves, and the verdict."""
    row = session.get_one(Blob, blob_id)
    row.media_type, row.family, row.verdict = media_type, family, verdict
    row.reasons, row.facts = [dict(reason) for reason in reasons], dict(facts)
    session.flush()
    touch_blob(session, blob_id)


def store_text(
    session: Session, blob_id: str, *, language: str | None, segments: Collection[TextSegment]
) -> None:
    """Keep the text of a file, compressed."""
    row = session.get(FileText, blob_id) or FileText(blob_id=blob_id)
    row.language = language
    row.characters = sum(len(segment.text) for segment in segments)
    row.content = pack(segments)
    session.add(row)
    session.flush()
    touch_blob(session, blob_id)


def store_renditions(session: Session, blob_id: str, made: Collection[Made]) -> None:
    """Note renditions that are in the store; one of the same name is replaced."""
    for each in made:
        row = session.get(Rendition, (blob_id, each.name)) or Rendition(
            blob_id=blob_id, name=each.name
        )
        row.media_type, row.size, row.sha256 = each.media_type, each.size, each.sha256
        row.key, row.facts, row.created_at = each.key, dict(each.facts), clock.now()
        session.add(row)
    session.flush()
    touch_blob(session, blob_id)
