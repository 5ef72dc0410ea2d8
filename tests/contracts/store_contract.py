"""What every `MediaStore` promises, as tests. An implementation's test is a class line."""

from __future__ import annotations

import hashlib
import io
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.opening import open_store
from storage.store import PART_BYTES, UNSAFE_BYTES, ByteRange, ObjectCorrupt, ObjectMissing

if TYPE_CHECKING:
    from storage.store import MediaStore

KEY = "originals/ab/abc"
MIB = 1024 * 1024
SOURCE = random.Random(20).randbytes(40 * MIB)
"""What tests append from: bytes of which no two parts are alike."""
SIZES = (0, 1, 4096, MIB, 4 * MIB, PART_BYTES - 1, PART_BYTES, PART_BYTES + 1, UNSAFE_BYTES + 1)
_numbers = count()

GO_ON = """
import os, sys
from storage.opening import open_store
url, key, offset, size, ending = sys.argv[1:]
def chunks():
    source = open(0, "rb")
    while piece := source.read(100_000):
        yield piece
    if ending == "killed":
        os.kill(os.getpid(), 9)
print(open_store(url).append(key, int(offset), chunks(), durable=lambda at: print(at, flush=True)))
"""


def new_key() -> str:
    return f"originals/zz/key{next(_numbers)}"


def go_on(url: str, key: str, offset: int, content: bytes, ending: str = "") -> int:
    """Append in a process of its own; return the last offset it reported."""
    done = subprocess.run(
        [sys.executable, "-c", GO_ON, url, key, str(offset), str(len(content)), ending],
        input=content,
        capture_output=True,
        check=False,
    )
    assert done.returncode == (-9 if ending else 0), done.stderr.decode()
    return int(done.stdout.split()[-1]) if done.stdout.split() else offset


def silent(offset: int) -> None:
    del offset


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
        assert all(b - a <= UNSAFE_BYTES for a, b in zip([0, *seen], seen, strict=False))

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

    def test_an_upload_goes_on_in_another_process(self, url: str, store: MediaStore) -> None:
        assert go_on(url, KEY, 0, SOURCE[: 11 * MIB]) == 11 * MIB
        assert (
            store.append(KEY, 11 * MIB, [SOURCE[11 * MIB : 12 * MIB]], durable=silent) == 12 * MIB
        )
        safe = go_on(url, KEY, 12 * MIB, SOURCE[12 * MIB : 25 * MIB], "killed")
        assert 12 * MIB < safe <= 25 * MIB
        # Whoever was killed may have been so before the last offset was noted.
        assert go_on(url, KEY, 12 * MIB, SOURCE[12 * MIB : 20 * MIB]) == 20 * MIB
        store.finish(KEY, size=20 * MIB)
        assert whole(store, KEY) == SOURCE[: 20 * MIB]

    @pytest.mark.parametrize("tail", [1, PART_BYTES - 1, PART_BYTES])
    def test_a_tail_of_any_size_is_taken_up(self, store: MediaStore, tail: int) -> None:
        store.append(KEY, 0, [SOURCE[:tail]], durable=silent)
        assert store.unfinished_size(KEY) == tail
        store.append(KEY, tail, [SOURCE[tail : PART_BYTES + 1]], durable=silent)
        store.append(KEY, PART_BYTES + 1, [SOURCE[PART_BYTES + 1 : 9 * MIB]], durable=silent)
        store.finish(KEY, size=9 * MIB)
        assert whole(store, KEY) == SOURCE[: 9 * MIB]

    def test_a_hundred_appends_of_any_size_are_one_object(self, store: MediaStore) -> None:
        chance, offset = random.Random(7), 0
        for _ in range(100):
            size = chance.choice((1, 1000, 65_536, chance.randrange(600_000)))
            piece = SOURCE[offset : offset + size]
            cut = chance.randrange(size + 1)
            offset = store.append(KEY, offset, [piece[:cut], piece[cut:]], durable=silent)
        assert store.unfinished_size(KEY) == offset
        assert store.finish(KEY, size=offset).size == offset
        assert (
            hashlib.sha256(whole(store, KEY)).digest() == hashlib.sha256(SOURCE[:offset]).digest()
        )

    @settings(
        max_examples=12,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from(SIZES)), min_size=2, max_size=6))
    def test_any_way_back_and_on_gives_what_was_appended_last(
        self, store: MediaStore, steps: list[tuple[int, int]]
    ) -> None:
        """A step: so many reported offsets back, then so many bytes on, other ones each time."""
        key, reported, expected = new_key(), [0], b""
        for number, (back, size) in enumerate(steps):
            del reported[max(len(reported) - back, 1) :]
            offset = reported[-1]
            piece = SOURCE[number * 100 : number * 100 + size]
            expected = expected[:offset] + piece
            end = store.append(key, offset, [piece], durable=reported.append)
            assert end == store.unfinished_size(key) == len(expected)
            reported = [each for each in reported if each <= end]
        store.finish(key, size=len(expected))
        assert whole(store, key) == expected
        store.delete(key)

    def test_one_who_writes_on_and_on_ends_as_if_he_had_looked_each_time(
        self, store: MediaStore
    ) -> None:
        """`broken` ends like a line that breaks, `lost` like a lease that another has taken."""
        steps = (
            ("on", MIB),
            ("on", PART_BYTES),
            ("back", 4096),
            ("broken", PART_BYTES + 1),
            ("lost", 1),
            ("on", 7),
            ("back", UNSAFE_BYTES + 1),
            ("on", 0),
            ("on", 1),
        )
        key, reported, expected = new_key(), [0], b""
        append = store.writer(key)
        for number, (how, size) in enumerate(steps):
            if how == "back":
                del reported[max(len(reported) - 2, 1) :]
            offset, piece = reported[-1], SOURCE[number * 100 : number * 100 + size]

            def coming(how: str = how, piece: bytes = piece) -> Any:
                if how == "lost":
                    raise PermissionError
                yield piece
                if how == "broken":
                    raise ConnectionResetError

            with suppress(PermissionError, ConnectionResetError):
                append(offset, coming(), durable=reported.append)
            if how != "lost":
                expected = expected[:offset] + piece
            assert store.unfinished_size(key) == len(expected)
            reported = [each for each in reported if each <= len(expected)]
        assert append(len(expected), [], durable=silent) == len(expected)
        store.finish(key, size=len(expected))
        assert whole(store, key) == expected
        store.delete(key)

    def test_a_writer_without_the_right_changes_nothing(self, store: MediaStore) -> None:
        def refused() -> Any:
            raise PermissionError
            yield b""

        store.append(KEY, 0, [SOURCE[: 9 * MIB]], durable=silent)
        with pytest.raises(PermissionError):
            store.append(KEY, PART_BYTES, refused(), durable=silent)
        with pytest.raises(PermissionError):
            store.append(KEY, 0, refused(), durable=silent)
        assert store.unfinished_size(KEY) == 9 * MIB

    def test_an_object_without_bytes_is_one(self, store: MediaStore) -> None:
        with pytest.raises(ObjectMissing):
            store.finish(KEY, size=0)
        assert store.append(KEY, 0, [], durable=silent) == 0
        assert store.finish(KEY, size=0).size == 0
        assert whole(store, KEY) == b""

    def test_two_who_finish_at_once_both_have_it(self, url: str, store: MediaStore) -> None:
        store.append(KEY, 0, [SOURCE[: 17 * MIB]], durable=silent)
        both = (store, open_store(url))
        with ThreadPoolExecutor(2) as pool:
            done = list(pool.map(lambda each: each.finish(KEY, size=17 * MIB), both))
        assert [each.size for each in done] == [17 * MIB] * 2
        assert whole(store, KEY) == SOURCE[: 17 * MIB]
        assert [each.finished for each in store.keys(KEY)] == [True]
        with pytest.raises(ObjectCorrupt):
            store.finish(KEY, size=3)

    def test_an_abandoned_upload_leaves_nothing(self, store: MediaStore) -> None:
        store.append(KEY, 0, [SOURCE[: 9 * MIB]], durable=silent)
        assert [(each.key, each.size) for each in store.keys("originals/ab")] == [(KEY, 9 * MIB)]
        store.abandon(KEY)
        assert list(store.keys()) == []
        with pytest.raises(ObjectMissing):
            store.finish(KEY, size=9 * MIB)

    def test_a_large_object_is_put_part_by_part(self, store: MediaStore) -> None:
        class Measured(io.BytesIO):
            most = 0

            def read(self, size: int | None = -1) -> bytes:
                Measured.most = max(Measured.most, size or -1)
                return super().read(min(size or -1, 70_000))

        stored = store.put(KEY, Measured(SOURCE[: 17 * MIB]))
        assert stored.sha256 == hashlib.sha256(SOURCE[: 17 * MIB]).hexdigest()
        assert 0 < Measured.most <= PART_BYTES
        assert hashlib.sha256(whole(store, KEY)).hexdigest() == stored.sha256
        assert [each.finished for each in store.keys("")] == [True]

    def test_what_is_being_read_may_be_deleted(self, store: MediaStore) -> None:
        store.put(KEY, io.BytesIO(SOURCE[: 3 * MIB]))
        pieces = store.read(KEY)
        begun = next(pieces)
        store.delete(KEY)
        try:
            rest = b"".join(pieces)
        except ObjectMissing:
            rest = b""
        assert rest in (b"", SOURCE[len(begun) : 3 * MIB])
        with pytest.raises(ObjectMissing):
            store.read(KEY)

    def test_a_range_beyond_the_end_is_never_a_short_one(self, store: MediaStore) -> None:
        store.put(KEY, io.BytesIO(b"0123456789"))
        for span in (ByteRange(8, 12), ByteRange(10, 11)):
            with pytest.raises(ObjectCorrupt):
                b"".join(store.read(KEY, span))
        assert b"".join(store.read(KEY, ByteRange(4, 4))) == b""

    def test_more_keys_than_fit_one_answer_are_all_listed(self, store: MediaStore) -> None:
        """S3 gives a thousand at once. Ten answers behind the first are tried in tests/storage."""
        names = {f"renditions/ab/abc/page_{number}" for number in range(1001)}
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda name: store.put(name, io.BytesIO(b"x")), names))
        assert {each.key for each in store.keys("renditions/ab")} == names
        few = {each.key for each in store.keys("renditions/ab/abc/page_20")}
        assert few == {name for name in names if name.startswith("renditions/ab/abc/page_20")}

    def test_a_link_gives_the_bytes_with_type_and_name_where_there_are_links(
        self, store: MediaStore
    ) -> None:
        store.put(KEY, io.BytesIO(b"0123456789"))
        name = "attachment; filename=\"a.pdf\"; filename*=UTF-8''%E5%B1%B1.pdf"
        link = store.link(KEY, media_type="application/pdf", disposition=name)
        if link is None:
            assert store.path(KEY) is not None
            return
        answer = httpx.get(link)
        assert answer.content == b"0123456789"
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.headers["Content-Disposition"] == name
        part = httpx.get(link, headers={"Range": "bytes=3-5"})
        assert (part.status_code, part.content) == (206, b"345")
