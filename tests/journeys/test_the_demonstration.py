"""The demonstration ends with all that belongs to it, however it is ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from portal.demo.making import ACCOUNTS, _digest
from tests.factories.house import build_house
from tests.journeys.conftest import ROOT, free_port, until

if TYPE_CHECKING:
    from collections.abc import Iterator

ENDS_WITHIN = 20
WAITING = """
import signal, subprocess, sys
child = subprocess.Popen([sys.executable, *sys.argv[1:]])
signal.signal(signal.SIGINT, signal.SIG_IGN)
child.wait()
"""
"""A parent that waits on through Ctrl-C, as `make` does: `subprocess.run` kills after 0.25 s."""


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a cache in which a small home stands as if it had been made before."""
    folder = tmp_path_factory.mktemp("cache")
    home = folder / "caravan" / f"demo-{_digest()}"
    built = build_house(home)
    built.bring_to("published")
    built.index()
    built.services.close()
    (home / "finished").touch()
    return folder


@pytest.fixture
def parent(cache: Path, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start it under a parent that does nothing but wait, and give both when it is ready."""
    port = free_port()
    argv = [sys.executable, "-c", WAITING, "-m", "portal.cli", "demo", "--port", str(port)]
    env = {**os.environ, "XDG_CACHE_HOME": str(cache), "TMPDIR": str(tmp_path)}
    started = subprocess.Popen(
        argv, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert started.stdout is not None
    said = ""
    while "Caravan is at" not in said:
        line = started.stdout.readline()
        assert line, said
        said += line
    yield started, said
    for process in [started.pid, *below(started.pid)]:
        if alive(process):
            os.kill(process, signal.SIGKILL)
    started.stdout.close()
    started.wait()


def below(root: int) -> list[int]:
    """Return the processes that a process has started, and theirs."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True)
    pairs = [tuple(map(int, line.split())) for line in listed.stdout.splitlines()]
    found, left = [], [root]
    while left:
        asked = left.pop()
        children = [child for child, of in pairs if of == asked]
        found += children
        left += children
    return found


def alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2]
    except OSError:
        return False
    return state.split()[0] != "Z"


@pytest.mark.parametrize("how", ["ctrl-c", "sigterm", "parent lost", "worker and parent lost"])
def test_it_ends_in_time_with_worker_and_home(
    parent: tuple[subprocess.Popen[str], str], tmp_path: Path, how: str
) -> None:
    started, said = parent
    address = said.split("Caravan is at ")[1].split()[0]
    assert all(email in said for _role, _place, email, _name in ACCOUNTS)
    found = httpx.get(f"{address}/api/v1/resources", timeout=30).json()
    assert found["total"] == 1
    assert httpx.get(f"{address}/components", timeout=30).status_code == 200
    processes = below(started.pid)
    assert len(processes) >= 3
    assert list(tmp_path.glob("caravan-demo-*"))
    began = time.monotonic()
    if how == "ctrl-c":
        os.killpg(started.pid, signal.SIGINT)
    elif how == "sigterm":
        os.kill(processes[0], signal.SIGTERM)
    else:
        if how.startswith("worker"):
            names = {
                Path(f"/proc/{each}/comm").read_text("ascii").strip(): each for each in processes
            }
            os.kill(names["caravan-worker"], signal.SIGKILL)
        started.kill()
    until(lambda: not any(map(alive, processes)), ENDS_WITHIN)
    assert time.monotonic() - began < ENDS_WITHIN
    assert not list(tmp_path.glob("caravan-demo-*"))
