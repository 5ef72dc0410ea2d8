"""The whole way of a file with the media in a bucket: two portals, one of them killed in mid-body."""

from __future__ import annotations

import hashlib
import random
import re
import signal
import socket
import subprocess
import time
import wave
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from tusclient.exceptions import TusCommunicationError

from tests.journeys.conftest import Running, free_port, made, until
from tests.journeys.test_by_program import draft, patch_head, uploader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MIB = 1024 * 1024


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    """A minute of noise, in 26 MB."""
    target = tmp_path / "noise.wav"
    with wave.open(str(target), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(96_000)
        file.writeframes(random.Random(1).randbytes(26 * MIB))
    return target


@pytest.fixture
def portals(bucket: str, tmp_path: Path) -> Iterator[tuple[Running, Running]]:
    """Two portals over one home and one bucket; the second has the worker, and lets the store send."""
    first = made(tmp_path / "home", "--no-worker", CARAVAN_STORAGE_URL=bucket)
    environ = (("CARAVAN_STORAGE_URL", bucket), ("CARAVAN_SEND_FILES", "redirect"))
    second = Running(first.home, free_port(), first.tokens, environ=environ)
    first.start()
    yield first, second
    first.stop()
    second.stop()


def to_the_end(running: Running, url: str, path: Path) -> int:
    """Go on from where the portal says; again while a line that was lost is still held."""
    speaker = uploader(running, "", path, url=url)
    begun = int(speaker.offset)

    def finished() -> bool:
        try:
            speaker.upload()
        except TusCommunicationError:
            speaker.offset = speaker.get_offset()
            return False
        return True

    until(finished, 60)
    return begun


def give_over_broken_lines(first: Running, second: Running, rid: str, path: Path) -> None:
    """Begin at the first, which is killed in mid-body; go on at the second, whose line is cut."""
    content = path.read_bytes()
    sender = uploader(first, rid, path)
    for _ in range(3):
        sender.upload_chunk()
    location = sender.url.removeprefix(f"{first.address}/api/v1")
    line = socket.create_connection(("127.0.0.1", first.port))
    line.sendall(patch_head(first, location, 3 * MIB, len(content) - 3 * MIB))
    line.sendall(content[3 * MIB : 15 * MIB])
    time.sleep(1)
    first.stop(signal.SIGKILL)
    line.close()

    second.start()
    url = sender.url.replace(first.address, second.address)

    def free() -> Any:
        with second.client("contributor") as giver:
            told = giver.head(location, headers={"Tus-Resumable": "1.0.0"})
        return int(told.headers["Upload-Offset"])

    safe = int(str(until(free, 30)))
    assert safe >= 7 * MIB
    time.sleep(0.1)

    def cut() -> bool:
        broken = socket.create_connection(("127.0.0.1", second.port))
        broken.sendall(patch_head(second, location, safe, len(content) - safe))
        broken.sendall(content[safe : safe + MIB // 2])
        # Longer than the portal waits for a window to fill; an answer at once is a refusal.
        broken.settimeout(4)
        with suppress(TimeoutError):
            broken.recv(1)
        broken.close()
        time.sleep(0.5)
        return int(str(free())) > safe

    until(cut, 90)
    assert to_the_end(second, url, path) > safe


def publish(running: Running, rid: str) -> Any:
    """Wait for the worker, hand over, claim and publish; return the file."""
    with running.client("contributor") as giver, running.client("curator") as curator:

        def checked() -> Any:
            listed = giver.get(f"/resources/{rid}/assets").json()["results"]
            return listed[0] if listed and listed[0]["state"] == "done" else None

        asset: Any = until(checked, 120)
        assert giver.post(f"/resources/{rid}/submission").status_code == 200
        assert curator.post(f"/resources/{rid}/claim").status_code == 200
        told = curator.post(f"/resources/{rid}/decision", json={"decision": "publish"})
        assert told.json()["state"] == "published"
        return asset


def test_a_file_goes_into_a_bucket_by_two_portals_and_comes_out_by_both(
    portals: tuple[Running, Running], sound: Path, tmp_path: Path
) -> None:
    first, second = portals
    content = sound.read_bytes()
    whole = hashlib.sha256(content).hexdigest()
    rid = draft(first, title={"en": "A noise in a bucket"})
    give_over_broken_lines(first, second, rid, sound)
    asset = publish(second, rid)
    assert (asset["sha256"], asset["verdict"]) == (whole, "accept")
    assert "audio_only" in {each["name"] for each in asset["renditions"]}

    first.start()
    path = f"/resources/{rid}/assets/{asset['id']}/content"
    begun = httpx.get(first.address + path, headers={"Range": f"bytes=0-{MIB - 1}"})
    assert (begun.status_code, begun.content) == (206, content[:MIB])
    assert begun.headers["ETag"] == f'"{whole}"'
    redirected = httpx.get(second.address + path)
    assert (redirected.status_code, redirected.headers["Cache-Control"]) == (302, "no-store")
    for number, running in enumerate(portals):
        target = tmp_path / f"taken{number}.wav"
        target.write_bytes(content[: 5 * MIB + 1])
        argv = ["curl", "-s", "-f", "-L", "-C", "-", "-o", str(target), running.address + path]
        subprocess.run(argv, check=True)
        assert hashlib.sha256(target.read_bytes()).hexdigest() == whole
    logged = (first.home / "log").read_text()
    assert "X-Amz" not in logged
    assert "originals/" not in logged
    assert not (first.home / "media").exists()
    assert not [each for each in (first.home / "work").rglob("*") if each.is_file()]


def test_a_bucket_that_cannot_be_used_is_one_sentence_and_the_end(
    bucket: str, tmp_path: Path
) -> None:
    running = Running(tmp_path / "home", free_port(), {})
    for url, words in (
        (bucket.replace("caravan/", "elsewhere/"), "there is no such bucket"),
        (re.sub(r"127.0.0.1:\d+", "127.0.0.1:9", bucket), "nobody answers"),
    ):
        running.environ = (("CARAVAN_STORAGE_URL", url),)
        with pytest.raises(subprocess.CalledProcessError) as ended:
            running.run("serve", "--port", str(running.port))
        assert ended.value.returncode == 1
        lines = str(ended.value.stderr).strip().splitlines()
        assert [line for line in lines if words in line] == lines
        assert ended.value.stdout == ""
