"""Backup and restore: export, wipe, import, and all is as it was."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, update

from catalog import dumping, ledger
from catalog.errors import Conflict
from catalog.policy.actor import Actor
from catalog.resources import reading
from catalog.tables.text import Text
from config.settings import load
from portal.keeping.backup import back_up
from portal.keeping.folder import BackupUnfit, Folder, digest_of
from portal.keeping.restore import check, restore
from portal.services import build

if TYPE_CHECKING:
    from pathlib import Path

    from portal.keeping.backup import Backed
    from portal.services import Services
    from tests.factories.house import House

BEFORE, NEW = "0005", {("text", "checked_by")}
"""A revision, and the columns that came after it."""


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "backup")


def saved(house: House, folder: Folder) -> Backed:
    return back_up(house.services.database, house.services.store, folder)


def empty(tmp_path: Path) -> Services:
    return build(load({"CARAVAN_HOME": str(tmp_path / "another")}))


def everything(services: Services) -> list[str]:
    """Return all rows but of the queue: a restore enqueues the index."""
    with services.database.reading() as session:
        return [json.dumps(row) for row in dumping.dump(session) if row[0] != "job"]


def stored(services: Services) -> dict[str, str]:
    found = {}
    for listed in services.store.keys(""):
        path = services.store.path(listed.key)
        assert path is not None
        found[listed.key] = digest_of(path)
    return found


def test_what_was_wiped_comes_back_with_the_same_ids_and_hashes(
    house: House, folder: Folder, tmp_path: Path
) -> None:
    for state in ("draft", "submitted", "published", "withdrawn", "declined"):
        house.bring_to(state, content=state.encode() * 300)
    checked = house.actors["contributor"].person_id
    with house.services.database.unit_of_work() as session:
        session.execute(update(Text).values(checked_by=checked))
    saved(house, folder)
    assert check(folder) == ()
    services = empty(tmp_path)
    back = restore(services.database, services.store, folder)
    assert (back.objects, back.findings) == (10, 0)
    assert everything(services) == everything(house.services)
    assert stored(services) == stored(house.services)
    with services.database.reading() as session:
        assert list(ledger.prove(session)) == []
        assert set(session.scalars(select(Text.checked_by))) == {checked}
    services.close()


def test_a_backup_of_the_schema_before_is_taken_in_and_what_it_did_not_know_is_empty(
    house: House, tmp_path: Path
) -> None:
    rid = house.bring_to("published")
    with house.services.database.reading() as session:
        rows = list(dumping.dump(session))
    older = [
        (name, {column: row[column] for column in row if (name, column) not in NEW})
        for name, row in rows
    ]
    assert older != rows
    services = empty(tmp_path)
    with services.database.unit_of_work() as session:
        assert dumping.load(session, BEFORE, older) == len(rows)
    with services.database.reading() as session:
        assert reading.resource(session, Actor(), rid).title.origins["en"] == "original"
        assert set(session.scalars(select(Text.checked_by))) == {None}
        assert list(ledger.prove(session)) == []
    services.close()


def test_a_second_run_copies_only_what_is_new(house: House, folder: Folder) -> None:
    house.bring_to("published")
    first = saved(house, folder)
    house.give(content=b"Another film" * 40)
    second = saved(house, folder)
    assert (first.copied, second.copied, second.objects) == (2, 1, 4)
    assert folder.names() == [first.name, second.name]


def test_an_earlier_snapshot_can_be_asked_for(house: House, folder: Folder, tmp_path: Path) -> None:
    first = saved(house, folder)
    house.give()
    saved(house, folder)
    services = empty(tmp_path)
    assert restore(services.database, services.store, folder, name=first.name).objects == 0
    services.close()


def test_nothing_is_restored_over_a_house_in_use(house: House, folder: Folder) -> None:
    house.give()
    saved(house, folder)
    with pytest.raises(Conflict, match="not_empty"):
        restore(house.services.database, house.services.store, folder)


def test_a_damaged_backup_is_refused_and_leaves_the_catalogue_empty(
    house: House, folder: Folder, tmp_path: Path
) -> None:
    house.give()
    saved(house, folder)
    victim = max((folder.root / "media").rglob("*"), key=lambda path: path.is_file())
    victim.write_bytes(b"?" * victim.stat().st_size)
    assert len(check(folder)) == 1
    services = empty(tmp_path)
    with pytest.raises(BackupUnfit, match="backup_damaged"):
        restore(services.database, services.store, folder)
    with services.database.reading() as session:
        assert dumping.is_unused(session)
    services.close()


def test_a_catalogue_that_was_touched_is_refused(house: House, folder: Folder) -> None:
    name = saved(house, folder).name
    path = folder.root / "snapshots" / name / "catalogue.jsonl.gz"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(BackupUnfit, match="backup_damaged"):
        folder.snapshot()


def test_a_restore_that_was_cut_goes_on(house: House, folder: Folder, tmp_path: Path) -> None:
    house.bring_to("published")
    saved(house, folder)
    services = empty(tmp_path)

    def cut(done: int, total: int) -> None:
        del total
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        restore(services.database, services.store, folder, seen=cut)
    assert len(stored(services)) == 1
    restore(services.database, services.store, folder)
    assert stored(services) == stored(house.services)
    services.close()


def test_a_backup_that_was_cut_leaves_no_snapshot_and_the_next_is_whole(
    house: House, folder: Folder
) -> None:
    house.bring_to("published")

    def cut(done: int, total: int) -> None:
        del done, total
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        back_up(house.services.database, house.services.store, folder, seen=cut)
    assert folder.names() == []
    saved(house, folder)
    assert check(folder) == ()
    assert not list(folder.root.rglob(".new-*"))


def test_a_missing_file_is_named_and_the_others_are_kept(house: House, folder: Folder) -> None:
    house.bring_to("published")
    key = next(each.key for each in house.services.store.keys("originals/"))
    house.services.store.delete(key)
    done = saved(house, folder)
    assert done.faults == (key,)
    assert (done.objects, check(folder)) == (1, ())


def test_two_backups_at_once_are_not_written_into_one_folder(house: House, folder: Folder) -> None:
    with folder.writing(), pytest.raises(BackupUnfit, match="backup_busy"):
        saved(house, folder)


def test_a_folder_that_is_no_backup_is_refused(folder: Folder) -> None:
    with pytest.raises(BackupUnfit, match="backup_missing"):
        folder.snapshot()
