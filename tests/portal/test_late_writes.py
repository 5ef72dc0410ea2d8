"""What a writer who is gone had sent to a bucket, and what lands there when another has written on."""

from __future__ import annotations

import hashlib
import io
import random
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from catalog import clock
from catalog.errors import NotFound
from catalog.jobs import JobKind
from catalog.tables.asset import Blob
from catalog.writers import LEASE
from portal.app import create_app
from portal.checksums import ChecksumMismatch
from portal.contribute import receiving
from portal.handlers import worker
from storage.s3 import bucket as access
from storage.store import PART_BYTES, StoreUnavailable
from tests.factories.house import House, build_house
from tests.factories.relay import Fault, Relay
from tests.portal.test_receiving import Hands

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from portal.contribute.receiving import Receiving

SMALL, LARGE = 100_000, PART_BYTES + 100_000
"""What is kept as a piece, and what begins with a part."""


@pytest.fixture
def relay(bucket: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Relay]:
    monkeypatch.setattr(access, "READ_SECONDS", 1)
    monkeypatch.setitem(access.Access.client.__kwdefaults__, "attempts", 1)
    line = Relay.before(bucket)
    yield line
    line.stop()


@pytest.fixture
def house(bucket: str, relay: Relay, tmp_path: Path) -> Iterator[House]:
    over = relay.by_way(bucket)
    built = build_house(tmp_path, CARAVAN_STORAGE_URL=over)
    yield built
    built.services.close()


class Taker:
    """The giver herself, who looks at what has become of her file."""

    def __init__(self, house: House, rid: str) -> None:
        self._house, self._rid = house, rid
        self._app = create_app(house.services.settings, house.services)
        self._app.config["PROPAGATE_EXCEPTIONS"] = False

    def _get(self, path: str) -> Any:
        headers = {"Authorization": f"Bearer {self._house.tokens['contributor']}"}
        return self._app.test_client().get(
            f"/api/v1/resources/{self._rid}/assets/{path}", headers=headers
        )

    def told(self, aid: str) -> Any:
        return self._get(aid).json

    def content(self, aid: str) -> Any:
        return self._get(f"{aid}/content")


def overtaken(hands: Hands, relay: Relay, right: bytes) -> tuple[str, Receiving]:
    """Have what one writer sent land after all that another wrote from the same place."""
    wrong = random.Random(1).randbytes(len(right))
    uid = hands.begin(len(right))
    relay.faults.append(Fault("PUT .*(unfinished/|partNumber=1)", "late", times=1))
    with pytest.raises(StoreUnavailable):
        hands.take_up(uid, 0).take(io.BytesIO(wrong))
    second = hands.take_up(uid, 0)
    assert second.take(io.BytesIO(right)) == len(right)
    assert relay.land() == [b"HTTP/1.1 200 OK"]
    return uid, second


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_bytes_that_land_late_are_never_given_out_for_those_that_were_acknowledged(
    house: House, relay: Relay, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "READ_AT_ONCE", 0)
    hands = Hands(house)
    taker = Taker(house, hands.rid)
    right = random.Random(2).randbytes(size)
    _uid, second = overtaken(hands, relay, right)
    aid = second.finish()
    assert taker.told(aid)["sha256"] is None
    refused = taker.content(aid)
    assert (refused.status_code, refused.json["code"]) == (409, "asset_not_checked")
    worker(house.services).work_off(JobKind.INGEST)
    told, content = taker.told(aid), taker.content(aid)
    assert content.status_code == 200
    assert told["sha256"] == hashlib.sha256(content.data).hexdigest()
    refusal = {"code": "checksum_mismatch"} in [{"code": each["code"]} for each in told["reasons"]]
    assert refusal == (content.data != right)
    assert (told["verdict"] == "refuse") or not refusal
    if size == LARGE:
        assert refusal, "the part was written over"


def test_a_smaller_file_is_read_back_at_once_and_refused(house: House, relay: Relay) -> None:
    hands = Hands(house)
    uid, second = overtaken(hands, relay, random.Random(2).randbytes(LARGE))
    with pytest.raises(ChecksumMismatch):
        second.finish()
    with pytest.raises(NotFound):
        hands.received(uid)
    assert [each.key for each in house.services.store.keys("originals/")] == [house_file(house)]


def house_file(house: House) -> str:
    """Return the key of the file that the draft came with."""
    with house.services.database.reading() as session:
        return session.scalars(select(Blob.key)).one()


@pytest.mark.parametrize("most", [0, receiving.READ_AT_ONCE])
def test_a_file_whose_writer_was_killed_is_read_before_it_is_given_out(
    house: House, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(receiving, "READ_AT_ONCE", most)
    hands = Hands(house)
    taker = Taker(house, hands.rid)
    content = random.Random(3).randbytes(SMALL)
    monkeypatch.setattr(receiving, "this_process", lambda: None)
    uid = hands.begin(SMALL)
    hands.take_up(uid, 0)
    later = clock.now() + LEASE + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    second = hands.take_up(uid, 0)
    second.take(io.BytesIO(content))
    aid = second.finish()
    assert taker.content(aid).status_code == (200 if most else 409)
    if not most:
        worker(house.services).work_off(JobKind.INGEST)
    told = taker.told(aid)
    assert told["sha256"] == hashlib.sha256(content).hexdigest()
    assert "checksum_mismatch" not in {each["code"] for each in told["reasons"]}
    assert taker.content(aid).data == content
