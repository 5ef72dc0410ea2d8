"""What the doctor says: of a house that is well, and of one in which things are wrong."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from catalog import clock, jobs
from catalog.tables.job import Job
from portal import diagnosis

if TYPE_CHECKING:
    from tests.factories.house import House


def found(house: House) -> dict[str, diagnosis.Finding]:
    return {each.part: each for each in diagnosis.findings(house.services)}


def test_each_part_is_named_with_what_is_in_use(house: House) -> None:
    told = found(house)
    assert list(told) == [
        "program", "database", "storage", "search", "room", "queue", "fixity", "ffmpeg", "libmagic",
        "sandbox",
    ]  # fmt: skip
    assert "SQLite 3." in told["database"].says
    assert "schema 0" in told["database"].says
    assert "tantivy 0." in told["search"].says
    assert str(house.services.settings.home) in told["storage"].says
    assert told["database"].milliseconds > 0
    assert all(each.advice == "" for each in told.values() if each.ok)
    assert all(each.advice for each in told.values() if not each.ok)


def test_secrets_of_addresses_are_hidden(house: House) -> None:
    from dataclasses import replace

    used = house.services.settings
    search = used.search.model_copy(update={"url": "http://me:sesame@search.example:9200"})
    services = replace(house.services, settings=used.model_copy(update={"search": search}))
    assert "sesame" not in str(diagnosis.findings(services))


def test_a_damaged_file_is_told_with_what_to_do(house: House) -> None:
    from ingest import fixity

    house.give()
    key = next(each.key for each in house.services.store.keys("originals/"))
    house.services.store.delete(key)
    fixity.run(house.services.database, house.services.store)
    told = found(house)["fixity"]
    assert not told.ok
    assert "1 files damaged" in told.says
    assert "backup" in told.advice


def test_a_checker_that_seems_dead_is_told(house: House) -> None:
    house.give()
    assert found(house)["fixity"].ok
    with clock.at(clock.now() + timedelta(days=3)):
        assert not found(house)["fixity"].ok


@pytest.mark.parametrize(
    ("change", "advice"),
    [
        ({"state": "dead"}, "retry"),
        ({"run_at": clock.now() - timedelta(hours=2)}, "worker runs"),
    ],
)
def test_a_queue_that_stands_is_told(house: House, change: dict[str, object], advice: str) -> None:
    with house.services.database.unit_of_work() as session:
        jobs.enqueue(session, jobs.JobKind.SWEEP, "all")
        session.execute(update(Job).values(**change))
    told = found(house)["queue"]
    assert not told.ok
    assert advice in told.advice


def test_a_store_that_is_gone_is_told_and_the_rest_goes_on(house: House) -> None:
    from dataclasses import replace

    class Away:
        def free_bytes(self) -> int:
            raise OSError

    services = replace(house.services, store=Away())  # type: ignore[arg-type]
    told = {each.part: each for each in diagnosis.findings(services)}
    assert not told["storage"].ok
    assert told["storage"].advice
    assert told["database"].ok


def test_tools_that_are_not_there_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert all(each.ok for each in diagnosis.tools())

    def lacking(*args: object, **more: object) -> None:
        del args, more
        raise OSError(65, "it is not installed")

    monkeypatch.setattr(diagnosis, "run", lacking)
    monkeypatch.setattr(diagnosis, "inspect", lacking)
    told = {each.part: each for each in diagnosis.tools()}
    assert (told["ffmpeg"].ok, told["libmagic"].ok) == (False, False)
    assert told["libmagic"].says == "it is not installed"
    assert "libmagic1" in told["libmagic"].advice
