"""What an operator watches, in a handful of statements: queue, steps, failures, submissions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from catalog import clock, fixity, jobs, reviews
from catalog.resources import reading
from catalog.states import JobState, StepState
from catalog.tables.asset import BlobStep
from catalog.tables.job import Job

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

_NO_JOBS = {
    (str(kind), str(state)): 0
    for kind in jobs.JobKind
    for state in (JobState.READY, JobState.RUNNING, JobState.DEAD)
}
"""A graph of what never happened yet is a line at nought, not a gap."""


@dataclass(frozen=True)
class Figures:
    """Counts at one moment. `jobs` is by kind and state, `steps` by name and state, `failures` by
    step and code; `longest_wait` is how many seconds the job has been due that waits longest.
    """

    published: int
    submissions: int
    longest_wait: float
    quarantined: int
    last_check: datetime | None
    jobs: Mapping[tuple[str, str], int] = field(default_factory=dict)
    steps: Mapping[tuple[str, str], int] = field(default_factory=dict)
    failures: Mapping[tuple[str, str], int] = field(default_factory=dict)


def figures(session: Session) -> Figures:
    """Count; eight statements, however much there is."""
    by_job = select(Job.kind, Job.state, func.count()).group_by(Job.kind, Job.state)
    by_step = select(BlobStep.name, BlobStep.state, func.count()).group_by(
        BlobStep.name, BlobStep.state
    )
    failed = (
        select(BlobStep.name, BlobStep.last_error, func.count())
        .where(BlobStep.state == StepState.FAILED)
        .group_by(BlobStep.name, BlobStep.last_error)
    )
    last = fixity.last_run(session)
    return Figures(
        published=reading.published_count(session),
        submissions=reviews.waiting_count(session),
        longest_wait=longest_wait(session),
        quarantined=fixity.quarantined_count(session),
        last_check=last.finished_at if last else None,
        jobs=_NO_JOBS | {(kind, state): count for kind, state, count in session.execute(by_job)},
        steps={(name, state): count for name, state, count in session.execute(by_step)},
        failures={
            (name, (code or "unknown").split()[0]): count
            for name, code, count in session.execute(failed)
        },
    )


def longest_wait(session: Session) -> float:
    """Return the seconds that the job has been due which waits longest for a worker; 0 for none."""
    due = select(func.min(Job.run_at)).where(Job.state == JobState.READY, Job.run_at <= clock.now())
    oldest = session.scalar(due)
    return max((clock.now() - oldest).total_seconds(), 0.0) if oldest else 0.0
