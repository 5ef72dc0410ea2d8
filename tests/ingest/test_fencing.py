"""No run becomes more processes than its bound, however long nobody looks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from ingest import fencing

PROCESSES = 24
MOST = PROCESSES * fencing.TASKS_EACH
FORKS = f"""
import os, time
made = 0
while made < {MOST * 3}:
    try:
        child = os.fork()
    except OSError:
        break
    if not child:
        time.sleep(60)
    made += 1
print(made)
"""
BOX = ["bwrap", "--unshare-user", "--unshare-pid", "--die-with-parent", "--dev-bind", "/", "/"]


def test_a_program_that_divides_itself_is_stopped_at_a_hard_bound() -> None:
    argv = [*BOX, "prlimit", *fencing.limited(PROCESSES), "--", sys.executable, "-c", FORKS]
    with fencing.fenced(argv, PROCESSES) as line:
        told = subprocess.run(line, capture_output=True, check=True, timeout=120)
    made = int(told.stdout)
    assert made > PROCESSES
    # Root in a container may be let make no control group: then only the watch is left.
    bounded = os.geteuid() != 0 or fencing._base() is not None
    assert made < MOST or not bounded


def test_what_counts_the_processes_is_gone_with_them() -> None:
    groups = Path("/sys/fs/cgroup")
    with fencing.fenced(["true"], PROCESSES) as line:
        subprocess.run(line, check=True, timeout=60)
    assert not list(groups.rglob(f"caravan-{os.getpid()}-*"))
