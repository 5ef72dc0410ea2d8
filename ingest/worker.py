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

from catalog import jobs, leases
from catalog.database import DatabaseBusy, UnitOfWork, repeated
from config.logs import bound

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from catalog.database import Database
    from catalog.jobs import JobKind
    from catalog.leases import Claimed

log = structlog.get_logger()

IDLE_SECONDS = 0.5
"""How long an idle worker waits before it looks again: what is published is found within a second."""
CARE_SECONDS = 30.0
GRACE_SECONDS = 12.0
"""How long a worker that is told to stop lets its jobs end (CONTRACT: all ends within 20 s)."""


@dataclass(frozen=True)
class Together:
    """How jobs of a kind are done together, at most so many.

    `run` returns the errors of those that fail by themselves, by the job's id; what it raises befalls
    them all.
    """

    run: Callable[[Sequence[Claimed]], Mapping[str, Exception]]
    most: int


@dataclass(frozen=True)
class Work:
    """What a worker can do: `run` a kind of job, or many of a kind `together`.

    `buried` is what to note of one that is among the dead.
    """

    run: Mapping[JobKind, Callable[[Claimed], None]]
    together: Mapping[JobKind, Together] = field(default_factory=dict)
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
        self._ending: set[str] = set()
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

    def work_off(self, *kinds: JobKind) -> int:
        """Run all jobs that are due, or those of some kinds, in this thread: for tests and commands.

        Returns how many.
        """
        done = 0
        while held := self._claim(kinds):
            self._run_jobs(held)
            done += len(held)
        return done

    def _loop(self) -> None:
        while not self._stopping.is_set():
            held = self._claim()
            if held:
                self._run_jobs(held)
            else:
                self._stopping.wait(IDLE_SECONDS * random.uniform(0.8, 1.2))  # noqa: S311 - jitter

    def _claim(self, kinds: tuple[JobKind, ...] = ()) -> tuple[Claimed, ...]:
        """Take the next job, with those that wait beside it where its kind is done together."""
        wanted = kinds or (*self._work.run, *self._work.together)

        def unit() -> tuple[Claimed, ...]:
            with self._database.unit_of_work() as session:
                job = leases.claim(session, lease=self._lease, kinds=wanted)
                if job is None:
                    return ()
                together = self._work.together.get(job.kind)
                if together is None or job.lapsed:
                    return (job,)
                most = together.most - 1
                return (job, *leases.claim_more(session, job.kind, lease=self._lease, most=most))

        try:
            held = repeated(unit)
        except DatabaseBusy:
            log.exception("claim_failed")
            return ()
        with self._lock:
            self._held.update((job.id, job) for job in held)
        return held

    def _run_jobs(self, held: tuple[Claimed, ...]) -> None:
        """Run what was claimed together, and end each job as it deserves."""
        first = held[0]
        with bound(job_id=first.id, kind=str(first.kind)):
            try:
                failed = self._done(held)
            except Exception as error:  # noqa: BLE001 - whatever a handler throws, the queue goes on
                failed = dict.fromkeys((job.id for job in held), error)
            with self._lock:
                self._ending.update(job.id for job in held)
            well = [job for job in held if job.id not in failed]
            if well:
                self._end(lambda session: leases.complete(session, *well))
        for job in held:
            if job.id in failed:
                with bound(job_id=job.id, kind=str(job.kind)):
                    self._failed(job, failed[job.id])
        with self._lock:
            for job in held:
                self._held.pop(job.id, None)
                self._ending.discard(job.id)

    def _done(self, held: tuple[Claimed, ...]) -> Mapping[str, Exception]:
        together = self._work.together.get(held[0].kind)
        if together is not None:
            return together.run(held)
        for job in held:
            self._work.run[job.kind](job)
        return {}

    def _failed(self, job: Claimed, error: Exception) -> None:
        log.warning("job_failed", attempt=job.attempt, error=repr(error)[:500], exc_info=error)
        mine = self._end(partial(leases.fail, job=job, error=repr(error)[:500]))
        if mine and job.last_attempt:
            self._bury(job.kind, job.subject)

    def _end(self, verb: Callable[[UnitOfWork], object]) -> bool:
        """Put jobs where they belong; while the database is away, their leases run out instead.

        Whether any was still ours to end.
        """

        def unit() -> bool:
            with self._database.unit_of_work() as session:
                return bool(verb(session))

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
        if not held:
            return
        try:
            with self._database.unit_of_work() as session:
                ours = leases.renew(session, *held, lease=self._lease)
        except DatabaseBusy:
            return
        with self._lock:
            # What was ended meanwhile is nobody's any more, and not lost.
            lost = [each.id for each in held if each.id in self._held.keys() - self._ending - ours]
        for each in lost:
            log.warning("lease_lost", job=each)

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
            self._end(partial(leases.give_back, job=job))
