"""What every `MediaStore` promises, as tests. An implementation's test is a class line."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest

from storage.store import ByteRange, ObjectCorrupt, ObjectMissing

if TYPE_CHECKING:
    from storage.store import MediaStore

KEY = "originals/ab/abc"
MIB = 1024 * 1024


def whole(store: MediaStore, key: str) -> bytes:
    return b"".join(store.read(key))


class StoreContract:
    """Give a fixture `store`; nothing here knows what it is made of."""

    def test_what_is_appended_is_readable_only_when_finished(self, store: MediaStore) -> None:
        store.append(KEY, 0, [b"one ", b"two"], durable=lambda _: None)
        assert store.unfinished_size(KEY) == 7
        with pytest.raises(ObjectMissing):
            store.read(KEY)
        assert store.finish(KEY, size=7).size == 7
        assert whole(store, KEY) == b"one two"
        assert store.finish(KEY, size=7).size == 7

    def test_each_part_is_reported_as_it_becomes_durable(self, store: MediaStore) -> None:
        seen: list[int] = []
        pieces = [b"x" * MIB] * 20
        assert store.append(KEY, 0, pieces, durable=seen.append) == 20 * MIB
        assert seen[-1] == 20 * MIB
        assert all(b - a <= 9 * MIB for a, b in zip([0, *seen], seen, strict=False))

    def test_an_append_goes_on_from_an_offset_and_drops_what_lies_beyond(
        self, store: MediaStore
    ) -> None:
        store.append(KEY, 0, [b"abcdef"], durable=lambda _: None)
        store.append(KEY, 3, [b"XY"], durable=lambda _: None)
        store.finish(KEY, size=5)
        assert whole(store, KEY) == b"abcXY"

    def test_an_append_beyond_the_end_is_refused(self, store: MediaStore) -> None:
        with pytest.raises(ObjectCorrupt):
            store.append(KEY, 4, [b"x"], durable=lambda _: None)

    def test_a_line_that_breaks_keeps_what_came(self, store: MediaStore) -> None:
        def broken() -> Any:
            yield b"safe"
            raise ConnectionResetError

        seen: list[int] = []
        with pytest.raises(ConnectionResetError):
            store.append(KEY, 0, broken(), durable=seen.append)
        assert seen == [4]
        assert store.unfinished_size(KEY) == 4

    def test_a_writer_who_lost_his_right_before_his_first_chunk_changes_nothing(
        self, store: MediaStore
    ) -> None:
        class LostError(Exception):
            pass

        def lost() -> Any:
            raise LostError
            yield b"never"

        store.append(KEY, 0, [b"what another brought"], durable=lambda _: None)
        for offset in (0, 4):
            with pytest.raises(LostError):
                store.append(KEY, offset, lost(), durable=lambda _: None)
        assert store.unfinished_size(KEY) == 20
        store.append(KEY, 4, [], durable=lambda _: None)
        assert store.unfinished_size(KEY) == 4

    def test_a_finish_of_another_size_is_refused(self, store: MediaStore) -> None:
        store.append(KEY, 0, [b"abc"], durable=lambda _: None)
        with pytest.raises(ObjectCorrupt):
            store.finish(KEY, size=4)
        with pytest.raises(ObjectMissing):
            store.stat(KEY)

    def test_a_whole_object_is_put_and_put_again(self, store: MediaStore) -> None:
        store.put(KEY, io.BytesIO(b"first"))
        stored = store.put(KEY, io.BytesIO(b"second"))
        assert (stored.size, whole(store, KEY)) == (6, b"second")

    def test_a_put_that_fails_leaves_what_was_there(self, store: MediaStore) -> None:
        class Broken(io.BytesIO):
            def read(self, size: int | None = -1) -> bytes:
                raise ConnectionResetError(size)

        store.put(KEY, io.BytesIO(b"first"))
        with pytest.raises(ConnectionResetError):
            store.put(KEY, Broken())
        assert whole(store, KEY) == b"first"

    @pytest.mark.parametrize(("start", "end"), [(0, 1), (3, 7), (0, 10), (9, 10)])
    def test_a_range_gives_exactly_its_bytes(self, store: MediaStore, start: int, end: int) -> None:
        store.put(KEY, io.BytesIO(b"0123456789"))
        assert b"".join(store.read(KEY, ByteRange(start, end))) == b"0123456789"[start:end]

    def test_what_is_not_there_is_missing_at_once(self, store: MediaStore) -> None:
        for ask in (store.read, store.stat):
            with pytest.raises(ObjectMissing):
                ask("originals/zz/none")
        store.delete("originals/zz/none")
        store.abandon("originals/zz/none")
        assert store.unfinished_size("originals/zz/none") == 0

    def test_a_sweep_sees_all_and_knows_the_finished(self, store: MediaStore) -> None:
        store.put("renditions/ab/abc/thumbnail", io.BytesIO(b"x"))
        store.append(KEY, 0, [b"yy"], durable=lambda _: None)
        found = {each.key: (each.size, each.finished) for each in store.keys("")}
        assert found == {"renditions/ab/abc/thumbnail": (1, True), KEY: (2, False)}
        store.abandon(KEY)
        store.delete("renditions/ab/abc/thumbnail")
        assert list(store.keys("")) == []

    @pytest.mark.parametrize(
        "key", ["../escape", "/etc/passwd", "a/../../b", "", "a//b", "ä", "a\0b", "A/B", "a" * 400]
    )
    def test_a_key_that_is_none_of_ours_has_no_place(self, store: MediaStore, key: str) -> None:
        with pytest.raises(ObjectMissing):
            store.stat(key)
        with pytest.raises(ObjectMissing):
            store.put(key, io.BytesIO(b"x"))
