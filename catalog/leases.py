"""Jobs in hand: claimed under a lease with a fencing token, and ended once.

Attempts are counted at the claim, so that a job that kills its worker dies too in the end. Whoever
finishes must still hold the token of the claim. Jobs may be claimed and ended many at once; each
has its own lease, token and attempts all the same.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import String, cast, or_, select, update
from sqlalchemy.exc import IntegrityError

from catalog import clock
from catalog.among import among
from catalog.engines import is_postgresql
from catalog.jobs import JobKind
from catalog.states import JobState
from catalog.tables.job import Job

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Claimed:
    """A job in hand. Only with its `token` can it be renewed or finished.

    `lapsed` when whoever had it before let the lease run out: it may be what ended them.
    """

    id: str
    kind: JobKind
    subject: str
    payload: dict[str, Any] = field(default_factory=dict)
    attempt: int = 1
    last_attempt: bool = False
    token: int = 0
    lapsed: bool = False


BACK_OFF_SECONDS = 2.0
"""The first pause; each further one doubles, with jitter, up to `LONGEST_BACK_OFF_SECONDS`."""
LONGEST_BACK_OFF_SECONDS = 600.0


def claim(
    session: Session, *, lease: timedelta, kinds: Iterable[JobKind] | None = None
) -> Claimed | None:
    """Take the next job that is due, or whose holder let its lease run out. None when there is none.

    A job whose attempts are used up is left for `bury_spent`.
    """
    moment = clock.now()
    wanted = or_(
        (Job.state == JobState.READY) & (Job.run_at <= moment),
        (Job.state == JobState.RUNNING) & (Job.lease_until < moment),
    )
    if kinds is not None:
        wanted &= Job.kind.in_([str(kind) for kind in kinds])
    taken = _take(session, wanted, lease, most=1)
    return taken[0] if taken else None


def claim_more(
    session: Session, kind: JobKind, *, lease: timedelta, most: int
) -> tuple[Claimed, ...]:
    """Take at most so many further jobs of a kind that are due, in the order in which they wait.

    None whose lease ran out is among them: should it end its worker again, it ends no neighbours.
    """
    wanted = (Job.state == JobState.READY) & (Job.run_at <= clock.now()) & (Job.kind == kind)
    return _take(session, wanted, lease, most=most)


def renew(session: Session, *held: Claimed, lease: timedelta) -> set[str]:
    """Lengthen leases; return the ids of those jobs that are still the caller's.

    Another has the rest by now, and the work on them must stop.
    """
    return _held(session, held, lease_until=clock.now() + lease)


def complete(session: Session, *held: Claimed) -> set[str]:
    """End jobs well; return the ids of those that were still the caller's to end."""
    return _held(
        session,
        held,
        state=JobState.DONE,
        lease_until=None,
        finished_at=clock.now(),
        last_error=None,
    )


def fail(session: Session, job: Claimed, *, error: str, final: bool = False) -> bool:
    """Put a job back with a pause, or, when its attempts are used up or `final`, among the dead."""
    if final or job.last_attempt:
        return bool(
            _held(
                session,
                (job,),
                state=JobState.DEAD,
                lease_until=None,
                finished_at=clock.now(),
                last_error=error,
            )
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


def _take(
    session: Session, wanted: ColumnElement[bool], lease: timedelta, *, most: int
) -> tuple[Claimed, ...]:
    due = (
        select(Job.id, Job.state)
        .where(wanted, Job.attempts < Job.most_attempts)
        .order_by(Job.priority.desc(), Job.run_at, Job.id)
        .limit(most)
    )
    if is_postgresql(session):
        due = due.with_for_update(skip_locked=True)
    found = session.execute(due).tuples().all()
    if not found:
        return ()
    taken = session.execute(
        update(Job)
        .where(among(Job.id, (job_id for job_id, _ in found)))
        .values(
            state=JobState.RUNNING,
            attempts=Job.attempts + 1,
            token=Job.token + 1,
            lease_until=clock.now() + lease,
        )
        .returning(
            Job.id, Job.kind, Job.subject, Job.payload, Job.attempts, Job.most_attempts, Job.token
        )
        .execution_options(synchronize_session=False)
    )
    by_id = {row.id: row for row in taken}
    return tuple(
        Claimed(
            id=job_id,
            kind=JobKind(by_id[job_id].kind),
            subject=by_id[job_id].subject,
            payload=by_id[job_id].payload,
            attempt=by_id[job_id].attempts,
            last_attempt=by_id[job_id].attempts >= by_id[job_id].most_attempts,
            token=by_id[job_id].token,
            lapsed=state == JobState.RUNNING,
        )
        for job_id, state in found
    )


def _held(session: Session, held: Collection[Claimed], **values: object) -> set[str]:
    """Change those rows only whose token is still the caller's; return their ids."""
    if not held:
        return set()
    changed = session.scalars(
        update(Job)
        .where(
            # The ids once more by themselves, which are looked up in an index.
            among(Job.id, (job.id for job in held)),
            among(
                Job.id + ":" + cast(Job.token, String), (f"{job.id}:{job.token}" for job in held)
            ),
            Job.state == JobState.RUNNING,
        )
        .values(**values)
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    )
    return set(changed)


def _put_back(session: Session, job: Claimed, **values: object) -> bool:
    """Make a job ready again; when the same waits already, that one is enough."""
    try:
        with session.begin_nested():
            return bool(_held(session, (job,), state=JobState.READY, lease_until=None, **values))
    except IntegrityError:
        ended = _held(
            session,
            (job,),
            state=JobState.DONE,
            lease_until=None,
            finished_at=clock.now(),
            last_error=values.get("last_error"),
        )
        return bool(ended)
