"""The worker: jobs of a kind that are done together end each by itself, and once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, update
from structlog.testing import capture_logs

from catalog import clock, jobs, leases
from catalog.jobs import JobKind
from catalog.resources import reading
from catalog.states import JobState
from catalog.tables.asset import FileText
from catalog.tables.job import Job
from ingest.worker import Together, Work, Worker
from portal import handlers
from search import indexer
from search.engine import EngineUnavailable
from tests.factories.house import House, build_house
from tests.portal.test_search import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from catalog.database import UnitOfWork
    from catalog.leases import Claimed

LEASE = timedelta(seconds=30)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    built = build_house(tmp_path)
    yield built
    built.services.close()


def waiting(house: House, *subjects: str, kind: JobKind = JobKind.INDEX) -> None:
    with house.services.database.unit_of_work() as session:
        jobs.enqueue_each(session, kind, subjects)


def found(house: House) -> dict[str, Job]:
    with house.services.database.reading() as session:
        return {job.subject: job for job in session.scalars(select(Job))}


def worker(
    house: House,
    run: Callable[[Sequence[Claimed]], Mapping[str, Exception]],
    *,
    most: int = 3,
    buried: list[str] | None = None,
) -> Worker:
    gone: list[str] = [] if buried is None else buried
    work = Work(
        run={JobKind.MAIL: lambda _job: None},
        together={JobKind.INDEX: Together(run, most)},
        buried={JobKind.INDEX: gone.append},
    )
    return Worker(house.services.database, work, lease=LEASE)


def test_jobs_of_one_kind_are_taken_together_and_ended_in_one_statement(house: House) -> None:
    taken: list[list[str]] = []

    def run(held: Sequence[Claimed]) -> dict[str, Exception]:
        taken.append([job.subject for job in held])
        return {}

    waiting(house, "a", "b", "c", "d", "e")
    waiting(house, "letter", kind=JobKind.MAIL)
    with counted(house) as statements:
        assert worker(house, run).work_off(JobKind.INDEX) == 5
    assert [len(each) for each in taken] == [3, 2]
    assert sorted(name for each in taken for name in each) == ["a", "b", "c", "d", "e"]
    # Of each of the two: the first, the others, the end; and a look that finds none.
    assert len(statements) == 2 * (2 + 2 + 1) + 1
    assert worker(house, run).work_off() == 1
    assert {job.state for job in found(house).values()} == {JobState.DONE}


def test_a_job_that_fails_alone_leaves_its_neighbours_done(house: House) -> None:
    def run(held: Sequence[Claimed]) -> dict[str, Exception]:
        return {job.id: ValueError("no") for job in held if job.subject == "b"}

    waiting(house, "a", "b", "c")
    worker(house, run).work_off()
    after = found(house)
    assert {name: job.state for name, job in after.items()} == {
        "a": JobState.DONE,
        "b": JobState.READY,
        "c": JobState.DONE,
    }
    assert (after["b"].attempts, after["b"].last_error) == (1, "ValueError('no')")
    assert after["b"].run_at > clock.now()


def test_what_befalls_all_puts_each_back_with_its_own_attempts_until_it_dies(
    house: House,
) -> None:
    def run(held: Sequence[Claimed]) -> dict[str, Exception]:
        raise EngineUnavailable("unreachable")

    buried: list[str] = []
    waiting(house, "a", "b")
    with house.services.database.unit_of_work() as session:
        session.execute(update(Job).where(Job.subject == "b").values(attempts=4))
    worker(house, run, buried=buried).work_off()
    after = found(house)
    assert (after["a"].state, after["a"].attempts) == (JobState.READY, 1)
    assert (after["b"].state, after["b"].attempts) == (JobState.DEAD, 5)
    assert buried == ["b"]
    assert str(after["b"].last_error).startswith("EngineUnavailable(")


def test_what_another_worker_let_lapse_is_run_alone(house: House) -> None:
    waiting(house, "a", "b", "c", "d")
    with house.services.database.unit_of_work() as session:
        leases.claim_more(session, JobKind.INDEX, lease=LEASE, most=2)
    taken: list[int] = []

    def run(held: Sequence[Claimed]) -> dict[str, Exception]:
        taken.append(len(held))
        return {}

    with clock.at(clock.now() + 2 * LEASE):
        assert worker(house, run, most=500).work_off() == 4
    assert sorted(taken) == [1, 1, 2]


def test_a_job_retaken_while_it_ran_is_not_ended_by_who_had_it_first(house: House) -> None:
    retaken: list[Claimed | None] = []

    def run(held: Sequence[Claimed]) -> dict[str, Exception]:
        with (
            clock.at(clock.now() + 2 * LEASE),
            house.services.database.unit_of_work() as session,
        ):
            retaken.append(leases.claim(session, lease=LEASE))
        return {}

    waiting(house, "a", "b")
    held_by_one = worker(house, run)
    held_by_one._run_jobs(held_by_one._claim())
    (other,) = retaken
    assert other is not None
    states = {name: job.state for name, job in found(house).items()}
    assert states.pop(other.subject) == JobState.RUNNING
    assert set(states.values()) == {JobState.DONE}


def test_a_lease_is_called_lost_when_another_has_the_job_and_not_when_it_is_done(
    house: House,
) -> None:
    class Racing(Worker):
        """One whose leases are renewed just behind the end of a job."""

        def _end(self, verb: Callable[[UnitOfWork], object]) -> bool:
            ended = super()._end(verb)
            self._renew_once()
            return ended

    def lost() -> list[str]:
        with capture_logs() as said:
            racing._run_jobs(racing._claim())
        return [each["job"] for each in said if each["event"] == "lease_lost"]

    def run(held: Sequence[Claimed]) -> dict[str, Exception]:
        if held[0].subject == "b":
            with (
                clock.at(clock.now() + 2 * LEASE),
                house.services.database.unit_of_work() as session,
            ):
                leases.claim(session, lease=LEASE)
            racing._renew_once()
        return {}

    work = Work({}, {JobKind.INDEX: Together(run, 1)})
    racing = Racing(house.services.database, work, lease=LEASE)
    waiting(house, "a")
    assert lost() == []
    waiting(house, "b")
    assert lost() == [found(house)["b"].id]


def test_leases_of_many_are_renewed_in_one_statement(house: House) -> None:
    waiting(house, *(f"s{number}" for number in range(40)))
    many = worker(house, lambda _held: {}, most=500)
    many._claim()
    before = {job.lease_until for job in found(house).values()}
    with clock.at(clock.now() + LEASE / 2), counted(house) as statements:
        many._renew_once()
    assert len(statements) == 1
    assert min(job.lease_until for job in found(house).values() if job.lease_until) > max(
        until for until in before if until
    )


def test_a_document_that_cannot_be_made_keeps_no_other_from_the_index(house: House) -> None:
    ids = [house.bring_to("published", content=b"%d" % number) for number in range(5)]
    gone = house.bring_to("withdrawn", content=b"gone")
    with house.services.database.unit_of_work() as session:
        view = reading.resource(session, house.actors["curator"], ids[2])
        blob = view.assets[0].blob_id
        session.add(FileText(blob_id=blob, language="en", characters=3, content=b"no zlib"))
    handlers.worker(house.services).work_off(JobKind.INDEX)
    after = found(house)
    failed = {name for name, job in after.items() if job.kind == JobKind.INDEX and job.last_error}
    assert failed == {ids[2]}
    assert after[ids[2]].state == JobState.READY
    assert set(house.services.engine.versions()) == set(ids) - {ids[2]}
    assert after[gone].state == JobState.DONE


def test_where_the_engine_is_away_the_catalogue_is_read_once_for_all(house: House) -> None:
    for number in range(4):
        house.bring_to("published", content=b"%d" % number)
    with house.services.database.unit_of_work() as session:
        held = leases.claim_more(session, JobKind.INDEX, lease=LEASE, most=10)
    assert len(held) == 4
    pointer = house.services.settings.home / "search" / "current"
    pointer.parent.mkdir(parents=True, exist_ok=True)
    pointer.write_text("damaged", encoding="utf-8")
    with counted(house) as statements, pytest.raises(EngineUnavailable):
        indexer.index(house.services.database, house.services.engine, held)
    assert len(statements) <= 13
