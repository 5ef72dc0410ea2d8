"""The whole way by programs: given with tuspy, judged, found, taken; and what goes wrong on it."""

from __future__ import annotations

import base64
import hashlib
import os
import signal
import socket
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select
from tusclient import client as tus
from tusclient.exceptions import TusCommunicationError

from catalog.tables.job import Job
from tests.factories.house import VALUES, build_house
from tests.journeys.conftest import Running, raised, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MIB = 1024 * 1024


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """A small film of our own making."""
    target = tmp_path / "film.mp4"
    argv = [
        "ffmpeg",
        "-v",
        "error",
        "-f",
        "lavfi",
        "-i",
        "testsrc2=size=320x180:rate=12",
        "-f",
        "lavfi",
        "-i",
        "sine",
        "-t",
        "3",
    ]
    subprocess.run([*argv, "-pix_fmt", "yuv420p", str(target)], check=True)
    return target


def uploader(running: Running, rid: str, path: Path, **more: Any) -> Any:
    headers = {"Authorization": f"Bearer {running.tokens['contributor']}"}
    speaker = tus.TusClient(f"{running.address}/api/v1/uploads", headers=headers)
    metadata = {"filename": path.name, "resource": rid, "role": "main"}
    return speaker.uploader(str(path), chunk_size=MIB, metadata=metadata, **more)


def draft(running: Running, **more: Any) -> str:
    with running.client("contributor") as giver:
        return str(
            giver.post("/resources", json={**VALUES, **more}).raise_for_status().json()["id"]
        )


def test_a_film_is_given_judged_found_and_taken(caravan: Running, film: Path) -> None:
    rid = draft(caravan, title={"en": "A walking pattern"})
    uploader(caravan, rid, film).upload()
    giver, curator, visitor = (caravan.client(who) for who in ("contributor", "curator", None))

    def checked() -> Any:
        asset = giver.get(f"/resources/{rid}/assets").json()["results"][0]
        return asset if asset["state"] == "done" else None

    asset: Any = until(checked)
    assert asset["sha256"] == hashlib.sha256(film.read_bytes()).hexdigest()
    assert asset["verdict"] == "accept"
    assert {"thumbnail", "poster", "film_144p", "audio_only"} <= {
        each["name"] for each in asset["renditions"]
    }
    assert giver.post(f"/resources/{rid}/submission").status_code == 200
    assert visitor.get(f"/resources/{rid}").status_code == 404
    assert curator.post(f"/resources/{rid}/claim").status_code == 200
    published = curator.post(f"/resources/{rid}/decision", json={"decision": "publish"})
    assert published.json()["state"] == "published"

    def found() -> Any:
        results = visitor.get("/resources", params={"q": "walking pattern"}).json()["results"]
        return [each for each in results if each["id"] == rid]

    until(found, 15)
    partial = visitor.get(
        f"/resources/{rid}/assets/{asset['id']}/content", headers={"Range": "bytes=0-99"}
    )
    target = film.parent / "taken.mp4"
    target.write_bytes(partial.content)
    url = f"{caravan.address}/resources/{rid}/assets/{asset['id']}/content"
    subprocess.run(["curl", "-s", "-f", "-C", "-", "-o", str(target), url], check=True)
    assert target.read_bytes() == film.read_bytes()


def test_an_upload_goes_on_where_the_line_was_cut(caravan: Running, tmp_path: Path) -> None:
    path = tmp_path / "large.bin"
    path.write_bytes(os.urandom(5 * MIB))
    first = uploader(caravan, draft(caravan), path)
    first.upload(stop_at=2 * MIB)
    again = uploader(caravan, "", path, url=first.url)
    assert again.offset == 2 * MIB
    again.upload()
    assert again.offset == 5 * MIB


def test_a_line_cut_in_mid_body_loses_only_what_was_on_it(caravan: Running) -> None:
    rid = draft(caravan)
    with caravan.client("contributor") as giver:
        location = begin(giver, rid, 4 * MIB)
    raw = socket.create_connection(("127.0.0.1", caravan.port))
    raw.sendall(patch_head(caravan, location, 0, 4 * MIB))
    raw.sendall(b"x" * MIB)
    time.sleep(0.5)
    raw.close()
    with caravan.client("contributor") as giver:

        def let_go() -> Any:
            return int(
                giver.head(location, headers={"Tus-Resumable": "1.0.0"}).headers["Upload-Offset"]
            )

        offset = int(str(until(let_go, 20)))
        assert 0 < offset <= MIB
        body = b"x" * (4 * MIB - offset)

        def finished() -> bool:
            return patch(giver, location, offset, body).status_code == 204

        until(finished, 20)


def begin(giver: Any, rid: str, length: int, **more: str) -> str:
    named = {"filename": "a.bin", "resource": rid, **more}
    told = ",".join(
        f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in named.items()
    )
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": str(length), "Upload-Metadata": told}
    answer = giver.post("/uploads", headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.headers["Location"]).removeprefix("/api/v1")


def patch(giver: Any, location: str, offset: int, body: bytes, **more: str) -> Any:
    headers = {
        "Tus-Resumable": "1.0.0",
        "Upload-Offset": str(offset),
        "Content-Type": "application/offset+octet-stream",
        **more,
    }
    return giver.patch(location, content=body, headers=headers)


def patch_head(running: Running, location: str, offset: int, length: int) -> bytes:
    return (
        f"PATCH /api/v1{location} HTTP/1.1\r\nHost: x\r\nTus-Resumable: 1.0.0\r\n"
        f"Authorization: Bearer {running.tokens['contributor']}\r\nUpload-Offset: {offset}\r\n"
        f"Content-Type: application/offset+octet-stream\r\nContent-Length: {length}\r\n\r\n"
    ).encode()


def test_two_clients_on_one_file_are_told_apart(caravan: Running) -> None:
    with caravan.client("contributor") as giver:
        location = begin(giver, draft(caravan), 2 * MIB)
        raw = socket.create_connection(("127.0.0.1", caravan.port))
        raw.sendall(patch_head(caravan, location, 0, 2 * MIB) + b"x" * 1000)
        time.sleep(0.5)
        assert patch(giver, location, 0, b"y" * 10).status_code == 423
        raw.close()


def test_checksums_and_lengths_are_held(caravan: Running) -> None:
    with caravan.client("contributor") as giver:
        location = begin(giver, draft(caravan), 10)
        digest = base64.b64encode(hashlib.sha1(b"other", usedforsecurity=False).digest()).decode()
        wrong = patch(giver, location, 0, b"01234", **{"Upload-Checksum": f"sha1 {digest}"})
        assert wrong.status_code == 460
        assert (
            giver.head(location, headers={"Tus-Resumable": "1.0.0"}).headers["Upload-Offset"] == "0"
        )
        assert patch(giver, location, 3, b"x").status_code == 409
        assert patch(giver, location, 0, b"x" * 11).status_code == 413
        assert patch(giver, location, 0, b"0123456789").status_code == 204

        rid = draft(caravan)
        declared = begin(giver, rid, 4, sha256="0" * 64)
        mismatch = patch(giver, declared, 0, b"data")
        assert (mismatch.status_code, mismatch.json()["code"]) == (422, "checksum_mismatch")
        assert giver.get(f"/resources/{rid}/assets").json()["results"] == []


def test_who_may_not_give_is_refused_before_a_byte(caravan: Running) -> None:
    rid = draft(caravan)
    with caravan.client("partner") as partner:
        headers = {
            "Tus-Resumable": "1.0.0",
            "Upload-Length": "5",
            "Upload-Metadata": f"resource {base64.b64encode(rid.encode()).decode()}",
        }
        assert partner.post("/uploads", headers=headers).status_code == 404
    with caravan.client("contributor") as giver:
        headers["Upload-Length"] = str(10**15)
        assert giver.post("/uploads", headers=headers).status_code == 413
        assert giver.post("/uploads", headers={**headers, "Upload-Length": "-1"}).status_code == 400


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[Running]:
    """A Caravan of its own, that a test may kill."""
    house = build_house(tmp_path / "home")
    running = raised(house, tmp_path / "home", "--no-worker")
    running.start()
    yield running
    running.stop()
    house.services.close()


def test_a_killed_portal_loses_at_most_eight_megabytes(mortal: Running, tmp_path: Path) -> None:
    path = tmp_path / "large.bin"
    path.write_bytes(os.urandom(24 * MIB))
    rid = draft(mortal)
    sender = uploader(mortal, rid, path)
    sender.upload_chunk()
    raw = socket.create_connection(("127.0.0.1", mortal.port))
    location = sender.url.removeprefix(f"{mortal.address}/api/v1")
    raw.sendall(patch_head(mortal, location, sender.offset, 23 * MIB))
    content = path.read_bytes()[sender.offset :]
    sent = 16 * MIB
    raw.sendall(content[:sent])
    time.sleep(0.5)
    mortal.stop(signal.SIGKILL)
    raw.close()
    mortal.start()
    again = uploader(mortal, "", path, url=sender.url)
    assert again.offset >= sender.offset + sent - 8 * MIB

    def finished() -> bool:
        try:
            again.upload()
        except TusCommunicationError:
            again.offset = again.get_offset()
            return False
        return True

    until(finished, 40)
    assert again.offset == 24 * MIB
    with mortal.client("contributor") as giver:
        listed = giver.get(f"/resources/{rid}/assets").json()["results"]
    assert [each["sha256"] for each in listed] == [hashlib.sha256(path.read_bytes()).hexdigest()]


def test_the_jobs_of_killed_workers_end_exactly_once(tmp_path: Path) -> None:
    house = build_house(tmp_path / "home")
    running = raised(house, tmp_path / "home", "--no-worker", CARAVAN_JOB_LEASE_SECONDS="2")
    running.start()

    def begun() -> int:
        """Return how often a worker has taken up a job."""
        with house.services.database.reading() as session:
            return session.scalar(select(func.sum(Job.attempts))) or 0

    try:
        rid = draft(running)
        with running.client("contributor") as giver:
            for number in range(20):
                content = f"Sheet {number} of an experiment with a magnet.\n".encode() * 20
                patch(giver, begin(giver, rid, len(content), role="attachment"), 0, content)
        env = running.env
        for jobs in range(1, 6):
            enough = begun() + jobs
            worker = subprocess.Popen(["python", "-m", "portal.cli", "worker"], env=venv_first(env))
            until(lambda enough=enough: begun() >= enough)
            worker.kill()
            worker.wait()
        worker = subprocess.Popen(["python", "-m", "portal.cli", "worker"], env=venv_first(env))
        with running.client("contributor") as giver:

            def all_done() -> bool:
                listed = giver.get(f"/resources/{rid}/assets").json()["results"]
                return [each["state"] for each in listed] == ["done"] * 20

            until(all_done, 240)
            listed = giver.get(f"/resources/{rid}/assets").json()["results"]
            assert {each["verdict"] for each in listed} == {"accept"}
            assert {step["state"] for each in listed for step in each["steps"]} == {"done"}
        worker.terminate()
        # It may be ended so early that it has not yet said how it wants to end.
        assert worker.wait(20) in (0, -signal.SIGTERM)
    finally:
        running.stop()
        house.services.close()


def venv_first(env: dict[str, str]) -> dict[str, str]:
    import sys
    from pathlib import Path as AnyPath

    return env | {"PATH": f"{AnyPath(sys.executable).parent}:{env.get('PATH', '')}"}
