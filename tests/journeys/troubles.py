"""What goes wrong in a house on one machine, caused for as long as a page is asked for."""

from __future__ import annotations

import resource
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.journeys.conftest import Running


def children_of(running: Running) -> list[int]:
    """Return the numbers of the processes that answer."""
    assert running.process is not None
    listed = f"/proc/{running.process.pid}/task/{running.process.pid}/children"
    return [int(each) for each in Path(listed).read_text("ascii").split()]


@contextmanager
def growing_no_further(running: Running, most: int) -> Iterator[None]:
    """Let no file of the portal grow beyond so many bytes: the same calls fail as on a full disk."""
    processes = children_of(running)
    assert processes
    before = [resource.prlimit(each, resource.RLIMIT_FSIZE) for each in processes]
    try:
        for each, (_soft, hard) in zip(processes, before, strict=True):
            resource.prlimit(each, resource.RLIMIT_FSIZE, (most, hard))
        yield
    finally:
        for each, limits in zip(processes, before, strict=True):
            resource.prlimit(each, resource.RLIMIT_FSIZE, limits)


@contextmanager
def disk_full(running: Running) -> Iterator[None]:
    """Let everything be read, and nothing be written."""
    with growing_no_further(running, 4096):
        yield


@contextmanager
def search_away(running: Running) -> Iterator[None]:
    """Damage the pointer to the index that answers."""
    pointer = running.home / "search" / "current"
    whole = pointer.read_bytes()
    pointer.write_bytes(whole[:5])
    try:
        yield
    finally:
        pointer.write_bytes(whole)


@contextmanager
def files_away(running: Running) -> Iterator[None]:
    """Take the folder of the files away, as a disk that is not mounted."""
    media, aside = running.home / "media", running.home / "aside"
    media.rename(aside)
    try:
        yield
    finally:
        aside.rename(media)
