"""What an operator's graphs are drawn from."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from catalog import clock, ingesting, jobs
from catalog.states import StepState
from catalog.tables.asset import Blob

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from tests.factories.house import House


def measured(client: FlaskClient) -> dict[str, float]:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    return {
        name: float(value)
        for name, value in re.findall(r"^(caravan_\S+) (\S+)$", answer.text, re.MULTILINE)
    }


def test_queue_steps_and_failures_are_counted(client: FlaskClient, house: House) -> None:
    house.bring_to("published")
    house.index()
    house.bring_to("submitted", content=b"another")
    with house.services.database.unit_of_work() as session:
        blob = session.scalars(select(Blob).limit(1)).one()
        ingesting.plan_steps(session, blob.id, [("identify", 1), ("examine", 1)])
        ingesting.finish_step(session, blob.id, "identify")
        ingesting.fail_step(session, blob.id, "examine", error="timed_out", final=True)
        jobs.enqueue(session, jobs.JobKind.SWEEP, "all", after=timedelta(seconds=-90))
    found = measured(client)
    assert found["caravan_resources_published"] == 1
    assert found["caravan_submissions_waiting"] == 1
    assert found["caravan_queue_oldest_seconds"] >= 90
    assert found['caravan_jobs{kind="sweep",state="ready"}'] == 1
    assert found['caravan_jobs{kind="fixity",state="dead"}'] == 0
    assert found[f'caravan_steps{{state="{StepState.DONE}",step="identify"}}'] == 1
    assert found['caravan_failures{code="timed_out",step="examine"}'] == 1
    for part in ("database", "storage", "search"):
        assert found[f'caravan_part_up{{part="{part}"}}'] == 1
        assert 0 <= found[f'caravan_part_seconds{{part="{part}"}}'] < 30


def test_a_check_of_the_files_is_seen(client: FlaskClient, house: House) -> None:
    from ingest import fixity

    assert measured(client)["caravan_fixity_last_run_timestamp_seconds"] == 0
    house.give()
    key = next(each.key for each in house.services.store.keys("originals/"))
    house.services.store.delete(key)
    fixity.run(house.services.database, house.services.store)
    found = measured(client)
    ago = clock.now().timestamp() - found["caravan_fixity_last_run_timestamp_seconds"]
    assert 0 <= ago < 600
    assert found["caravan_files_quarantined"] == 1


def test_strangers_do_not_see_it(client: FlaskClient) -> None:
    answer = client.get("/metrics", environ_base={"REMOTE_ADDR": "203.0.113.9"})
    assert answer.status_code == 404
