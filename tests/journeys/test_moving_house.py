"""From one machine to PostgreSQL and a bucket, and back: by backup and restore, and media alone."""

from __future__ import annotations

import hashlib
import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from catalog import dumping, ledger
from portal.keeping.backup import back_up
from portal.keeping.folder import Folder
from portal.keeping.moving import Journal, move
from portal.keeping.restore import check, restore
from storage.opening import open_store
from tests.factories.databases import Postgresql, Sqlite
from tests.factories.house import open_services

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from portal.services import Services
    from scripts.services.part import Running
    from storage.store import MediaStore
    from tests.factories.house import House

STATES = ("draft", "submitted", "published", "withdrawn", "declined")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with Sqlite(tmp_path / "databases").house(tmp_path / "home") as built:
        for state in STATES:
            built.bring_to(state, content=state.encode() * 2_000)
        yield built


@pytest.fixture
def postgresql(tmp_path: Path, real: Callable[[str], Running]) -> Iterator[Postgresql]:
    made = Postgresql(tmp_path / "pattern", real("postgresql").settings["CARAVAN_DATABASE_URL"])
    yield made
    made.close()


@contextmanager
def opened(home: Path, **environ: str) -> Iterator[Services]:
    services = open_services(home, **environ)
    try:
        yield services
    finally:
        services.close()


def rows(services: Services) -> list[str]:
    """Return all rows but the queue's: a restore enqueues the index."""
    with services.database.reading() as session:
        return [json.dumps(row) for row in dumping.dump(session) if row[0] != "job"]


def hashes(store: MediaStore) -> dict[str, str]:
    return {
        each.key: hashlib.sha256(b"".join(store.read(each.key))).hexdigest()
        for each in store.keys("")
    }


def proven(services: Services) -> bool:
    with services.database.reading() as session:
        return list(ledger.prove(session)) == []


def test_a_house_goes_to_servers_and_comes_back_the_same(
    house: House, postgresql: Postgresql, bucket: str, tmp_path: Path
) -> None:
    before, files = rows(house.services), hashes(house.services.store)
    there, back = Folder(tmp_path / "there"), Folder(tmp_path / "back")
    back_up(house.services.database, house.services.store, there)
    url = postgresql.empty()
    grown = {"CARAVAN_DATABASE_URL": url, "CARAVAN_STORAGE_URL": bucket}
    with opened(tmp_path / "grown", **grown) as servers:
        restore(servers.database, servers.store, there)
        assert rows(servers) == before
        assert hashes(servers.store) == files
        assert proven(servers)
        back_up(servers.database, servers.store, back)
    postgresql.drop(url)
    assert check(back) == ()
    with opened(tmp_path / "again") as again:
        restore(again.database, again.store, back)
        assert rows(again) == before
        assert hashes(again.store) == files
        assert proven(again)


def test_media_go_to_a_bucket_and_back_while_files_are_given(
    house: House, bucket: str, tmp_path: Path
) -> None:
    late = iter((b"A film that came while others were moved" * 50, b"And one more" * 50))

    def give_one(done: int, total: int) -> None:
        del done, total
        content = next(late, None)
        if content is not None:
            house.give(content=content)

    services, target = house.services, open_store(bucket)
    journal = Journal(services.settings.home, bucket)
    moved = move(services.database, services.store, target, journal, seen=give_one)
    assert (moved.faults, moved.settled) == ((), True)
    assert moved.copied == 2 * (len(STATES) + 2)
    assert hashes(target) == hashes(services.store)

    returned = open_store(f"file:{tmp_path}/returned")
    home = Journal(services.settings.home, "file:returned")
    assert move(services.database, target, returned, home).copied == moved.copied
    assert hashes(returned) == hashes(target)
