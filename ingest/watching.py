"""What all processes of one run use together: limits of a single process do not add up to one.

A process that divides itself stays below each of its own limits; so its whole family is counted a
few times a second, from /proc (proc(5)), and the room its files take with it.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

_PAGE = os.sysconf("SC_PAGE_SIZE")


class Bounds(Protocol):
    """The limits that are watched."""

    @property
    def memory_bytes(self) -> int:
        """Bytes that the processes may hold for themselves, all together."""

    @property
    def file_bytes(self) -> int:
        """Bytes that the folder may hold."""

    @property
    def output_bytes(self) -> int:
        """Bytes of stdout."""

    @property
    def processes(self) -> int:
        """Processes at once."""


@dataclass(frozen=True)
class Use:
    """A run: its first process, the descriptor its stdout goes to, the folder it writes in."""

    pid: int
    output: int
    folder: Path | None


def exceeded(use: Use, bounds: Bounds) -> str | None:
    """Return the name of what is used beyond its bound: processes, memory, output, disk; or None."""
    memory = 0
    for count, pid in enumerate(family(use.pid), 1):
        memory += _own_memory(pid)
        if count > bounds.processes:
            return "processes"
        if memory > bounds.memory_bytes:
            return "memory"
    if os.fstat(use.output).st_size > bounds.output_bytes:
        return "output"
    return "disk" if use.folder and _room(use.folder) > bounds.file_bytes else None


def family(pid: int) -> Iterator[int]:
    """Yield a process and all that come from it, as far as they still live."""
    waiting = [pid]
    while waiting:
        each = waiting.pop()
        yield each
        with contextlib.suppress(OSError):
            for thread in Path(f"/proc/{each}/task").iterdir():
                children = (thread / "children").read_text(encoding="ascii")
                waiting.extend(int(child) for child in children.split())


def _own_memory(pid: int) -> int:
    """Return bytes of memory that are not shared with others; nought for one that has ended."""
    try:
        told = Path(f"/proc/{pid}/statm").read_text(encoding="ascii")
        _size, resident, shared = told.split()[:3]
    except (OSError, ValueError):
        return 0
    return (int(resident) - int(shared)) * _PAGE


def _room(folder: Path) -> int:
    """Return the bytes that the files of a folder take; holes in them take none."""
    total = 0
    for place, _folders, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += Path(place, name).lstat().st_blocks * 512
    return total
