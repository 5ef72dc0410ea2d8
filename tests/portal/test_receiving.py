"""The bytes of an upload under its lease: who has lost it writes nothing, whatever he still has."""

from __future__ import annotations

import base64
import hashlib
import io
from datetime import timedelta
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from catalog import clock, uploads
from catalog.assets import Given
from catalog.errors import Conflict, Invalid
from catalog.uploads import LEASE, Limits
from portal.checksums import Checksum, ChecksumMismatch
from portal.contribute.receiving import Receiving, receive_whole
from portal.contribute.windows import WINDOW_BYTES, pieces, windows
from storage.keys import original_key
from storage.store import PART_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.factories.house import House


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
    """A line that sleeps before its bytes: meanwhile something else happens."""

    def __init__(self, content: bytes, meanwhile: Callable[[], None]) -> None:
        super().__init__()
        self._content, self._meanwhile = content, meanwhile

    def read(self, size: int = -1) -> bytes:
        content, self._content = self._content[:size], b""
        if content:
            self._meanwhile()
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
    assert ends == [at, PART_BYTES + WINDOW_BYTES, 2 * PART_BYTES, at + len(content)]


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
