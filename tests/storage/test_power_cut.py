"""A power cut at any system call: what was reported durable is there, what is finished is whole."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from storage.local import LocalStore
from storage.store import ObjectMissing
from tests.storage.forgetful import Forgetful

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KEY = "originals/ab/abc"
MIB = 1024 * 1024


class Cut(Exception):
    """The power goes."""


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Forgetful]:
    root = tmp_path / "disk"
    root.mkdir()
    made = Forgetful(root, monkeypatch)
    yield made
    made.close()


def after_a_cut(disk: Forgetful, tmp_path: Path) -> LocalStore:
    return LocalStore(disk.cut(tmp_path / "after") / "home" / "media")


def begun(disk: Forgetful) -> LocalStore:
    (disk.root / "home").mkdir(exist_ok=True)
    descriptor = os.open(disk.root, os.O_RDONLY)
    disk.fsync(descriptor)
    os.close(descriptor)
    return LocalStore(disk.root / "home" / "media")


def test_every_reported_offset_is_there_after_a_cut(disk: Forgetful, tmp_path: Path) -> None:
    store, seen = begun(disk), []

    def durable(offset: int) -> None:
        left = after_a_cut(disk, tmp_path)
        assert left.unfinished_size(KEY) >= offset
        seen.append(offset)

    store.append(KEY, 0, [b"x" * MIB] * 18, durable=durable)
    store.append(KEY, 18 * MIB, [b"y" * 10], durable=durable)
    assert seen == [8 * MIB, 16 * MIB, 18 * MIB, 18 * MIB + 10]
    store.finish(KEY, size=18 * MIB + 10)
    left = after_a_cut(disk, tmp_path)
    assert b"".join(left.read(KEY)) == b"x" * 18 * MIB + b"y" * 10


def test_what_was_put_or_finished_is_there_after_a_cut(disk: Forgetful, tmp_path: Path) -> None:
    store = begun(disk)
    for number in range(4):
        key = f"renditions/{number}a/{number}abc/thumbnail"
        store.put(key, io.BytesIO(f"small {number}".encode()))
        assert b"".join(after_a_cut(disk, tmp_path).read(key)) == f"small {number}".encode()
    store.put("renditions/0a/0abc/thumbnail", io.BytesIO(b"anew"))
    left = after_a_cut(disk, tmp_path)
    assert b"".join(left.read("renditions/0a/0abc/thumbnail")) == b"anew"
    store.append(KEY, 0, [], durable=lambda _: None)
    store.finish(KEY, size=0)
    assert after_a_cut(disk, tmp_path).stat(KEY).size == 0


def cut_at(disk: Forgetful, patch: pytest.MonkeyPatch, number: int) -> None:
    """Raise at the given system call from now on that changes a name or makes it durable."""
    left = [number]

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **more: Any) -> Any:
            if left[0] == 0:
                raise Cut
            left[0] -= 1
            return real(*args, **more)

        return call

    patch.setattr(os, "fsync", counted(disk.fsync))
    patch.setattr(Path, "replace", counted(Path.replace))
    patch.setattr(Path, "mkdir", counted(Path.mkdir))


@pytest.mark.parametrize("number", range(14))
def test_a_process_killed_at_any_call_leaves_nothing_undurable_to_the_next(
    disk: Forgetful, tmp_path: Path, number: int
) -> None:
    """Killed first, which loses nothing yet, then cut off from power once the next has reported."""
    store, content = begun(disk), b"z" * 1000
    with pytest.MonkeyPatch.context() as patch:
        cut_at(disk, patch, number)
        try:
            store.append(KEY, 0, [content], durable=lambda _: None)
            store.finish(KEY, size=1000)
        except Cut:
            pass
    again = LocalStore(disk.root / "home" / "media")
    try:
        again.stat(KEY)
    except ObjectMissing:
        there = again.unfinished_size(KEY)
        again.append(KEY, min(there, 500), [content[min(there, 500) :]], durable=lambda _: None)
        left = after_a_cut(disk, tmp_path)
        assert left.unfinished_size(KEY) == 1000
        with pytest.raises(ObjectMissing):
            left.stat(KEY)
    again.finish(KEY, size=1000)
    assert b"".join(after_a_cut(disk, tmp_path).read(KEY)) == content
