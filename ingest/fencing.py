"""A hard bound on the processes of one run.

Watching alone comes too late on a busy machine: a program that divides itself doubles faster than
anybody looks. For everybody but root setrlimit(2) holds: RLIMIT_NPROC counts, in a user namespace
of its own, that run alone (Linux 5.14). Root, whom it does not bind, gets a control group of the
kernel's pids controller, where one can be made (cgroups(7)).
"""

from __future__ import annotations

import contextlib
import functools
import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

TASKS_EACH = 4
"""Threads count too: a decoder may have some for each of the processes it is allowed."""
_GROUPS = Path("/sys/fs/cgroup")
_LEAVE_TRIES, _LEAVE_SECONDS = 50, 0.02
_ENTER = 'echo $$ > "$0" && exec "$@"'


def limited(processes: int) -> list[str]:
    """Return what prlimit(1) is told inside a box that has a user namespace of its own."""
    return [f"--nproc={processes * TASKS_EACH}"]


@contextlib.contextmanager
def fenced(argv: list[str], processes: int) -> Iterator[list[str]]:
    """Give `argv` so that its run has a control group of its own while we are root; else as it is."""
    base = _base()
    if base is None:
        yield argv
        return
    group = Path(tempfile.mkdtemp(prefix=f"caravan-{os.getpid()}-", dir=base))
    try:
        (group / "pids.max").write_text(str(processes * TASKS_EACH), encoding="ascii")
        yield ["sh", "-c", _ENTER, str(group / "cgroup.procs"), *argv]
    finally:
        _leave(group)


@functools.cache
def _base() -> Path | None:
    """Return the group below which groups can be made that count processes; None where none can."""
    if os.geteuid() != 0:
        return None
    for base in _bases():
        with contextlib.suppress(OSError):
            group = Path(tempfile.mkdtemp(prefix="caravan-", dir=base))
            counts = (group / "pids.max").exists()
            group.rmdir()
            if counts:
                return base
    return None


def _bases() -> list[Path]:
    """Return our own groups, and the root of all: of version 1 by name, of version 2 without."""
    found = []
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines():
            _number, names, path = line.split(":", 2)
            if "pids" in names.split(","):
                found.append(_GROUPS / "pids" / path.lstrip("/"))
            elif not names:
                found += [_GROUPS / path.lstrip("/"), _GROUPS]
    return found


def _leave(group: Path) -> None:
    """Drop the group; the kernel takes a moment to forget those who were in it."""
    for _ in range(_LEAVE_TRIES):
        try:
            group.rmdir()
        except OSError:
            time.sleep(_LEAVE_SECONDS)
        else:
            return
