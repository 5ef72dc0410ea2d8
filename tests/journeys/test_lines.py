"""Lines that break, lie, dawdle and go still: on a real server, over raw sockets."""

from __future__ import annotations

import hashlib
import os
import random
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.factories.house import House, build_house
from tests.journeys.conftest import Running, raised, until
from tests.journeys.lines import (
    begin,
    draft,
    head,
    heard,
    offset_of,
    opened,
    patch,
    patching,
)
from tests.journeys.troubles import growing_no_further

if TYPE_CHECKING:
    from collections.abc import Iterator

MIB = 1024 * 1024
HASTY = (
    "import portal.cli.lines as lines; lines.STILL_SECONDS = 2; lines.REQUEST_SECONDS = 2;"
    "from portal.cli.main import main; main()"
)
"""A Caravan in which two seconds are what a minute is elsewhere."""
PLACES = 3
LARGE = random.Random(3).randbytes(MIB) * 24


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    built = build_house(tmp_path_factory.mktemp("lines") / "home")
    yield built
    built.services.close()


@pytest.fixture(scope="module")
def film(house: House) -> str:
    """The path of a published file of 24 MiB: more than the buffers of a line can hide."""
    rid = house.bring_to("published", content=LARGE)
    house.index()
    asset = house.services.database
    with asset.reading() as session:
        from catalog.resources import reading

        view = reading.resource(session, house.actors["curator"], rid)
    return f"/resources/{rid}/assets/{view.assets[0].id}/content"


@pytest.fixture(scope="module")
def hasty(house: House, film: str) -> Iterator[Running]:
    del film
    home = house.services.settings.home
    running = raised(house, home, "--no-worker", CARAVAN_TRANSFERS=str(PLACES))
    running.program = ("-c", HASTY)
    running.start()
    yield running
    running.stop()


def assets_of(running: Running, rid: str) -> list[Any]:
    with running.client("contributor") as giver:
        return list(giver.get(f"/resources/{rid}/assets").json()["results"])


def taken(running: Running) -> int:
    """Say how many places are taken, as the portal measures it."""
    text = httpx.get(f"{running.address}/metrics").text
    lines = [line for line in text.splitlines() if line.startswith("caravan_transfers ")]
    return int(float(lines[0].split()[1]))


def test_a_line_cut_anywhere_loses_nothing_that_was_answered(hasty: Running) -> None:
    chance = random.Random(11)
    content = chance.randbytes(5 * MIB)
    rid = draft(hasty)
    path, offset = begin(hasty, rid, len(content)), 0
    for _ in range(8):
        cut = chance.randrange(1, 900_000)
        with opened(hasty) as line:
            line.sendall(patching(hasty, path, offset, Content_Length=len(content) - offset))
            line.sendall(content[offset : offset + cut])
        until(lambda: taken(hasty) == 0, 15)
        found = offset_of(hasty, path)
        assert offset <= found <= offset + cut
        answered = patch(hasty, path, found, content[found : found + 1000])
        assert answered.status_code == 204
        offset = int(answered.headers["Upload-Offset"])
        assert offset == found + 1000 == offset_of(hasty, path)
    assert offset > 8_000, "what a broken line brought counts as well"
    assert patch(hasty, path, offset, content[offset:]).status_code == 204
    assert [each["sha256"] for each in assets_of(hasty, rid)] == [
        hashlib.sha256(content).hexdigest()
    ]


def test_bodies_in_chunks_are_taken_as_they_come(hasty: Running) -> None:
    content = os.urandom(3 * MIB)
    rid = draft(hasty)
    path = begin(hasty, rid, len(content))
    pieces = iter([content[:10], content[10 : 2 * MIB]])
    assert patch(hasty, path, 0, pieces).headers["Upload-Offset"] == str(2 * MIB)
    # More than was declared: what belongs to the file is taken, the rest is nobody's.
    more = iter([content[2 * MIB :], b"more" * 1000])
    assert patch(hasty, path, 2 * MIB, more).status_code == 204
    assert assets_of(hasty, rid)[0]["sha256"] == hashlib.sha256(content).hexdigest()

    broken = begin(hasty, rid, 1000)
    with opened(hasty) as line:
        line.sendall(patching(hasty, broken, 0, Transfer_Encoding="chunked"))
        line.sendall(b"64\r\n" + b"x" * 100 + b"\r\nnonsense\r\n" + b"y" * 100)
        heard(line)
    assert offset_of(hasty, broken) in (0, 100)


def test_a_length_that_lies_neither_way_does_harm(hasty: Running) -> None:
    rid = draft(hasty)
    shorter = begin(hasty, rid, 1000)
    with opened(hasty) as line:
        line.sendall(patching(hasty, shorter, 0, Content_Length=100) + b"x" * 400)
        assert heard(line).header("Upload-Offset") == "100"
    longer = begin(hasty, rid, 1000)
    with opened(hasty) as line:
        line.sendall(patching(hasty, longer, 0, Content_Length=900) + b"x" * 400)
        line.shutdown(1)
        heard(line)
    until(lambda: offset_of(hasty, longer) == 400, 10)
    beyond = begin(hasty, rid, 1000)
    with opened(hasty) as line:
        line.sendall(patching(hasty, beyond, 0, Content_Length=10**12) + b"x" * 400)
        refused = heard(line)
    assert (refused.status, b'"too_large"' in refused.body) == (413, True)
    assert offset_of(hasty, beyond) == 0
    for nonsense in ("-1", "1e3", "99999999999999999999999999x"):
        with opened(hasty) as line:
            line.sendall(patching(hasty, beyond, 0, Content_Length=nonsense) + b"x")
            assert heard(line).status == 400
    assert offset_of(hasty, beyond) == 0


def test_older_and_careful_clients_are_understood(hasty: Running) -> None:
    rid = draft(hasty)
    path = begin(hasty, rid, 8)
    with opened(hasty) as line:
        line.sendall(
            patching(hasty, path, 0, Content_Length=4).replace(b"HTTP/1.1", b"HTTP/1.0") + b"1234"
        )
        assert heard(line).header("Upload-Offset") == "4"
    with opened(hasty) as line:
        line.sendall(patching(hasty, path, 4, Content_Length=2, Expect="100-continue"))
        assert heard(line).status == 100
        line.sendall(b"56")
        assert heard(line).header("Upload-Offset") == "6"
    told = {"Tus_Resumable": "1.0.0", "Upload_Offset": 6, "X_HTTP_Method_Override": "PATCH"}
    with opened(hasty) as line:
        line.sendall(
            head(
                hasty,
                "POST",
                path,
                **told,
                Content_Type="application/offset+octet-stream",
                Content_Length=2,
            )
            + b"78"
        )
        assert heard(line).header("Caravan-Asset") == assets_of(hasty, rid)[0]["id"]


def test_a_line_that_goes_still_gives_its_place_back(hasty: Running, film: str) -> None:
    rid = draft(hasty)
    paths = [begin(hasty, rid, MIB) for _ in range(PLACES)]
    lines = [opened(hasty) for _ in range(PLACES)]
    for line, path in zip(lines[1:], paths[1:], strict=True):
        line.sendall(patching(hasty, path, 0, Content_Length=MIB) + b"x" * 1000)
    lines[0].sendall(head(hasty, "GET", film))
    until(lambda: taken(hasty) == PLACES, 10)
    busy = patch(hasty, paths[0], 0, b"x" * 10)
    assert (busy.status_code, busy.json()["code"]) == (503, "too_busy")
    assert int(busy.headers["Retry-After"]) > 0
    refused = httpx.get(f"{hasty.address}{film}")
    assert (refused.status_code, "Retry-After" in refused.headers) == (503, True)
    assert httpx.get(f"{hasty.address}/?q=magnet").status_code == 200
    assert httpx.get(f"{hasty.address}{film}", headers={"Range": "bytes=0-9"}).status_code == 206
    until(lambda: taken(hasty) == 0, 20)
    assert {offset_of(hasty, path) for path in paths[1:]} <= {0, 1000}
    for line in lines:
        line.close()
    assert httpx.get(f"{hasty.address}{film}").content == LARGE


def test_a_reader_that_goes_in_the_middle_frees_its_place(hasty: Running, film: str) -> None:
    for _ in range(PLACES * 2):
        with opened(hasty) as line:
            line.sendall(head(hasty, "GET", film))
            assert line.recv(1000)
            assert taken(hasty) <= PLACES
        until(lambda: taken(hasty) == 0, 10)


def test_a_refusal_reaches_who_is_still_sending(hasty: Running) -> None:
    path = begin(hasty, draft(hasty), len(LARGE))
    # Whether a client was kept waiting hung on how full which buffer was: one of ten was.
    for size in range(4, 25):
        assert patch(hasty, path, 5, LARGE[: size * MIB]).status_code == 409
    # Who sends on and on, and does not listen, is cut off instead of waited for.
    with opened(hasty) as line:
        line.sendall(patching(hasty, path, 5, Content_Length=10**12))
        line.settimeout(20)
        began = time.monotonic()
        with pytest.raises(ConnectionError):
            while time.monotonic() - began < 30:
                line.sendall(LARGE[:MIB])
                time.sleep(0.2)


def test_a_slow_line_is_not_a_dead_one(hasty: Running) -> None:
    path = begin(hasty, draft(hasty), 6000)
    with opened(hasty) as line:
        line.sendall(patching(hasty, path, 0, Content_Length=6000))
        for _ in range(6):
            line.sendall(b"x" * 1000)
            time.sleep(0.8)
        assert heard(line).header("Upload-Offset") == "6000"


def test_a_request_that_dawdles_is_ended(hasty: Running) -> None:
    form = head(
        hasty,
        "POST",
        "/sign-in",
        Content_Length=1000,
        Content_Type="application/x-www-form-urlencoded",
    )
    for begun in (form, form[:40]):
        with opened(hasty) as line:
            line.sendall(begun)
            began = time.monotonic()
            while time.monotonic() - began < 15:
                line.settimeout(0.5)
                try:
                    line.sendall(b"x")
                    if not line.recv(4096):
                        break
                except TimeoutError:
                    continue
                except OSError:
                    break
                else:
                    break
            assert time.monotonic() - began < 10


def test_a_broken_form_becomes_no_file(hasty: Running, house: House) -> None:
    with httpx.Client(base_url=hasty.address) as browser:
        page = browser.get("/sign-in").text
        token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
        signed = browser.post(
            "/sign-in",
            data={
                "csrf_token": token,
                "email": "contributor@example.org",
                "password": "correct horse battery",
            },
        )
        assert signed.status_code == 303
        rid = draft(hasty)
        page = browser.get(f"/contribute/{rid}").text
        token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
        files = {"file": ("whole.bin", b"whole" * 100_000)}
        path = f"/contribute/{rid}/files?csrf_token={token}"
        sent = browser.post(path, data={"role": "main"}, files=files)
        assert sent.status_code == 303, sent.text
        assert [each["filename"] for each in assets_of(hasty, rid)] == ["whole.bin"]

        request = browser.build_request("POST", path, data={"role": "main"}, files=files)
        body = request.read()
        cookies = request.headers["cookie"]
        for length, kept in ((len(body), body[:300_000]), (300_000, body[:300_000])):
            told = head(
                hasty,
                "POST",
                path,
                Content_Length=length,
                Content_Type=request.headers["content-type"],
                Cookie=cookies,
            )
            unsigned = b"".join(
                each + b"\r\n" for each in told.split(b"\r\n")[:-2] if b"Bearer" not in each
            )
            with opened(hasty) as line:
                line.sendall(unsigned + b"\r\n" + kept)
                line.shutdown(1)
                assert heard(line).status in (0, 400)
        until(lambda: taken(hasty) == 0, 10)
        assert [each["filename"] for each in assets_of(hasty, rid)] == ["whole.bin"]
        with house.services.database.reading() as session:
            from catalog.tables.upload import Upload

            waiting = session.query(Upload).filter(Upload.filename == "whole.bin")
            assert [each.finished_at is not None for each in waiting] == [True]


def test_a_full_disk_is_named_and_the_portal_goes_on_afterwards(
    hasty: Running, house: House
) -> None:
    """The system's own limit on files stands for a full disk: the same calls fail."""
    rid = draft(hasty)
    path = begin(hasty, rid, 9 * MIB)
    assert patch(hasty, path, 0, b"a" * MIB).status_code == 204
    with growing_no_further(hasty, 3 * MIB):
        full = patch(hasty, path, MIB, b"b" * 8 * MIB)
        assert (full.status_code, full.json()["code"]) == (507, "store_full")
        assert len(full.json()["detail"]) > 20
        assert assets_of(hasty, rid) == []
        kept = offset_of(hasty, path)
        assert MIB <= kept <= 3 * MIB
    with growing_no_further(hasty, 4096):
        nothing = patch(hasty, path, kept, b"c" * 1000)
        assert (nothing.status_code, nothing.json()["code"]) == (507, "store_full")
        assert httpx.get(f"{hasty.address}/?q=magnet").status_code == 200
    kept = offset_of(hasty, path)
    whole = b"a" * MIB + b"b" * (kept - MIB)

    def finished() -> bool:
        return bool(patch(hasty, path, kept, b"d" * (9 * MIB - kept)).status_code == 204)

    until(finished, 20)
    digest = hashlib.sha256(whole + b"d" * (9 * MIB - kept)).hexdigest()
    assert [each["sha256"] for each in assets_of(hasty, rid)] == [digest]
