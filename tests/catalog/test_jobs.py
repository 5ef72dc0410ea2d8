"""The queue: claims, leases, fencing, back-off, and the dead."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from catalog import clock, jobs, leases
from catalog.jobs import JobKind
from catalog.states import JobState
from catalog.tables.job import Job
from tests.portal.test_search import counted

LEASE = timedelta(seconds=30)


def enqueue(house: Any, subject: str = "a", **more: Any) -> str:
    with house.services.database.unit_of_work() as session:
        return jobs.enqueue(session, JobKind.INDEX, subject, **more)


def claim(house: Any) -> leases.Claimed | None:
    with house.services.database.unit_of_work() as session:
        return leases.claim(session, lease=LEASE)


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
            assert not leases.complete(session, first)
            assert not leases.renew(session, first, lease=LEASE)
            assert leases.complete(session, second)


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
                assert leases.fail(session, job, error="no")
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
                leases.complete(session, job)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == 60


def claim_all(house: Any, most: int = 500) -> tuple[leases.Claimed, ...]:
    with house.services.database.unit_of_work() as session:
        return leases.claim_more(session, JobKind.INDEX, lease=LEASE, most=most)


def rows(house: Any) -> dict[str, Job]:
    with house.services.database.reading() as session:
        return {job.subject: job for job in session.scalars(select(Job))}


def test_many_are_claimed_in_order_each_with_its_own_token_and_attempts(house: Any) -> None:
    for number, priority in enumerate((0, 5, 0, 9)):
        enqueue(house, f"s{number}", priority=priority)
    with house.services.database.unit_of_work() as session:
        jobs.enqueue(session, JobKind.MAIL, "another kind")
        jobs.enqueue(session, JobKind.INDEX, "later", after=timedelta(hours=1))
    (first,) = claim_all(house, 1)
    assert first.subject == "s3"
    with house.services.database.unit_of_work() as session:
        assert leases.give_back(session, first)
    taken = claim_all(house)
    assert [job.subject for job in taken] == ["s3", "s1", "s0", "s2"]
    assert [(job.attempt, job.token) for job in taken] == [(1, 2), (1, 1), (1, 1), (1, 1)]
    assert claim_all(house) == ()


def test_of_many_only_those_still_held_are_renewed_and_ended(house: Any) -> None:
    for number in range(3):
        enqueue(house, f"s{number}")
    first = claim_all(house)
    with clock.at(clock.now() + LEASE + timedelta(seconds=1)):
        retaken = claim(house)
        assert retaken is not None
        assert (retaken.lapsed, retaken.attempt) == (True, 2)
        assert claim_all(house) == ()  # what another let lapse is taken alone
        ours = {job.id for job in first} - {retaken.id}
        with house.services.database.unit_of_work() as session:
            assert leases.renew(session, *first, lease=LEASE) == ours
            assert leases.complete(session, *first) == ours
            assert leases.complete(session, *first) == set()
            assert leases.complete(session, retaken) == {retaken.id}
    assert {row.state for row in rows(house).values()} == {JobState.DONE}


def test_a_thousand_wait_after_one_statement_and_each_only_once(house: Any) -> None:
    subjects = [f"s{number:04d}" for number in range(1100)]
    with counted(house) as statements, house.services.database.unit_of_work() as session:
        jobs.enqueue_each(session, JobKind.INDEX, [*subjects, *subjects])
    assert len(statements) == 1
    before = rows(house)
    assert sorted(before) == subjects
    with house.services.database.unit_of_work() as session:
        jobs.enqueue_each(session, JobKind.INDEX, subjects)
    assert {row.id for row in rows(house).values()} == {row.id for row in before.values()}


def test_sixty_jobs_and_four_threads_that_claim_many_are_claimed_once_each(house: Any) -> None:
    with house.services.database.unit_of_work() as session:
        jobs.enqueue_each(session, JobKind.INDEX, [f"s{number}" for number in range(60)])
    taken: list[str] = []

    def work() -> None:
        while held := claim_all(house, 7):
            taken.extend(job.id for job in held)
            with house.services.database.unit_of_work() as session:
                assert len(leases.complete(session, *held)) == len(held)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == 60
