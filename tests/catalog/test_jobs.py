"""The queue: claims, leases, fencing, back-off, and the dead."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest

from catalog import clock, jobs
from catalog.jobs import JobKind
from catalog.tables.job import Job

LEASE = timedelta(seconds=30)


def enqueue(house: Any, subject: str = "a", **more: Any) -> str:
    with house.services.database.unit_of_work() as session:
        return jobs.enqueue(session, JobKind.INDEX, subject, **more)


def claim(house: Any) -> jobs.Claimed | None:
    with house.services.database.unit_of_work() as session:
        return jobs.claim(session, lease=LEASE)


def test_the_same_job_waits_only_once(house: Any) -> None:
    assert enqueue(house) == enqueue(house)
    assert claim(house) is not None
    assert claim(house) is None


def test_what_comes_while_a_job_runs_is_another_job(house: Any) -> None:
    first = enqueue(house)
    claim(house)
    assert enqueue(house) != first


def test_a_job_enqueued_in_a_transaction_that_fails_is_not_there(house: Any) -> None:
    with pytest.raises(ZeroDivisionError), house.services.database.unit_of_work() as session:
        jobs.enqueue(session, JobKind.INDEX, "lost")
        _ = 1 // 0
    assert claim(house) is None


def test_only_the_holder_of_the_token_ends_a_job(house: Any) -> None:
    enqueue(house)
    first = claim(house)
    assert first is not None
    with clock.at(clock.now() + LEASE + timedelta(seconds=1)):
        second = claim(house)
        assert second is not None
        assert second.token > first.token
        with house.services.database.unit_of_work() as session:
            assert not jobs.complete(session, first)
            assert not jobs.renew(session, first, lease=LEASE)
            assert jobs.complete(session, second)


def test_a_job_that_kills_its_worker_is_among_the_dead_in_the_end(house: Any) -> None:
    enqueue(house, most_attempts=3)
    moment = clock.now()
    for attempt in range(1, 4):
        with clock.at(moment + attempt * 2 * LEASE):
            job = claim(house)
            assert job is not None
            assert job.attempt == attempt
    with clock.at(moment + 9 * LEASE):
        assert claim(house) is None
        with house.services.database.unit_of_work() as session:
            assert jobs.bury_spent(session) == [(JobKind.INDEX, "a")]
            assert jobs.dead_count(session) == 1


def test_a_failed_job_waits_longer_each_time(house: Any) -> None:
    identity = enqueue(house)
    pauses = []
    moment = clock.now()
    for attempt in range(1, 5):
        with clock.at(moment + timedelta(hours=attempt)):
            job = claim(house)
            assert job is not None
            with house.services.database.unit_of_work() as session:
                assert jobs.fail(session, job, error="no")
                row = session.get_one(Job, identity)
                session.refresh(row)
                pauses.append((row.run_at - clock.now()).total_seconds())
    assert pauses[0] < pauses[2] < 600 * 1.5
    assert pauses[1] < pauses[3]


def test_sixty_jobs_and_four_threads_make_sixty_claims(house: Any) -> None:
    for number in range(60):
        enqueue(house, f"s{number}")
    taken: list[str] = []

    def work() -> None:
        while (job := claim(house)) is not None:
            taken.append(job.id)
            with house.services.database.unit_of_work() as session:
                jobs.complete(session, job)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == 60
