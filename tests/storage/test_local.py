"""What the folder store promises beyond the contract: kills, a full disk, a hash put down."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.hashing import RunningHash
from storage.local import SPARE_BYTES, LocalStore
from storage.opening import open_store
from storage.store import ObjectBusy, ObjectMissing, StoreFull, UnsupportedStore

if TYPE_CHECKING:
    from pathlib import Path

KEY = "originals/ab/abc"

WRITER = """
import sys, itertools
from pathlib import Path
from storage.local import LocalStore
def say(offset): print(offset, flush=True)
LocalStore(Path(sys.argv[1])).append("originals/ab/abc", 0, itertools.repeat(b"x" * 262144), durable=say)
"""


def test_what_was_reported_durable_survives_a_kill(tmp_path: Path) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    reported = [int(writer.stdout.readline()) for _ in range(3)]
    os.kill(writer.pid, signal.SIGKILL)
    writer.wait()
    store = LocalStore(tmp_path)
    assert store.unfinished_size(KEY) >= reported[-1]
    with pytest.raises(ObjectMissing):
        store.read(KEY)
    store.append(KEY, reported[-1], [b"end"], durable=lambda _: None)
    assert store.finish(KEY, size=reported[-1] + 3).size == reported[-1] + 3


FULL = """
import resource, signal, sys
from pathlib import Path
from storage.local import LocalStore
from storage.store import StoreFull
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000000, 1000000))
try:
    LocalStore(Path(sys.argv[1])).append("originals/ab/abc", 0, [b"x" * 100000] * 20, durable=print)
except StoreFull as error:
    print(error.code)
"""


def test_a_full_disk_is_named_and_keeps_what_was_durable(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.split()[-1] == "store_full"
    store = LocalStore(tmp_path)
    offset = store.unfinished_size(KEY)
    store.append(KEY, offset, [b"more"], durable=lambda _: None)
    assert store.finish(KEY, size=offset + 4).size == offset + 4


def test_the_last_of_a_disk_is_left_to_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = LocalStore(tmp_path)
    store.append(KEY, 0, [b"before"], durable=lambda _: None)
    real = shutil.disk_usage
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda path: real(path)._replace(free=SPARE_BYTES - 1))
        with pytest.raises(StoreFull):
            store.append(KEY, 6, [b"more"], durable=lambda _: None)
        with pytest.raises(StoreFull):
            store.put(KEY, io.BytesIO(b"x"))
        store.finish(KEY, size=6)
    assert b"".join(store.read(KEY)) == b"before"


def test_two_writers_of_one_object_are_told_apart(tmp_path: Path) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    writer.stdout.readline()
    try:
        with pytest.raises(ObjectBusy):
            LocalStore(tmp_path).append(KEY, 0, [b"x"], durable=lambda _: None)
    finally:
        writer.kill()
        writer.wait()
    time.sleep(0.1)
    assert LocalStore(tmp_path).append(KEY, 0, [b"x"], durable=lambda _: None) == 1


def test_a_link_inside_the_store_is_not_followed(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "media")
    secret = tmp_path / "secret"
    secret.write_text("secret")
    place = tmp_path / "media" / "objects" / "originals" / "ab"
    place.mkdir(parents=True)
    (place / "abc").symlink_to(secret)
    with pytest.raises(Exception, match=r"object_missing|store_unavailable"):
        list(store.read(KEY))


def test_an_address_of_another_kind_is_refused() -> None:
    with pytest.raises(UnsupportedStore):
        open_store("ftp://bucket")


@given(st.lists(st.binary(max_size=300), max_size=8))
def test_a_hash_put_down_and_taken_up_is_the_same(pieces: list[bytes]) -> None:
    running = RunningHash()
    for piece in pieces:
        running.update(piece)
        state = running.state()
        if state is not None:
            running = RunningHash.resume(state)
    assert running.hexdigest() == hashlib.sha256(b"".join(pieces)).hexdigest()


def test_no_room_is_an_error_of_its_own() -> None:
    assert StoreFull("k").code == "store_full"
