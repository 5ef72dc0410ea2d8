"""The worker beside a portal: parted from the program, started again, ended with it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[3]
PORTAL = """
import os, signal, sys, time
from portal.cli.keeper import Keeper, called
from portal.cli import keeper as module

def work():
    called("caravan-worker")
    print(os.environ["SAID"], os.getsid(0) == os.getpid(), flush=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    while True:
        time.sleep(1)

module.PAUSE_SECONDS = 0.05
kept = Keeper(work)
os.environ["SAID"] = "here"
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
try:
    kept.start()
    while True:
        time.sleep(1)
finally:
    kept.stop()
    print("ended", flush=True)
"""
"""What `caravan serve` does with its keeper, with a worker that does nothing.

It can be asked to end before its worker is there: a test acts on what the worker says. Waits are
short and many, for a signal that comes just before `signal.pause` would be waited for again.
"""

SERVED = """
from config.settings import load
from portal.cli.serve import Server, server_options

def read_on(environ, begin):
    print("reading", flush=True)
    environ["wsgi.input"].read()
    begin("204 No Content", [])
    return []

def told(server):
    print(server.LISTENERS[0].sock.getsockname()[1], flush=True)

options = server_options(load(), 1) | {"bind": "127.0.0.1:0", "when_ready": told}
served = Server(load(), options)
served.load = lambda: read_on
served.run()
"""
"""The server of `caravan serve`, around an application that reads to the end of a body."""


class Portal:
    """A process that has a keeper."""

    def __init__(self, home: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", PORTAL],
            cwd=ROOT,
            env={**os.environ, "CARAVAN_HOME": str(home)},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.said() == "here True", "its environment is that of the start"

    def said(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def child(self, name: str) -> int:
        """Wait for a process that it has started."""
        started = self.process.pid
        return until(lambda: next((each for each in below(started) if name in words_of(each)), 0))


def below(process: int) -> list[int]:
    """Return the processes that one has started itself."""
    running = (int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit())
    return [each for each in running if parent_of(each) == process]


def parent_of(process: int) -> int | None:
    """Return who started it; None for one that is gone, or dead and not yet buried."""
    try:
        told = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return None
    return None if told[0] == "Z" else int(told[1])


def words_of(process: int) -> str:
    """Return its name and its command line."""
    place = Path(f"/proc/{process}")
    try:
        return (place / "comm").read_text("utf-8") + (place / "cmdline").read_text("utf-8")
    except OSError:
        return ""


def until(asked: Callable[[], int]) -> int:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if found := asked():
            return found
        time.sleep(0.02)
    raise TimeoutError


def gone(*processes: int) -> bool:
    return all(parent_of(each) is None for each in processes)


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    found = Portal(tmp_path / "home")
    yield found
    found.process.kill()
    found.process.wait()
    assert found.process.stdout is not None
    found.process.stdout.close()


def test_a_worker_that_parted_ends_with_the_portal(portal: Portal) -> None:
    worker = portal.child("caravan-worker")
    portal.process.terminate()
    assert portal.said() == "ended"
    assert portal.process.wait(60) == 0
    assert gone(worker)


def test_nothing_is_left_of_a_portal_that_was_killed(portal: Portal) -> None:
    worker = portal.child("caravan-worker")
    portal.process.kill()
    until(lambda: gone(worker))


def test_a_portal_that_was_killed_leaves_no_process_with_an_open_line_and_the_port(
    tmp_path: Path,
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SERVED],
        cwd=ROOT,
        env={**os.environ, "CARAVAN_HOME": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
    ) as served:
        assert served.stdout is not None
        port = int(served.stdout.readline())
        with socket.create_connection(("127.0.0.1", port)) as line:
            line.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nsome")
            assert served.stdout.readline() == "reading\n"
            (process,) = below(served.pid)
            served.kill()
            until(lambda: gone(process))
            with socket.create_server(("127.0.0.1", port)):
                pass


def test_a_worker_that_dies_is_followed_by_a_program_of_its_own(portal: Portal) -> None:
    os.kill(portal.child("caravan-worker"), signal.SIGKILL)
    for _ in range(2):
        next_one = portal.child("portal.cli\0worker")
        os.kill(next_one, signal.SIGKILL)
        until(lambda process=next_one: gone(process))
    last = portal.child("portal.cli\0worker")
    portal.process.terminate()
    assert portal.process.wait(60) == 0
    assert gone(last)


def test_a_keeper_that_was_never_told_to_start_ends_with_the_portal() -> None:
    said = """
from portal.cli.keeper import Keeper
kept = Keeper(lambda: print("worked", flush=True))
kept.stop()
print("ended")
"""
    done = subprocess.run(
        [sys.executable, "-c", said], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "ended\n"
