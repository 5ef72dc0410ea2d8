"""Moves from one store to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from portal.keeping.moving import Journal, move
from storage.opening import open_store

if TYPE_CHECKING:
    from pathlib import Path

    from portal.keeping.moving import Moved
    from storage.store import MediaStore
    from tests.factories.house import House


@pytest.fixture
def target(tmp_path: Path) -> MediaStore:
    return open_store(f"file:{tmp_path}/new")


def moved(house: House, target: MediaStore) -> Moved:
    journal = Journal(house.services.settings.home, "file:/new")
    return move(house.services.database, house.services.store, target, journal)


def content(store: MediaStore) -> dict[str, bytes]:
    return {each.key: b"".join(store.read(each.key)) for each in store.keys("")}


def test_everything_the_catalogue_knows_is_copied_and_nothing_taken_away(
    house: House, target: MediaStore
) -> None:
    house.bring_to("published", content=b"film" * 1_000_000)
    house.give()
    before = content(house.services.store)
    done = moved(house, target)
    assert (done.copied, done.faults, done.settled) == (4, (), True)
    assert content(target) == content(house.services.store) == before


def test_a_second_run_copies_only_what_came_in_between(house: House, target: MediaStore) -> None:
    house.give()
    moved(house, target)
    house.give(content=b"A later film" * 10)
    assert moved(house, target).copied == 2
    assert moved(house, target).copied == 0


def test_a_run_that_was_cut_goes_on_behind_what_is_there(house: House, target: MediaStore) -> None:
    house.give()
    home, done = house.services.settings.home, []

    def cut(count: int, total: int) -> None:
        del total
        done.append(count)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        move(
            house.services.database,
            house.services.store,
            target,
            Journal(home, "file:/new"),
            seen=cut,
        )
    with Journal(home, "file:/new").path.open("a") as file:
        file.write('{"key": "cut in mid-')
    assert moved(house, target).copied == 1


def test_damaged_bytes_are_not_carried_over(house: House, target: MediaStore) -> None:
    house.give()
    key = next(each.key for each in house.services.store.keys("originals/"))
    path = house.services.store.path(key)
    assert path is not None
    path.write_bytes(b"x" * path.stat().st_size)
    done = moved(house, target)
    assert done.faults == (key,)
    assert key not in content(target)


def test_what_lies_in_the_store_and_no_row_knows_stays_behind(
    house: House, target: MediaStore
) -> None:
    import io

    house.services.store.put("originals/zz/zz", io.BytesIO(b"a stranger"))
    assert moved(house, target).copied == 0
    assert content(target) == {}
