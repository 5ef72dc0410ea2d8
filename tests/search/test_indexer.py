"""What the index jobs that wait cost together: statements and requests, on each database and engine."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from catalog import importing, jobs
from catalog.importing import Newcomer
from catalog.jobs import JobKind
from catalog.resources import versions
from catalog.resources.values import read_values
from catalog.states import JobState
from catalog.tables.job import Job
from catalog.vocabulary import subject_finder
from portal import handlers
from search import indexer
from tests.factories.databases import databases_of
from tests.factories.house import VALUES
from tests.portal.test_search import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from scripts.services.part import Running
    from tests.factories.house import House

MANY = 500


@pytest.fixture(params=["sqlite-embedded", "postgres-elastic"])
def house(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    real: Callable[[str], Running],
) -> Iterator[House]:
    database, _, engine = request.param.partition("-")
    environ = {"CARAVAN_SEARCH_INDEX": f"t-{secrets.token_hex(4)}"}
    if engine == "elastic":
        environ |= real("elasticsearch").settings
    folder = tmp_path_factory.mktemp(database)
    with (
        databases_of(database, folder / "databases", real) as databases,
        databases.house(folder / "home", **environ) as built,
    ):
        yield built


def publish(house: House, names: Iterable[str]) -> list[str]:
    with house.services.database.unit_of_work() as session:
        subject = subject_finder(session)
        new = [Newcomer(read_values({**VALUES, "source_id": each}, subject), "") for each in names]
        return importing.bring_in(
            session,
            by=house.actors["curator"],
            institution="lanzhou",
            newcomers=new,
            publish=True,
        )


def states(house: House) -> dict[str, int]:
    with house.services.database.reading() as session:
        rows: Any = session.execute(select(Job.state, func.count()).group_by(Job.state))
        return dict(rows.tuples().all())


def test_five_hundred_that_wait_are_one_claim_few_statements_and_one_bulk(house: House) -> None:
    first = publish(house, ["first"])
    house.index()  # the index is there, and what is kept of subjects is warm
    ids = publish(house, (f"s{number}" for number in range(MANY - 1)))
    with house.services.database.unit_of_work() as session:
        for rid in ids[:3]:
            versions.withdraw(session, by=house.actors["curator"], resource_id=rid, reason="No.")
        jobs.enqueue(session, JobKind.INDEX, "never", priority=10)
        jobs.enqueue_each(session, JobKind.INDEX, ids[3 : MANY - 1], priority=10)
    assert states(house)[JobState.READY] == MANY
    worker = handlers.worker(house.services)
    before = house.services.engine.requests
    with counted(house) as statements:
        assert worker.work_off(JobKind.INDEX) == MANY
    # A claim, the reading of each hundred, the end; and a look that finds nothing more.
    assert len(statements) <= 4 + MANY // indexer.AT_ONCE * 13 + 1 + 1
    # The embedded engine counts searches. The cluster: a bulk, and the names of its indexes.
    assert house.services.engine.requests - before <= 2
    assert states(house) == {JobState.DONE: MANY + 1}
    assert set(house.services.engine.versions()) == {*first, *ids[3:]}
    assert indexer.differences(house.services.database, house.services.engine) == {}
