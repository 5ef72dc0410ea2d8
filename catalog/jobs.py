"""The queue of background work: one table. `leases` is how a worker takes jobs and ends them.

A job is enqueued in the transaction that makes it needful, so nothing is lost between the two
(the outbox pattern).
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, delete, func, or_, select, text, update

from catalog import clock
from catalog.engines import insert
from catalog.ids import new_id
from catalog.inserting import insert_all
from catalog.states import JobState
from catalog.tables.job import Job

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.dialects import postgresql, sqlite
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


MOST_ATTEMPTS = 5
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
    row = _row(kind, subject, payload, priority, after, most_attempts)
    return session.scalars(_wanted(session).values(row).returning(Job.id)).one()


def enqueue_each(
    session: Session,
    kind: JobKind,
    subjects: Collection[str],
    *,
    priority: int = 0,
    first: bool = False,
) -> None:
    """Add a job for each subject as `enqueue` does, by one statement sent with many rows.

    `first`: the subjects are new to everyone but this transaction, so that none can be waiting.
    """
    # In one order, so that of two who enqueue the same one waits for the other, and not each.
    rows = [
        _row(kind, subject, None, priority, timedelta(0), MOST_ATTEMPTS)
        for subject in sorted(set(subjects))
    ]
    if first:
        insert_all(session, ((Job, row) for row in rows))
    elif rows:
        # Rows as parameters: a statement that spells out each of them took a third of an import.
        session.execute(_wanted(session), rows)


def _row(
    kind: JobKind,
    subject: str,
    payload: dict[str, Any] | None,
    priority: int,
    after: timedelta,
    most_attempts: int,
) -> dict[str, Any]:
    moment = clock.now()
    return {
        "id": new_id(),
        "kind": kind,
        "subject": subject,
        "payload": payload or {},
        "state": JobState.READY,
        "priority": priority,
        "most_attempts": most_attempts,
        "run_at": moment + after,
        "created_at": moment,
    }


def _wanted(session: Session) -> sqlite.Insert | postgresql.Insert:
    """Return what adds rows.

    One that waits is changed, so that its row stays locked to the end of this transaction: a
    worker who took it before that would not see what we are writing.
    """
    wanted = insert(session, Job)
    sooner = wanted.excluded.run_at < Job.run_at
    return wanted.on_conflict_do_update(
        index_elements=["kind", "subject"],
        index_where=text("state = 'ready'"),
        set_={"run_at": case((sooner, wanted.excluded.run_at), else_=Job.run_at)},
    )


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
