"""The bytes of an upload under its lease: who has lost it writes nothing, whatever he still has."""

from __future__ import annotations

import base64
import hashlib
import io
import random
import threading
import time
from datetime import timedelta
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from catalog import clock, uploads
from catalog.assets import Given
from catalog.errors import Conflict, Invalid
from catalog.uploads import Limits
from catalog.writers import LEASE
from portal.checksums import Checksum, ChecksumMismatch
from portal.contribute.ahead import Ahead
from portal.contribute.receiving import Receiving, receive_whole
from portal.contribute.windows import WINDOW_BYTES, pieces, windows
from storage import local
from storage.keys import original_key
from storage.store import PART_BYTES, UNSAFE_BYTES, StoreFull, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.factories.house import House


MIB = 1024 * 1024


class Hands:
    """Begins uploads to a draft, and takes up what has begun."""

    def __init__(self, house: House) -> None:
        self.house, self.rid = house, house.bring_to("draft")
        self.actor = house.actors["contributor"]

    def begin(self, length: int) -> str:
        with self.house.services.database.unit_of_work() as session:
            return uploads.begin(
                session,
                by=self.actor,
                resource_id=self.rid,
                given=Given("a.bin"),
                length=length,
                limits=Limits(10**12),
                key_of=original_key,
            ).id

    def take_up(self, uid: str, offset: int) -> Receiving:
        return Receiving.begin(self.house.services, self.actor, uid, offset)

    def received(self, uid: str) -> int:
        with self.house.services.database.reading() as session:
            return uploads.upload(session, by=self.actor, upload_id=uid).received


@pytest.fixture
def hands(house: House) -> Hands:
    return Hands(house)


class Sleeper(io.RawIOBase):
    """A line that sleeps before its bytes, or those `after` so many: meanwhile something happens."""

    def __init__(self, content: bytes, meanwhile: Callable[[], None], after: int = 0) -> None:
        super().__init__()
        self._content, self._at = content, 0
        self._meanwhile, self._after = meanwhile, after

    def read(self, size: int = -1) -> bytes:
        content = self._content[self._at : self._at + size]
        if self._at <= self._after < self._at + len(content):
            self._meanwhile()
        self._at += len(content)
        return content


def test_who_slept_longer_than_his_lease_cuts_nothing_off(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = b"The bytes that were answered, and stay."
    uid = hands.begin(len(whole))
    first = hands.take_up(uid, 0)

    def meanwhile() -> None:
        with pytest.raises(Conflict, match="upload_busy"):
            hands.take_up(uid, 0)
        later = clock.now() + LEASE + timedelta(seconds=1)
        monkeypatch.setattr(clock, "now", lambda: later)
        second = hands.take_up(uid, 0)
        assert second.take(io.BytesIO(whole[:20])) == 20

    with pytest.raises(Conflict, match="upload_busy"):
        first.take(Sleeper(b"what he still had", meanwhile))  # type: ignore[arg-type]
    assert hands.received(uid) == 20
    third = hands.take_up(uid, 20)
    third.take(io.BytesIO(whole[20:]))
    third.finish()
    store = hands.house.services.store
    assert b"".join(store.read(third.upload.key)) == whole


def test_who_lost_his_lease_with_a_window_on_its_way_writes_nothing_after_it(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = random.Random(12).randbytes(2 * WINDOW_BYTES)
    uid = hands.begin(len(whole))
    first = hands.take_up(uid, 0)

    def meanwhile() -> None:
        while hands.received(uid) < WINDOW_BYTES:
            time.sleep(0.01)
        later = clock.now() + LEASE + timedelta(seconds=1)
        monkeypatch.setattr(clock, "now", lambda: later)
        second = hands.take_up(uid, WINDOW_BYTES)
        second.take(io.BytesIO(whole[WINDOW_BYTES : WINDOW_BYTES + 20]))

    sleeper = Sleeper(whole[:WINDOW_BYTES] + bytes(WINDOW_BYTES), meanwhile, WINDOW_BYTES + MIB)
    with pytest.raises(Conflict, match="upload_busy"):
        first.take(sleeper)  # type: ignore[arg-type]
    begun, store = hands.received(uid), hands.house.services.store
    assert begun == store.unfinished_size(first.upload.key) == WINDOW_BYTES + 20
    third = hands.take_up(uid, begun)
    third.take(io.BytesIO(whole[begun:]))
    third.finish()
    assert b"".join(store.read(third.upload.key)) == whole


def test_a_checked_part_that_fails_leaves_the_bytes_before_it(hands: Hands) -> None:
    before, part = b"a" * 10, b"b" * (WINDOW_BYTES * 2 + 5)
    uid = hands.begin(10 + len(part))
    hands.take_up(uid, 0).take(io.BytesIO(before))
    digest = base64.b64encode(hashlib.sha256(part).digest()).decode()
    checksum = Checksum.read(f"sha256 {digest}")
    assert checksum is not None
    with pytest.raises(ChecksumMismatch):
        hands.take_up(uid, 10).take_checked(io.BytesIO(part[:-1]), checksum)
    assert hands.received(uid) == 10
    receiving = hands.take_up(uid, 10)
    assert receiving.take_checked(io.BytesIO(part), checksum) == 10 + len(part)
    assert receiving.running is not None
    assert receiving.running.hexdigest() == hashlib.sha256(before + part).hexdigest()


def test_windows_hold_what_a_killed_portal_may_lose_and_no_more() -> None:
    content = bytes(range(256)) * 90_000
    found = list(windows(pieces(io.BytesIO(content), len(content))))
    assert b"".join(b"".join(window) for window in found) == content
    assert all(sum(map(len, window)) <= WINDOW_BYTES for window in found)
    few = list(windows(pieces(io.BytesIO(content), 1000)))
    assert few == [[content[:1000]]]


def test_windows_of_a_quick_line_end_where_parts_of_the_store_do() -> None:
    content, at = bytes(PART_BYTES + 1000), PART_BYTES + 70_001
    found = windows(pieces(io.BytesIO(content), len(content), at=at), at=at)
    ends = list(accumulate((sum(map(len, window)) for window in found), initial=at))
    assert ends == [at, 2 * PART_BYTES, at + len(content)]


class Brought:
    """Pieces of a quick line, and how much of them is kept by now."""

    def __init__(self, windows: int) -> None:
        self.left, self.given, self.kept = windows * WINDOW_BYTES // MIB, 0, 0
        self.windows: list[int] = []
        self.all_that_may = threading.Event()

    def __iter__(self) -> Iterator[bytes]:
        while self.left:
            self.left -= 1
            self.given += MIB
            assert self.given - self.kept <= UNSAFE_BYTES, "more than a killed portal may lose"
            if self.given - self.kept == UNSAFE_BYTES or not self.left:
                self.all_that_may.set()
            yield bytes(MIB)

    def keep(self, window: list[bytes], state: bytes | None) -> None:
        """Be as slow as the line lets one."""
        del state
        assert self.all_that_may.wait(60), "nothing came in meanwhile"
        self.all_that_may.clear()
        self.windows.append(sum(map(len, window)))
        self.kept += self.windows[-1]

    def carry(self, keep: Callable[[list[bytes], bytes | None], None]) -> None:
        with Ahead(keep) as ahead:
            for window in windows(ahead.watch(iter(self))):
                ahead.put(window, None)


def test_the_next_bytes_come_in_while_a_window_is_kept_but_never_more_than_may_be_lost() -> None:
    brought = Brought(windows=5)
    brought.carry(brought.keep)
    assert brought.windows == [WINDOW_BYTES] * 5


def test_what_a_window_fails_with_is_raised_and_nothing_behind_it_is_kept() -> None:
    brought = Brought(windows=5)

    def keep(window: list[bytes], state: bytes | None) -> None:
        if brought.windows:
            raise StoreUnavailable
        brought.keep(window, state)

    with pytest.raises(StoreUnavailable):
        brought.carry(keep)
    assert brought.windows == [WINDOW_BYTES]


def test_whoever_leaves_has_waited_for_the_window_on_its_way() -> None:
    leaving, kept = threading.Event(), []

    def keep(window: list[bytes], state: bytes | None) -> None:
        del state
        leaving.wait(60)
        time.sleep(0.05)
        kept.append(len(window))

    def leave() -> None:
        with Ahead(keep) as ahead:
            ahead.put([bytes(WINDOW_BYTES)], None)
            leaving.set()
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        leave()
    assert kept == [1]


def test_a_window_that_the_store_refuses_is_where_the_upload_goes_on(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = random.Random(11).randbytes(3 * WINDOW_BYTES + 7)
    uid = hands.begin(len(whole))
    first = hands.take_up(uid, 0)

    with monkeypatch.context() as patched, pytest.raises(StoreFull):

        def full() -> None:
            patched.setattr(local, "SPARE_BYTES", 10**18)

        first.take(Sleeper(whole, full, after=WINDOW_BYTES + MIB))  # type: ignore[arg-type]
    begun = hands.received(uid)
    assert begun in (0, WINDOW_BYTES)
    store = hands.house.services.store
    assert store.unfinished_size(first.upload.key) == begun
    second = hands.take_up(uid, begun)
    assert second.take(io.BytesIO(whole[begun:])) == len(whole)
    assert second.running is not None
    assert second.running.hexdigest() == hashlib.sha256(whole).hexdigest()
    second.finish()
    assert b"".join(store.read(second.upload.key)) == whole


def test_an_upload_whose_bytes_have_gone_from_the_store_is_over_and_may_begin_anew(
    hands: Hands,
) -> None:
    uid = hands.begin(20)
    hands.take_up(uid, 0).take(io.BytesIO(b"ten bytes."))
    mine = hands.take_up(uid, 10)
    hands.house.services.store.abandon(mine.upload.key)
    with pytest.raises(Conflict, match="upload_expired"):
        mine.take(io.BytesIO(b"ten bytes."))
    with pytest.raises(Conflict, match="upload_expired"):
        hands.received(uid)


def test_a_form_that_brings_more_than_it_may_leaves_nothing(hands: Hands, house: Any) -> None:
    services = house.services
    with pytest.raises(Invalid, match="too_large"):
        receive_whole(
            services, hands.actor, hands.rid, Given("a.bin"), io.BytesIO(b"x" * 11), most=10
        )
    unfinished = [each for each in services.store.keys("") if not each.finished]
    assert unfinished == []
    made = receive_whole(
        services, hands.actor, hands.rid, Given("a.bin"), io.BytesIO(b"x" * 10), most=10
    )
    assert made


def test_what_is_committed_is_on_the_disk(house: House) -> None:
    with house.services.database.reading() as session:
        assert session.scalar(text("PRAGMA synchronous")) == 2
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"
