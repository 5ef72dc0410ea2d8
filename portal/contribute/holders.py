"""Which process writes an upload, so that one that was killed keeps nobody waiting for its lease.

A process is named so that its end can be told for certain: by the machine since its start, the room of
process numbers (containers have their own), the number, and the moment it began, since numbers come
again. Of processes elsewhere nothing is known; there the time of the lease counts.
"""

from __future__ import annotations

import os
from pathlib import Path

STATE, BEGAN = 0, 19
"""Places of two fields of /proc/PID/stat behind the name, which is in brackets (proc(5))."""
ENDED = frozenset("ZX")
"""A process that nobody has buried yet, and one that is being."""


def this_process() -> str | None:
    """Name the process we are in; None where its machine does not tell."""
    return name_of(os.getpid())


def name_of(number: int) -> str | None:
    """Name a running process of this machine, None where that cannot be done."""
    try:
        return f"{_room()} {number} {_facts(number)[BEGAN]}"
    except (OSError, IndexError):
        return None


def has_ended(name: str) -> bool:
    """Whether the process of that name runs no more; False where nobody here can tell."""
    room, _, process = name.rpartition(" ")[0].rpartition(" ")
    began = name.rpartition(" ")[2]
    try:
        if room != _room() or not process.isdigit():
            return False
        os.kill(int(process), 0)
        facts = _facts(int(process))
        return facts[BEGAN] != began or facts[STATE] in ENDED
    except ProcessLookupError:
        return True
    except (OSError, IndexError):
        # Another account's, or hidden from us (proc(5), hidepid).
        return False


def _room() -> str:
    """Name this start of this machine, and the room of process numbers we are in."""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    return f"{boot} {Path('/proc/self/ns/pid').stat().st_ino}"


def _facts(number: int) -> list[str]:
    return Path(f"/proc/{number}/stat").read_text("utf-8").rpartition(")")[2].split()
