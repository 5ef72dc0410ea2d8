"""A portal of our own for a measurement: the real program over a home, on a free port."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from scripts.services.part import as_user, free_port

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 120
PAUSE_SECONDS = 0.01


@dataclass(frozen=True)
class Portal:
    """One that answers; `seconds` from its start to its first page."""

    port: int
    pid: int
    seconds: float


@contextmanager
def serving(
    home: Path, environ: Mapping[str, str] | None = None, *, worker: bool = False
) -> Iterator[Portal]:
    """Serve a home with these settings until the block ends; limits on searches are lifted."""
    port = free_port()
    words = [sys.executable, "-m", "portal.cli", "serve", "--port", str(port)]
    began = time.perf_counter()
    process = subprocess.Popen(
        [*as_user(None), *words, *([] if worker else ["--no-worker"])],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "CARAVAN_HOME": str(home),
            "CARAVAN_SEARCHES_PER_MINUTE": "1000000",
            **(environ or {}),
        },
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _first_page(process, port)
        yield Portal(port, process.pid, time.perf_counter() - began)
    finally:
        process.terminate()
        process.wait(60)


def _first_page(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < until:
        try:
            page(port, "/")
        except OSError:
            time.sleep(PAUSE_SECONDS)
        else:
            return
    raise SystemExit("the portal does not answer")


def page(port: int, path: str) -> bytes:
    """Ask for one page, on a line of its own; anything but a whole page ends the program."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        line.request("GET", path)
        answer = line.getresponse()
        body = answer.read()
    finally:
        line.close()
    if answer.status != http.client.OK or b"</html>" not in body:
        raise SystemExit(f"{path} answered {answer.status}")
    return body
