"""The queue of background work: one table, claimed under a lease with a fencing token.

A job is enqueued in the transaction that makes it needful, so nothing is lost between the two
(the outbox pattern). Attempts are counted at the claim, so that a job that kills its worker dies
too in the end. Whoever finishes must still hold the token of the claim.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, delete, func, or_, select, text, update
from sqlalchemy.exc import IntegrityError

from catalog import clock
from catalog.engines import insert, is_postgresql
from catalog.ids import new_id
from catalog.states import JobState
from catalog.tables.job import Job

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session


class JobKind(StrEnum):
    """What kinds of work there are; the portal's `handlers` gives each its function."""

    FIXITY = "fixity"
    FORMS = "forms"
    """The slow half of ingest: films and sounds for thin lines."""
    INDEX = "index"
    INGEST = "ingest"
    MAIL = "mail"
    REBUILD = "rebuild"
    SWEEP = "sweep"


@dataclass(frozen=True)
class Claimed:
    """A job in hand. Only with its `token` can it be renewed or finished."""

    id: str
    kind: JobKind
    subject: str
    payload: dict[str, Any] = field(default_factory=dict)
    attempt: int = 1
    last_attempt: bool = False
    token: int = 0


MOST_ATTEMPTS = 5
BACK_OFF_SECONDS = 2.0
"""The first pause; each further one doubles, with jitter, up to `LONGEST_BACK_OFF_SECONDS`."""
LONGEST_BACK_OFF_SECONDS = 600.0
KEPT_DAYS = 7
"""How long finished jobs are kept for an operator to look at."""


def enqueue(
    session: Session,
    kind: JobKind,
    subject: str,
    *,
    payload: dict[str, Any] | None = None,
    priority: int = 0,
    after: timedelta = timedelta(0),
    most_attempts: int = MOST_ATTEMPTS,
) -> str:
    """Add a job in the caller's transaction, unless the same is waiting; return its id."""
    wanted = insert(session, Job).values(
        id=new_id(),
        kind=kind,
        subject=subject,
        payload=payload or {},
        state=JobState.READY,
        priority=priority,
        most_attempts=most_attempts,
        run_at=clock.now() + after,
        created_at=clock.now(),
    )
    # The waiting one is changed, so that its row stays locked to the end of this transaction: a
    # worker who took it before that would not see what we are writing.
    sooner = wanted.excluded.run_at < Job.run_at
    kept = wanted.on_conflict_do_update(
        index_elements=["kind", "subject"],
        index_where=text("state = 'ready'"),
        set_={"run_at": case((sooner, wanted.excluded.run_at), else_=Job.run_at)},
    ).returning(Job.id)
    return session.scalars(kept).one()


def claim(
    session: Session, *, lease: timedelta, kinds: Iterable[JobKind] | None = None
) -> Claimed | None:
    """Take the next job that is due, or whose holder let its lease run out. None when there is none.

    A job whose attempts are used up is left for `bury_spent`.
    """
    moment = clock.now()
    due = select(Job.id).where(
        or_(
            (Job.state == JobState.READY) & (Job.run_at <= moment),
            (Job.state == JobState.RUNNING) & (Job.lease_until < moment),
        ),
        Job.attempts < Job.most_attempts,
    )
    if kinds is not None:
        due = due.where(Job.kind.in_([str(kind) for kind in kinds]))
    due = due.order_by(Job.priority.desc(), Job.run_at, Job.id).limit(1)
    if is_postgresql(session):
        due = due.with_for_update(skip_locked=True)
    row = session.execute(
        update(Job)
        .where(Job.id == due.scalar_subquery())
        .values(
            state=JobState.RUNNING,
            attempts=Job.attempts + 1,
            token=Job.token + 1,
            lease_until=moment + lease,
        )
        .returning(
            Job.id, Job.kind, Job.subject, Job.payload, Job.attempts, Job.most_attempts, Job.token
        )
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if row is None:
        return None
    return Claimed(
        id=row.id,
        kind=JobKind(row.kind),
        subject=row.subject,
        payload=row.payload,
        attempt=row.attempts,
        last_attempt=row.attempts >= row.most_attempts,
        token=row.token,
    )


def renew(session: Session, job: Claimed, *, lease: timedelta) -> bool:
    """Lengthen the lease; False when another has the job by now, and the work must stop."""
    return _held(session, job, lease_until=clock.now() + lease)


def complete(session: Session, job: Claimed) -> bool:
    """End a job well; False when it is no longer the caller's, who must then change nothing."""
    return _held(
        session,
        job,
        state=JobState.DONE,
        lease_until=None,
        finished_at=clock.now(),
        last_error=None,
    )


def fail(session: Session, job: Claimed, *, error: str, final: bool = False) -> bool:
    """Put a job back with a pause, or, when its attempts are used up or `final`, among the dead."""
    if final or job.last_attempt:
        return _held(
            session,
            job,
            state=JobState.DEAD,
            lease_until=None,
            finished_at=clock.now(),
            last_error=error,
        )
    pause = min(BACK_OFF_SECONDS * 2 ** (job.attempt - 1), LONGEST_BACK_OFF_SECONDS)
    return _put_back(
        session,
        job,
        last_error=error,
        run_at=clock.now() + timedelta(seconds=pause * random.uniform(0.5, 1.5)),  # noqa: S311 - jitter
    )


def give_back(session: Session, job: Claimed) -> bool:
    """Hand an unfinished job back at once, as a worker does that is told to stop."""
    return _put_back(session, job, attempts=max(job.attempt - 1, 0))


def waiting_count(session: Session, kind: JobKind | None = None) -> int:
    """Return how many jobs are ready or running."""
    open_states = (JobState.READY, JobState.RUNNING)
    counted = select(func.count()).select_from(Job).where(Job.state.in_(open_states))
    if kind is not None:
        counted = counted.where(Job.kind == kind)
    return session.scalar(counted) or 0


def dead_count(session: Session) -> int:
    """Return how many jobs gave up."""
    dead = select(func.count()).select_from(Job).where(Job.state == JobState.DEAD)
    return session.scalar(dead) or 0


def was_done_since(session: Session, kind: JobKind, age: timedelta) -> bool:
    """Whether a job of the kind waits, runs, or ended within `age`."""
    recent = select(Job.id).where(
        Job.kind == kind,
        or_(Job.state.in_((JobState.READY, JobState.RUNNING)), Job.finished_at > clock.now() - age),
    )
    return session.scalar(recent.limit(1)) is not None


def revive(session: Session, kind: JobKind, *, died_of: str) -> int:
    """Put the dead jobs of a kind back to the queue whose last error was `died_of`; return how many.

    For errors that pass: another part was away for longer than all attempts took.
    """
    dead = session.scalars(
        select(Job).where(
            Job.kind == kind, Job.state == JobState.DEAD, Job.last_error.startswith(f"{died_of}(")
        )
    ).all()
    for job in dead:
        waiting = session.scalar(
            select(Job.id).where(
                Job.kind == kind, Job.subject == job.subject, Job.state == JobState.READY
            )
        )
        job.state = JobState.READY if waiting is None else JobState.DONE
        job.attempts, job.run_at = 0, clock.now()
        session.flush()
    return len(dead)


def forget_finished(session: Session) -> None:
    """Drop finished jobs after `KEPT_DAYS`; dead ones stay until somebody has looked."""
    before = clock.now() - timedelta(days=KEPT_DAYS)
    session.execute(delete(Job).where(Job.state == JobState.DONE, Job.finished_at < before))


def bury_spent(session: Session) -> list[tuple[JobKind, str]]:
    """Put jobs that killed their worker to the last attempt among the dead; return kind, subject."""
    moment = clock.now()
    buried = session.execute(
        update(Job)
        .where(
            Job.state == JobState.RUNNING,
            Job.lease_until < moment,
            Job.attempts >= Job.most_attempts,
        )
        .values(
            state=JobState.DEAD,
            lease_until=None,
            finished_at=moment,
            last_error=func.coalesce(Job.last_error, "lease_lost"),
        )
        .returning(Job.kind, Job.subject)
        .execution_options(synchronize_session=False)
    )
    return [(JobKind(kind), subject) for kind, subject in buried]


def _held(session: Session, job: Claimed, **values: object) -> bool:
    """Change the row only while its token is still the caller's."""
    changed = session.execute(
        update(Job)
        .where(Job.id == job.id, Job.token == job.token, Job.state == JobState.RUNNING)
        .values(**values)
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return changed is not None


def _put_back(session: Session, job: Claimed, **values: object) -> bool:
    """Make a job ready again; when the same waits already, that one is enough."""
    try:
        with session.begin_nested():
            return _held(session, job, state=JobState.READY, lease_until=None, **values)
    except IntegrityError:
        return _held(
            session,
            job,
            state=JobState.DONE,
            lease_until=None,
            finished_at=clock.now(),
            last_error=values.get("last_error"),
        )
