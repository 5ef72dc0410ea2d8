"""Checks of stored bytes, on a real store whose files are damaged behind its back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from catalog import clock, fixity, jobs
from catalog.resources import reading
from catalog.tables.asset import Asset, Blob, Rendition
from catalog.tables.job import Job
from ingest import fixity as checking
from tests.factories.databases import Sqlite
from tests.factories.house import BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.factories.house import House


@pytest.fixture(scope="module")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Sqlite:
    return Sqlite(tmp_path_factory.mktemp("databases"))


@pytest.fixture
def house(databases: Sqlite, tmp_path: Path) -> Iterator[House]:
    with databases.house(tmp_path) as built:
        yield built


def check(house: House, most: int | None = None) -> checking.Report:
    return checking.run(house.services.database, house.services.store, most=most)


def original(house: House, rid: str) -> Path:
    with house.services.database.reading() as session:
        key = session.scalars(
            select(Blob.key).join(Asset, Asset.blob_id == Blob.id).where(Asset.resource_id == rid)
        ).one()
    path = house.services.store.path(key)
    assert path is not None
    return path


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def mails(house: House) -> list[Job]:
    with house.services.database.reading() as session:
        alerts = Job.subject.startswith("fixity")
        return list(session.scalars(select(Job).where(Job.kind == jobs.JobKind.MAIL, alerts)))


def test_a_house_that_is_whole_has_no_faults(house: House) -> None:
    house.bring_to("published")
    report = check(house)
    assert (report.checked, report.faults) == (2, ())
    with house.services.database.reading() as session:
        last = fixity.last_run(session)
    assert last is not None
    assert (last.checked, last.faults) == (2, 0)


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (flip, "changed"),
        (lambda path: path.write_bytes(path.read_bytes()[:-1]), "truncated"),
        (lambda path: path.write_bytes(path.read_bytes() + b"x"), "grown"),
        (lambda path: path.unlink(), "missing"),
        (lambda path: path.write_bytes(b"Another film of the very same length." * 200), "grown"),
    ],
)
def test_each_kind_of_damage_is_found_once_and_kept_back(
    house: House, damage: Any, code: str
) -> None:
    rid = house.bring_to("published")
    damage(original(house, rid))
    first, second = check(house), check(house)
    assert [(fault.code, fault.new) for fault in first.faults] == [(code, True)]
    assert [fault.new for fault in second.faults] == [False]
    with house.services.database.reading() as session:
        (asset,) = reading.resource(session, house.actors["curator"], rid).assets
    assert asset.verdict == "refuse"
    assert {"code": "quarantined"} in asset.reasons
    assert len(mails(house)) == 1


def test_two_files_whose_bytes_were_swapped_are_both_found(house: House) -> None:
    one = original(house, house.give(content=b"first" * 100))
    other = original(house, house.give(content=b"other" * 100))
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)
    assert [fault.code for fault in check(house).faults] == ["changed", "changed"]


def test_bytes_that_are_whole_again_are_given_free(house: House) -> None:
    rid = house.bring_to("published")
    path = original(house, rid)
    flip(path)
    check(house)
    path.write_bytes(BYTES)
    assert check(house).faults == ()
    with house.services.database.reading() as session:
        (asset,) = reading.resource(session, house.actors["curator"], rid).assets
        assert fixity.quarantined_count(session) == 0
    assert asset.verdict == "accept"


def test_a_damaged_rendition_is_forgotten_and_made_again(house: House) -> None:
    house.bring_to("published")
    with house.services.database.reading() as session:
        key = session.scalars(select(Rendition.key)).one()
    path = house.services.store.path(key)
    assert path is not None
    flip(path)
    (fault,) = check(house).faults
    assert (fault.code, fault.rendition) == ("changed", "thumbnail")
    with house.services.database.reading() as session:
        assert session.scalars(select(Rendition.key)).all() == []
        assert jobs.waiting_count(session, jobs.JobKind.INGEST) == 1
    assert mails(house) == []


def test_runs_of_a_few_reach_every_file(house: House) -> None:
    for number in range(5):
        house.give(content=b"%d" % number * 50)
    flip(original(house, house.give(content=b"the last one" * 9)))
    found = [check(house, most=3) for _ in range(4)]
    assert [report.checked for report in found] == [3, 3, 3, 3]
    assert sum(len(report.faults) for report in found) == 1


def test_given_again_the_good_copy_takes_the_place_of_the_damaged(house: House) -> None:
    rid = house.bring_to("published")
    flip(original(house, rid))
    check(house)
    house.give()
    assert check(house).faults == ()
    assert original(house, rid).read_bytes() == BYTES


def test_a_dead_checker_is_told_once_a_week(house: House) -> None:
    house.give()
    start = clock.now()
    told = []
    for days in (1, 3, 4, 11):
        with clock.at(start + timedelta(days=days)):
            checking.watch(house.services.database)
            told.append(len(mails(house)))
            with house.services.database.unit_of_work() as session:
                for job in session.scalars(select(Job).where(Job.kind == jobs.JobKind.MAIL)):
                    job.state = "done"
    assert told == [0, 1, 1, 2]
    check(house)
    assert not checking.is_overdue(house.services.database)


def test_a_scheduled_run_reads_its_share_of_a_round() -> None:
    assert checking.share_of_a_run(0) == checking.FEWEST
    assert checking.share_of_a_run(120_000) == 1000
