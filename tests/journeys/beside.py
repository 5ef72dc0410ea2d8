"""What stands beside a portal in the journeys over real servers: workers, places on the servers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import uuid4

import httpx

from tests.journeys.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from scripts.services.part import Running as Server
    from tests.journeys.conftest import Running

MAIN = "from portal.cli.main import main; main()"


@contextmanager
def worker(running: Running, *extra: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run `caravan worker` with the settings of a portal; it may be killed meanwhile."""
    with (running.home / "worker-log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, *running.program, "worker", *extra],
            env=running.env,
            cwd=ROOT,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGCONT)
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process and all it has started at once."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(20)


@contextmanager
def held_still(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Have a process do nothing meanwhile, and not know of it."""
    os.killpg(process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGCONT)


@contextmanager
def place_on(cluster: Server) -> Iterator[Mapping[str, str]]:
    """Give the settings of an index of one's own, dropped at the end."""
    url, index = cluster.settings["CARAVAN_SEARCH_URL"], f"journey-{uuid4().hex[:8]}"
    try:
        yield {"CARAVAN_SEARCH_URL": url, "CARAVAN_SEARCH_INDEX": index}
    finally:
        forget_indexes(url, index)


def forget_indexes(url: str, index: str) -> None:
    """Delete all indexes of a prefix, as an operator does by mistake."""
    for name in httpx.get(f"{url}/{index}*", timeout=60).json():
        httpx.delete(f"{url}/{name}", timeout=60).raise_for_status()


def bucket_of(server: Server, keep: Callable[[str, str], None], *, port: int | None = None) -> str:
    """Return the address of a place of one's own in the S3 server, by way of another port if given.

    `keep` sets a variable of the environment: credentials stand there alone.
    """
    settings = dict(server.settings)
    address, _, asked = settings.pop("CARAVAN_STORAGE_URL").partition("?")
    for name, value in settings.items():
        keep(name, value)
    if port is not None:
        asked = asked.replace(f":{port_of(server)}", f":{port}")
    return f"{address}/{uuid4().hex}?{asked}"


def port_of(server: Server) -> int:
    """Return the port on which a server listens."""
    address = next(iter(server.settings.values()))
    asked = urlsplit(address).query
    found = urlsplit(asked.partition("endpoint=")[2].partition("&")[0] if asked else address).port
    assert found is not None
    return found
