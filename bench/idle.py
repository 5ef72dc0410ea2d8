"""What Caravan takes when nothing is asked of it, and how soon it answers after its start.

Run: .venv/bin/python -m bench.idle [--small]

It starts `caravan serve` with its worker over a home of its own: once in an empty home, where the
database is made first, then over the same home again. Each start is timed from the process to the
first whole page (target: 2 s). A few pages later it waits until all is quiet and adds up the memory
of all its processes (target: 200 MB of portal and worker together). PSS counts a page of memory
that several processes share once in all; RSS counts it in each.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from bench.figures import MEGABYTE, memory_of, run_of, show, small
from bench.serving import page, serving

ROUNDS = 5
FEWER_ROUNDS = 2
PAGES = ("/", "/?q=magnet", "/sign-in", "/help")
QUIET_SECONDS = 4
MOST_BYTES = 200 * MEGABYTE
MOST_SECONDS = 2.0


def family(pid: int) -> dict[int, int]:
    """Return a process and all below it, each with its parent."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                told = (entry / "stat").read_text("utf-8", "replace")
            except OSError:
                continue
            parents[int(entry.name)] = int(told.rpartition(")")[2].split()[1])
    found = {pid: 0}
    while more := {each: up for each, up in parents.items() if up in found and each not in found}:
        found |= more
    return found


def name_of(pid: int) -> str:
    """Return what a process of ours is for."""
    name = Path(f"/proc/{pid}/comm").read_text("utf-8").strip()
    return name.removeprefix("caravan-") if name.startswith("caravan-") else "portal"


def main() -> int:
    """Start again and again; measure memory in the last one."""
    rounds = FEWER_ROUNDS if small(__doc__) else ROUNDS
    with tempfile.TemporaryDirectory() as folder, run_of("bench.idle"):
        with serving(Path(folder), worker=True) as portal:
            show("first page, in an empty home", f"{portal.seconds:.2f} s")
        took = []
        for _ in range(rounds):
            with serving(Path(folder), worker=True) as portal:
                took.append(portal.seconds)
                if len(took) == rounds:
                    together = memory(portal.port, portal.pid)
        middle = statistics.median(took)
        show(
            "first page, home as it was",
            f"{middle:.2f} s ({min(took):.2f} to {max(took):.2f}, {rounds} starts); target 2 s",
        )
    return 0 if together <= MOST_BYTES and middle <= MOST_SECONDS else 1


def memory(port: int, pid: int) -> int:
    """Print what each process holds after a few pages; return the PSS of all, in bytes."""
    for path in PAGES:
        page(port, path)
    time.sleep(QUIET_SECONDS)
    together = [0, 0]
    for number, each in enumerate(sorted(family(pid))):
        held = memory_of(each)
        together = [had + more for had, more in zip(together, held, strict=True)]
        pss, rss = (value / MEGABYTE for value in held)
        show(f"process {number}: {name_of(each)}", f"{pss:.0f} MB PSS, {rss:.0f} MB RSS")
    pss, rss = (value / MEGABYTE for value in together)
    show("memory, all together", f"{pss:.0f} MB PSS, {rss:.0f} MB RSS; target 200 MB")
    return together[0]


if __name__ == "__main__":
    sys.exit(main())
