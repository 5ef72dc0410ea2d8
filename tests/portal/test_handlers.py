"""What a worker looks after by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog.jobs import JobKind
from catalog.resources import versions
from portal.handlers import work, worker
from search.indexer import differences, rebuild
from tests.factories.house import open_services

if TYPE_CHECKING:
    from pathlib import Path

    from tests.factories.house import House


def test_an_index_that_was_not_in_use_for_a_while_catches_up(house: House, tmp_path: Path) -> None:
    mine = house.services
    withdrawn, kept = (house.bring_to("published", content=each) for each in (b"one", b"two"))
    house.index()
    rebuild(mine.database, mine.engine)
    elsewhere = open_services(
        tmp_path / "elsewhere", CARAVAN_DATABASE_URL=str(mine.settings.database.url)
    )
    with elsewhere.database.unit_of_work() as session:
        versions.withdraw(
            session, by=house.actors["curator"], resource_id=withdrawn, reason="It leaks."
        )
    new = house.bring_to("published", content=b"three")
    worker(elsewhere).work_off(JobKind.INDEX)
    elsewhere.close()
    assert differences(mine.database, mine.engine) == {withdrawn: "superfluous", new: "missing"}
    care = work(mine).care
    care()
    assert worker(mine).work_off(JobKind.INDEX) == 2
    assert set(mine.engine.versions()) == {kept, new}
    mine.engine.remove([kept], 2**40)
    care()
    assert worker(mine).work_off(JobKind.INDEX) == 0, "compared when it begins, and not again"
