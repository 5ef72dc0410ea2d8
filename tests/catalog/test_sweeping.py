"""Sweeps: what nobody points at goes after a day, and nothing that somebody still needs."""

from __future__ import annotations

import io
import os
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from catalog import assets, clock, sweeping, uploads, writers
from catalog.assets import Given
from catalog.ids import new_id
from catalog.tables.asset import Asset, Blob
from catalog.tables.upload import Upload
from catalog.uploads import Limits
from catalog.writers import KEPT, LEASE
from storage.keys import original_key
from storage.store import ObjectMissing
from tests.factories.house import House, build_house

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

DAY = timedelta(days=1, seconds=1)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    built = build_house(tmp_path)
    yield built
    built.services.close()


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    real = clock.now
    passed = [timedelta()]

    def advance(by: timedelta) -> None:
        passed[0] += by
        monkeypatch.setattr(clock, "now", lambda: real() + passed[0])

    return advance


def sweep(house: House) -> int:
    return sweeping.sweep(house.services.database, house.services.store)


def keys(house: House) -> set[str]:
    return {each.key for each in house.services.store.keys("")}


def drop_file(house: House, rid: str, asset_id: str) -> None:
    with house.services.database.unit_of_work() as session:
        assets.remove(session, by=house.actors["contributor"], resource_id=rid, asset_id=asset_id)


def begun(house: House, rid: str, length: int = 8) -> uploads.UploadView:
    with house.services.database.unit_of_work() as session:
        return uploads.begin(
            session,
            by=house.actors["contributor"],
            resource_id=rid,
            given=Given("b.bin"),
            length=length,
            limits=Limits(10**9),
            key_of=original_key,
        )


def finish(house: House, upload: uploads.UploadView, content: bytes, sha256: str) -> str:
    actor, store = house.actors["contributor"], house.services.store
    with house.services.database.unit_of_work() as session:
        leased = uploads.lease(session, by=actor, upload_id=upload.id, offset=0)
    store.append(upload.key, 0, [content], durable=lambda _: None)
    store.finish(upload.key, size=len(content))
    with house.services.database.unit_of_work() as session:
        return uploads.finish(
            session, by=actor, upload_id=upload.id, token=leased.token, sha256=sha256
        )


def test_bytes_nobody_points_at_go_after_a_day_with_what_was_made_of_them(
    house: House, later: Any
) -> None:
    rid = house.give()
    asset = house.attach(rid, content=b"another file")
    before = keys(house)
    drop_file(house, rid, asset)
    assert sweep(house) == 0
    later(timedelta(hours=23))
    assert sweep(house) == 0
    assert keys(house) == before
    later(timedelta(hours=2))
    assert sweep(house) == 1
    assert len(before - keys(house)) == 2, "the original and its thumbnail"
    with house.services.database.reading() as session:
        assert session.query(Asset).count() == session.query(Blob).count() == 1


def test_bytes_given_again_meanwhile_stay(house: House, later: Any) -> None:
    rid = house.give()
    asset = house.attach(rid, content=b"another file")
    drop_file(house, rid, asset)
    sweep(house)
    later(DAY)
    again = house.attach(rid, content=b"another file")
    sweep(house)
    with house.services.database.reading() as session:
        blob = session.get_one(Blob, session.get_one(Asset, again).blob_id)
        assert blob.marked_at is None
        assert b"".join(house.services.store.read(blob.key)) == b"another file"


def test_a_file_finished_while_the_sweep_is_at_its_bytes_keeps_them(
    house: House, later: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the sweep's list and its lock the same bytes are given again."""
    rid = house.give()
    asset = house.attach(rid, content=b"another file")
    drop_file(house, rid, asset)
    sweep(house)
    later(DAY)
    real = sweeping._delete
    given: list[str] = []

    def at_the_same_moment(database: Any, store: Any, blob_id: str) -> int:
        given.append(house.attach(rid, content=b"another file"))
        return real(database, store, blob_id)

    monkeypatch.setattr(sweeping, "_delete", at_the_same_moment)
    sweep(house)
    assert given
    with house.services.database.reading() as session:
        blob = session.get_one(Blob, session.get_one(Asset, given[0]).blob_id)
        assert b"".join(house.services.store.read(blob.key)) == b"another file"


def test_the_same_bytes_given_twice_end_as_one_blob_and_one_object(
    house: House, later: Any
) -> None:
    rid = house.bring_to("draft")
    first = finish(house, begun(house, rid), b"the same", "a" * 64)
    copy = begun(house, rid)
    second = finish(house, copy, b"the same", "a" * 64)
    with house.services.database.reading() as session:
        kept = {session.get_one(Asset, each).blob_id for each in (first, second)}
        assert len(kept) == 1
        assert session.get_one(Blob, kept.pop()).key != copy.key
    assert copy.key in keys(house)
    path = house.services.store.path(copy.key)
    assert path is not None
    sweep(house)
    assert copy.key in keys(house), "a day has not passed"
    old = clock.now().timestamp() - 2 * 86_400
    os.utime(path, (old, old))
    assert sweep(house) == 1
    assert copy.key not in keys(house)


def test_an_upload_nobody_goes_on_with_goes_when_its_time_is_up(house: House, later: Any) -> None:
    rid = house.bring_to("draft")
    upload = begun(house, rid)
    house.services.store.append(upload.key, 0, [b"1234"], durable=lambda _: None)
    later(KEPT - timedelta(minutes=1))
    assert sweep(house) == 0
    actor = house.actors["contributor"]
    with house.services.database.unit_of_work() as session:
        leased = uploads.lease(session, by=actor, upload_id=upload.id, offset=0)
    later(timedelta(minutes=1, seconds=1) - LEASE / 2)
    later(LEASE / 2)
    with house.services.database.unit_of_work() as session:
        writers.renew(session, upload.id, token=leased.token)
    assert sweep(house) == 0, "somebody writes"
    later(LEASE * 2)
    assert sweep(house) == 1
    assert upload.key not in keys(house)
    with house.services.database.reading() as session:
        assert session.query(Upload).count() == 0


def test_leftovers_of_a_broken_put_go_and_stop_no_sweep(house: House) -> None:
    store = house.services.store
    root = store.root  # type: ignore[attr-defined]
    old = clock.now().timestamp() - 2 * 86_400
    for name in ("put-a1b2_c3d", ".put-older", "no key at all"):
        left = root / "unfinished" / name
        left.write_bytes(b"half")
        os.utime(left, (old, old))
    fresh = root / "unfinished" / "put-fresh"
    fresh.write_bytes(b"half")
    stray = store.put(original_key(new_id()), io.BytesIO(b"stray"))
    os.utime(root / "objects" / stray.key, (old, old))
    rid = house.give()
    sweep(house)
    left = {each.key for each in store.keys("")}
    assert "put-fresh" in left
    assert "put-a1b2_c3d" not in left
    assert {each.name for each in (root / "unfinished").iterdir() if each.is_file()} == {
        "put-fresh",
        ".put-older",
        "no key at all",
    }, "what has no name of ours is left alone"
    assert stray.key not in left
    assert len([key for key in left if key.startswith("originals/")]) == 1
    assert rid


def test_the_row_goes_before_the_bytes(house: House, later: Any, monkeypatch: Any) -> None:
    """A kill between the two leaves bytes that a later sweep drops, never a row without bytes."""
    rid = house.give()
    asset = house.attach(rid, content=b"another file")
    with house.services.database.reading() as session:
        key = session.get_one(Blob, session.get_one(Asset, asset).blob_id).key
    drop_file(house, rid, asset)
    sweep(house)
    later(DAY)

    def killed(_key: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(house.services.store, "delete", killed)
        with pytest.raises(KeyboardInterrupt):
            sweep(house)
    with house.services.database.reading() as session:
        assert session.query(Blob).filter(Blob.key == key).count() == 0
    assert key in keys(house)
    later(DAY)
    path = house.services.store.path(key)
    assert path is not None
    old = clock.now().timestamp() - 5 * 86_400
    os.utime(path, (old, old))
    sweep(house)
    with pytest.raises(ObjectMissing):
        house.services.store.stat(key)


def test_a_copy_that_a_twin_made_needless_is_known_while_its_upload_is_open(
    house: House,
) -> None:
    rid = house.bring_to("draft")
    upload = begun(house, rid)
    house.services.store.append(upload.key, 0, [b"12345678"], durable=lambda _: None)
    house.services.store.finish(upload.key, size=8)
    path = house.services.store.path(upload.key)
    assert path is not None
    old = clock.now().timestamp() - 2 * 86_400
    os.utime(path, (old, old))
    sweep(house)
    assert upload.key in keys(house)
