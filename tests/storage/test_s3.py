"""What the S3 store promises beyond the contract: a line that breaks, a store that will not, links."""

from __future__ import annotations

import io
import random
import re
import time
from typing import TYPE_CHECKING
from urllib.parse import quote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.opening import open_store
from storage.s3 import bucket as access
from storage.s3 import draft, reading, store
from storage.s3.parts import LARGEST_OBJECT, MOST_PARTS, part_at, part_size, part_start
from storage.store import (
    PART_BYTES,
    ByteRange,
    ObjectMissing,
    StoreDenied,
    StoreError,
    StoreUnavailable,
)
from tests.factories.relay import Fault, Relay

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.store import MediaStore

KEY = "originals/ab/abc"
MIB = 1024 * 1024
SOURCE = random.Random(4).randbytes(20 * MIB)


@pytest.fixture
def relay(bucket: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Relay]:
    """A line to the server of `bucket`; waiting is short, so that a test is."""
    monkeypatch.setattr(access, "READ_SECONDS", 1)
    monkeypatch.setattr(access, "PATIENT_SECONDS", 2)
    line = Relay.before(bucket)
    yield line
    line.stop()


@pytest.fixture
def over_relay(bucket: str, relay: Relay) -> MediaStore:
    return open_store(relay.by_way(bucket))


def silent(offset: int) -> None:
    del offset


def whole(found: MediaStore, span: ByteRange | None = None) -> bytes:
    return b"".join(found.read(KEY, span))


@given(st.integers(0, LARGEST_OBJECT - 1))
def test_every_byte_has_its_place_in_one_of_ten_thousand_parts(offset: int) -> None:
    number = part_at(offset)
    assert 1 <= number <= MOST_PARTS
    assert part_start(number) <= offset < part_start(number) + part_size(number)
    assert part_start(number + 1) == part_start(number) + part_size(number)


def test_parts_suit_a_store_and_hold_far_more_than_fifty_gib() -> None:
    assert all(5 * MIB <= part_size(number) <= 64 * MIB for number in (1, 5000, 5001, 10_000))
    assert part_start(MOST_PARTS + 1) == LARGEST_OBJECT > 150 * 1024 * MIB


@pytest.mark.parametrize(
    ("pattern", "kind", "after"),
    [
        ("PUT .*partNumber=1", "refuse", 0),
        ("PUT .*partNumber=1", "cut", 3 * MIB),
        ("PUT .*partNumber=1", "flip", 0),
        ("PUT .*partNumber=2", "mute", 0),
        ("PUT .*unfinished/", "503", 0),
        ("PUT .*unfinished/", "flip", 0),
        ("GET .*uploads", "tear", 10),
        ("POST .*uploadId=", "refuse", 0),
        ("POST .*uploadId=", "mute", 0),
        ("POST .*uploads", "mute", 0),
    ],
)
def test_a_line_that_breaks_twice_is_tried_again(
    over_relay: MediaStore, relay: Relay, pattern: str, kind: str, after: int
) -> None:
    relay.faults.append(Fault(pattern, kind, times=2, after=after))
    assert over_relay.append(KEY, 0, [SOURCE[: 12 * MIB]], durable=silent) == 12 * MIB
    assert over_relay.append(KEY, 12 * MIB, [SOURCE[12 * MIB :]], durable=silent) == 20 * MIB
    assert over_relay.finish(KEY, size=20 * MIB).size == 20 * MIB
    assert whole(over_relay) == SOURCE
    assert relay.faults[0].times == 0
    assert [each.finished for each in over_relay.keys("")] == [True]


def test_a_store_that_stays_away_is_unavailable_and_the_upload_goes_on_after(
    over_relay: MediaStore, relay: Relay
) -> None:
    reported: list[int] = []
    append = over_relay.writer(KEY)
    relay.faults.append(Fault("PUT .*partNumber=2", "cut", times=99, after=2 * MIB))
    append(0, [SOURCE[:MIB]], durable=silent)
    with pytest.raises(StoreUnavailable):
        append(MIB, [SOURCE[MIB:]], durable=reported.append)
    assert reported == [PART_BYTES]
    assert len([line for line in relay.seen if "partNumber=2" in line]) == access.ATTEMPTS
    with pytest.raises(ObjectMissing):
        over_relay.read(KEY)
    relay.faults.clear()
    assert over_relay.unfinished_size(KEY) == PART_BYTES
    append(PART_BYTES, [SOURCE[PART_BYTES:]], durable=silent)
    over_relay.finish(KEY, size=len(SOURCE))
    assert whole(over_relay) == SOURCE


def test_what_was_sent_by_a_writer_who_is_gone_and_lands_late_takes_nothing_away(
    bucket: str, relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(access.Access.client.__kwdefaults__, "attempts", 1)
    over_relay = open_store(relay.by_way(bucket))
    relay.faults.append(Fault("PUT .*unfinished/", "late", times=1))
    with pytest.raises(StoreUnavailable):
        over_relay.append(KEY, 0, [SOURCE[:MIB]], durable=silent)
    assert over_relay.append(KEY, 0, [SOURCE[: 2 * MIB]], durable=silent) == 2 * MIB
    assert relay.land() == [b"HTTP/1.1 200 OK"]
    assert over_relay.unfinished_size(KEY) == 2 * MIB
    assert over_relay.append(KEY, 2 * MIB, [SOURCE[2 * MIB :]], durable=silent) == 20 * MIB
    over_relay.finish(KEY, size=20 * MIB)
    assert whole(over_relay) == SOURCE
    assert [each.finished for each in over_relay.keys("")] == [True]


@pytest.mark.parametrize("kind", ["refuse", "mute", "503"])
def test_a_finish_whose_answer_never_comes_is_no_half_object(
    bucket: str, over_relay: MediaStore, relay: Relay, kind: str
) -> None:
    over_relay.append(KEY, 0, [SOURCE], durable=silent)
    relay.faults.append(Fault("POST .*uploadId=", kind, times=99))
    try:
        over_relay.finish(KEY, size=len(SOURCE))
    except StoreUnavailable:
        relay.faults.clear()
        assert open_store(bucket).finish(KEY, size=len(SOURCE)).size == len(SOURCE)
    assert whole(open_store(bucket)) == SOURCE


def test_a_put_that_is_cut_again_and_again_leaves_what_was_there(
    over_relay: MediaStore, relay: Relay
) -> None:
    over_relay.put(KEY, io.BytesIO(b"first"))
    for content, pattern in ((b"second", "PUT .*abc HTTP"), (SOURCE, "PUT .*partNumber=2")):
        relay.faults[:] = [Fault(pattern, "cut", times=99, after=100)]
        with pytest.raises(StoreUnavailable):
            over_relay.put(KEY, io.BytesIO(content))
        relay.faults.clear()
        assert whole(over_relay) == b"first"
        assert [each.finished for each in over_relay.keys("")] == [True]


def test_a_read_that_breaks_goes_on_and_never_ends_short(
    over_relay: MediaStore, relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PAUSE_SECONDS", 0.01)
    over_relay.put(KEY, io.BytesIO(SOURCE))
    relay.faults.append(Fault("GET .*abc HTTP", "tear", times=2, after=5 * MIB))
    assert whole(over_relay) == SOURCE
    relay.faults[:] = [Fault("GET .*abc HTTP", "tear", times=1, after=MIB)]
    assert whole(over_relay, ByteRange(3, 3 * MIB)) == SOURCE[3 : 3 * MIB]
    relay.faults[:] = [Fault("GET .*abc HTTP", "tear", times=99, after=MIB)]
    with pytest.raises(StoreUnavailable):
        whole(over_relay)
    relay.faults[:] = [Fault("GET .*abc HTTP", "hang", times=99)]
    with pytest.raises(StoreUnavailable):
        over_relay.read(KEY)


def test_an_object_changed_while_it_is_read_is_no_mixture(
    over_relay: MediaStore, relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PAUSE_SECONDS", 0.01)
    over_relay.put(KEY, io.BytesIO(SOURCE))
    relay.faults.append(Fault("GET .*abc HTTP", "tear", times=1, after=5 * MIB))
    pieces = over_relay.read(KEY)
    begun = next(pieces)
    over_relay.put(KEY, io.BytesIO(SOURCE[::-1]))
    with pytest.raises(StoreError, match="object_corrupt"):
        begun += b"".join(pieces)
    assert SOURCE.startswith(begun)


def test_two_uploads_of_one_key_are_one_upload(bucket: str) -> None:
    """Two processes that began at once: both use the same, and nothing is left of the other."""
    first, second = open_store(bucket), open_store(bucket)
    for each in (first, second):
        assert isinstance(each, store.S3Store)
        draft.Draft(each._bucket, KEY).begin()
    first.append(KEY, 0, [SOURCE[:PART_BYTES]], durable=silent)
    second.append(KEY, PART_BYTES, [SOURCE[PART_BYTES:]], durable=silent)
    first.finish(KEY, size=len(SOURCE))
    assert whole(second) == SOURCE
    assert [each.finished for each in second.keys("")] == [True]


def test_what_a_list_of_ten_thousand_and_one_takes_is_read_to_its_end(
    bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Eleven answers, as 10,001 names take with a thousand in each; here twenty are in each."""
    monkeypatch.setattr(store, "LISTED", 20)
    found = open_store(bucket)
    names = [f"renditions/ab/abc/page_{number}" for number in range(201)]
    for name in names:
        found.put(name, io.BytesIO(b"x"))
    listed = [each.key for each in found.keys("renditions")]
    assert sorted(listed) == sorted(names)


def test_a_link_holds_for_what_it_was_made_for_and_no_longer(
    bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = open_store(bucket)
    found.put(KEY, io.BytesIO(b"secret"))
    found.put(f"{KEY}d", io.BytesIO(b"another"))
    said = {"media_type": "application/pdf", "disposition": 'attachment; filename="a.pdf"'}
    link = str(found.link(KEY, **said))
    assert httpx.get(link).content == b"secret"
    assert "X-Amz-Expires=900" in link
    for other in (
        link.replace("abc?", "abcd?"),
        link.replace(quote("application/pdf", safe=""), quote("text/html", safe="")),
        link.replace("attachment", "inline"),
        link.replace("X-Amz-Expires=900", "X-Amz-Expires=90000"),
        link.partition("?")[0],
    ):
        assert other != link
        assert httpx.get(other).status_code == 403
    assert httpx.put(link, content=b"mine").status_code == 403
    monkeypatch.setattr(store, "LINK_SECONDS", 1)
    brief = str(found.link(KEY, **said))
    time.sleep(2.1)
    assert httpx.get(brief).status_code == 403


def test_a_link_names_the_address_that_visitors_know(bucket: str) -> None:
    named = open_store(bucket, public_endpoint="https://media.example.org")
    link = named.link(KEY, media_type="image/png", disposition="inline")
    assert str(link).startswith("https://media.example.org/caravan/")


def test_what_a_store_will_not_is_told_at_once(
    bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(StoreDenied) as refused:
        open_store(bucket.replace("s3://caravan/", "s3://elsewhere/"))
    assert refused.value.code == "bucket_missing"
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    with pytest.raises(StoreDenied) as refused:
        open_store(bucket)
    assert refused.value.code == "store_denied"
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    with pytest.raises(StoreDenied) as refused:
        open_store(bucket)
    assert refused.value.code == "store_denied"
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(StoreDenied) as refused:
        open_store(bucket)
    assert refused.value.code == "store_denied"


def test_a_store_where_nobody_answers_is_unavailable(
    bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "ATTEMPTS", 2)
    with pytest.raises(StoreUnavailable):
        open_store(re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:9", bucket))
