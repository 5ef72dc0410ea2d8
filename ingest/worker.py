"""The worker: claims jobs, keeps their leases alive, runs them, and gives up in an orderly way.

It knows no kind of work: handlers are handed in, so that index jobs and mails run in it though
ingest knows neither search nor portal.
"""

from __future__ import annotations

import contextlib
import random
import threading
import time
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import structlog

from catalog import jobs
from catalog.database import DatabaseBusy, UnitOfWork, repeated
from config.logs import bound

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from catalog.database import Database
    from catalog.jobs import Claimed, JobKind

log = structlog.get_logger()

IDLE_SECONDS = 0.5
"""How long an idle worker waits before it looks again: what is published is found within a second."""
CARE_SECONDS = 30.0
GRACE_SECONDS = 12.0
"""How long a worker that is told to stop lets its jobs end (CONTRACT: all ends within 20 s)."""


@dataclass(frozen=True)
class Work:
    """What a worker can do: `run` a kind of job, and what to note of one that is `buried`."""

    run: Mapping[JobKind, Callable[[Claimed], None]]
    buried: Mapping[JobKind, Callable[[str], None]] = field(default_factory=dict)
    care: Callable[[], None] = lambda: None
    """Called now and then by one thread, to enqueue what comes round."""


class Worker:
    """A few threads that work until told to stop."""

    def __init__(
        self, database: Database, work: Work, *, lease: timedelta, concurrency: int = 1
    ) -> None:
        """Prepare; nothing is claimed before `run`."""
        self._database, self._work = database, work
        self._lease, self._concurrency = lease, concurrency
        self._stopping = threading.Event()
        self._held: dict[str, Claimed] = {}
        self._lock = threading.Lock()

    def stop(self) -> None:
        """Have the threads end after the job in hand."""
        self._stopping.set()

    def run(self) -> None:
        """Work until `stop`; what is not done in the time of grace is handed back to the queue."""
        threads = [
            threading.Thread(target=self._loop, name=f"work-{number}", daemon=True)
            for number in range(self._concurrency)
        ]
        threads.append(threading.Thread(target=self._renew, name="lease", daemon=True))
        threads.append(threading.Thread(target=self._care, name="care", daemon=True))
        for thread in threads:
            thread.start()
        while not self._stopping.wait(1.0):
            pass
        deadline = time.monotonic() + GRACE_SECONDS
        for thread in threads[: self._concurrency]:
            thread.join(max(deadline - time.monotonic(), 0))
        self._hand_back()

    def work_off(self) -> int:
        """Run all jobs that are due, in this thread, and return how many: for tests and commands."""
        done = 0
        while (job := self._claim()) is not None:
            self._run_job(job)
            done += 1
        return done

    def work_off_kind(self, kind: JobKind) -> int:
        """Run the due jobs of one kind in this thread; return how many."""
        done = 0
        while (job := self._claim((kind,))) is not None:
            self._run_job(job)
            done += 1
        return done

    def _loop(self) -> None:
        while not self._stopping.is_set():
            job = self._claim()
            if job is None:
                self._stopping.wait(IDLE_SECONDS * random.uniform(0.8, 1.2))  # noqa: S311 - jitter
            else:
                self._run_job(job)

    def _claim(self, kinds: tuple[JobKind, ...] | None = None) -> Claimed | None:
        wanted = kinds or tuple(self._work.run)

        def unit() -> Claimed | None:
            with self._database.unit_of_work() as session:
                return jobs.claim(session, lease=self._lease, kinds=wanted)

        try:
            job = repeated(unit)
        except DatabaseBusy:
            log.exception("claim_failed")
            return None
        if job is not None:
            with self._lock:
                self._held[job.id] = job
        return job

    def _run_job(self, job: Claimed) -> None:
        with bound(job_id=job.id, kind=str(job.kind)):
            try:
                self._work.run[job.kind](job)
            except Exception as error:  # noqa: BLE001 - whatever a handler throws, the queue goes on
                self._failed(job, error)
            else:
                self._end(partial(jobs.complete, job=job))
            finally:
                with self._lock:
                    self._held.pop(job.id, None)

    def _failed(self, job: Claimed, error: Exception) -> None:
        log.warning("job_failed", attempt=job.attempt, error=repr(error)[:500], exc_info=error)
        mine = self._end(partial(jobs.fail, job=job, error=repr(error)[:500]))
        if mine and job.last_attempt:
            self._bury(job.kind, job.subject)

    def _end(self, verb: Callable[[UnitOfWork], bool]) -> bool:
        """Put a job where it belongs; while the database is away, its lease runs out instead."""

        def unit() -> bool:
            with self._database.unit_of_work() as session:
                return verb(session)

        try:
            return repeated(unit)
        except DatabaseBusy:
            log.exception("job_not_ended")
            return False

    def _renew(self) -> None:
        """Keep the leases of the jobs in hand alive: three times in the life of one."""
        while not self._stopping.wait(self._lease.total_seconds() / 3):
            self._renew_once()

    def _renew_once(self) -> None:
        with self._lock:
            held = list(self._held.values())
        with contextlib.suppress(DatabaseBusy):
            for job in held:
                with self._database.unit_of_work() as session:
                    if not jobs.renew(session, job, lease=self._lease):
                        log.warning("lease_lost", job=job.id)

    def _care(self) -> None:
        while not self._stopping.is_set():
            with contextlib.suppress(DatabaseBusy):
                self._bury_spent()
                self._work.care()
            self._stopping.wait(CARE_SECONDS)

    def _bury_spent(self) -> None:
        with self._database.unit_of_work() as session:
            buried = jobs.bury_spent(session)
            jobs.forget_finished(session)
        for kind, subject in buried:
            self._bury(kind, subject)

    def _bury(self, kind: JobKind, subject: str) -> None:
        log.error("job_dead", kind=str(kind), subject=subject)
        note = self._work.buried.get(kind)
        if note is not None:
            note(subject)

    def _hand_back(self) -> None:
        with self._lock:
            held = list(self._held.values())
        for job in held:
            self._end(partial(jobs.give_back, job=job))
