"""Joins kinds of jobs to functions of ingest and search. Imported by the worker alone, so that a
portal does not carry the decoders.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from catalog import holdings, jobs, reviews, sweeping
from catalog.indexing import INDEX_PRIORITY
from catalog.jobs import JobKind
from ingest import fixity, pipeline
from ingest.worker import Together, Work, Worker
from ingest.workspace import drop_stale
from portal import notices
from search import indexer
from search.engine import EngineUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog.leases import Claimed
    from portal.services import Services

SWEEP_EVERY = timedelta(hours=1)
INDEXED_TOGETHER = 2000
"""Index jobs of one claim: two seconds of work, and one refresh of the index. They are read
and sent as a stream, so memory does not grow with it; 500 took a quarter longer."""


def worker(
    services: Services, *, concurrency: int = 1, rebuilt: Callable[[int, int], None] | None = None
) -> Worker:
    """Return a worker that can do all kinds of work there are.

    `rebuilt` is told how far a rebuild of the search index has come.
    """
    lease = timedelta(seconds=services.settings.limits.job_lease_seconds)
    return Worker(services.database, work(services, rebuilt), lease=lease, concurrency=concurrency)


def work(services: Services, rebuilt: Callable[[int, int], None] | None = None) -> Work:
    """Bind every kind of job to its function."""
    line = pipeline.Pipeline(services.database, services.store, services.settings.home / "work")
    line.folder.mkdir(parents=True, exist_ok=True)
    drop_stale(line.folder)
    give_up = partial(pipeline.give_up, line)
    return Work(
        run={
            JobKind.FIXITY: partial(_fixity, services),
            JobKind.FORMS: partial(pipeline.make_forms, line),
            JobKind.INGEST: partial(pipeline.ingest, line),
            JobKind.MAIL: partial(_mail, services),
            JobKind.REBUILD: partial(_rebuild, services, rebuilt),
            JobKind.SWEEP: partial(_sweep, services),
        },
        together={
            JobKind.INDEX: Together(
                partial(indexer.index, services.database, services.engine), INDEXED_TOGETHER
            )
        },
        buried={JobKind.INGEST: give_up, JobKind.FORMS: give_up},
        care=_Care(services),
    )


def _mail(services: Services, job: Claimed) -> None:
    """Send one mail; trying again is the queue's."""
    notices.send(services, job.payload)


def _rebuild(services: Services, seen: Callable[[int, int], None] | None, job: Claimed) -> None:
    del job
    told = {"seen": seen} if seen else {}
    indexer.rebuild(services.database, services.engine, **told)


@dataclass
class _Care:
    """What comes round, and what a worker looks at once, when it has begun."""

    services: Services
    compared: bool = False

    def __call__(self) -> None:
        """Enqueue what is due; the queue keeps one of a kind."""
        database, engine = self.services.database, self.services.engine
        with database.unit_of_work() as session:
            if not jobs.was_done_since(session, JobKind.SWEEP, SWEEP_EVERY):
                jobs.enqueue(session, JobKind.SWEEP, "all", priority=-20)
            if not jobs.was_done_since(session, JobKind.FIXITY, fixity.RUN_EVERY):
                jobs.enqueue(session, JobKind.FIXITY, "all", priority=-20)
        fixity.watch(database)
        indexer.look_after(database, engine)
        if not self.compared:
            with suppress(EngineUnavailable):
                self.compared = self._compare()

    def _compare(self) -> bool:
        """Have the index say again what the catalogue says, where it was not the one in use.

        Settings named another engine meanwhile, or the catalogue came back from a backup: an index
        that was whole then would go on finding what has been withdrawn since. Whether it could be
        done: an index that is away, or being built, is looked at again.
        """
        found = self.services.engine.health()
        if not found.ok or found.needs_rebuild:
            return False
        left = indexer.differences(self.services.database, self.services.engine)
        if left:
            with self.services.database.unit_of_work() as session:
                jobs.enqueue_each(session, JobKind.INDEX, left, priority=INDEX_PRIORITY)
        return True


def _fixity(services: Services, job: Claimed) -> None:
    """Check this run's share of the stored files."""
    del job
    with services.database.reading() as session:
        share = fixity.share_of_a_run(holdings.count(session))
    fixity.run(services.database, services.store, most=share)


def _sweep(services: Services, job: Claimed) -> None:
    """Clear stale uploads and bytes nobody points at; put back claims that have lapsed."""
    del job
    sweeping.sweep(services.database, services.store)
    with services.database.unit_of_work() as session:
        reviews.lapse_old_claims(session)
