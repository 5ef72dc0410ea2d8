"""Search beside thin lines: 100 downloads and 20 uploads at 32 KB/s each, against none.

Run: .venv/bin/python -m bench.thin_lines [--seconds 60] [--downloads 100] [--uploads 20]

It makes a home of its own with 100 resources and a film of 64 MiB, serves it, and asks for search
pages from one process while another holds the lines: half the time without them, the whole time
beside them, half the time without again, so that a machine that slows down meanwhile is seen. It
prints p50, p95 and p99 of the search page, the ratio of the p95 beside the lines to that without
(target: at most 2), and what the lines really carried: a run in which they did not is none, and
ends with 1. Where before and after differ much, the machine was busy with something else.
"""

from __future__ import annotations

import argparse
import http.client
import json
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote_plus

from bench.lines import KILOBYTE, RATE
from catalog.resources import reading
from tests.factories.house import House, build_house

ROOT = Path(__file__).resolve().parent.parent
RESOURCES = 100
FILM_BYTES = 64 * 1024 * KILOBYTE
"""More than a minute of a line and all buffers of the kernel together."""
WORDS = ("magnet", "magnets float", "needle water", "磁铁", "float number 7", "compass")
PAUSE_SECONDS = 0.05
SETTLING_SECONDS = 5
LEAST_CARRIED = 0.9
"""Of what a line should have carried; below it the figures say nothing."""


def fill(house: House) -> tuple[str, str]:
    """Make the records; return the path of the film and the id of a draft."""
    for number in range(RESOURCES):
        house.bring_to("published", title={"en": f"Magnets float number {number}", "zh": "磁铁"})
    rid = house.bring_to("published", content=b"\0film" * (FILM_BYTES // 5))
    house.index()
    with house.services.database.reading() as session:
        asset = reading.resource(session, house.actors["curator"], rid).assets[0].id
    return f"/resources/{rid}/assets/{asset}/content", house.bring_to("draft")


def search(port: int, seconds: float) -> list[float]:
    """Ask for search pages, each on a line of its own; return how long each took, in seconds."""
    found, number, until = [], 0, time.monotonic() + seconds
    while time.monotonic() < until:
        began = time.perf_counter()
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        line.request("GET", f"/?q={quote_plus(WORDS[number % len(WORDS)])}")
        answer = line.getresponse()
        body = answer.read()
        found.append(time.perf_counter() - began)
        line.close()
        if answer.status != http.client.OK or b"</html>" not in body:
            raise SystemExit(f"the search page answered {answer.status}")
        number += 1
        time.sleep(PAUSE_SECONDS)
    return found


def serve(home: Path, port: int) -> subprocess.Popen[bytes]:
    """Start a portal over the home and wait until it answers."""
    process = subprocess.Popen(
        [sys.executable, "-m", "portal.cli", "serve", "--port", str(port), "--no-worker"],
        cwd=ROOT,
        env={
            "CARAVAN_HOME": str(home),
            "CARAVAN_SEARCHES_PER_MINUTE": "1000000",
            "PATH": "/usr/bin",
        },
        stderr=subprocess.DEVNULL,
    )
    for _ in range(600):
        try:
            with socket.create_connection(("127.0.0.1", port)):
                return process
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the portal does not answer")


def lines(port: int, arguments: argparse.Namespace, film: str, draft: str, token: str):  # noqa: ANN201
    """Start the process that holds the lines."""
    told = {
        "port": port,
        "downloads": arguments.downloads,
        "uploads": arguments.uploads,
        "film": film,
        "draft": draft,
        "token": token,
    }
    return subprocess.Popen(
        [sys.executable, "-m", "bench.lines", json.dumps(told)], cwd=ROOT, stdout=subprocess.PIPE
    )


def percentiles(times: list[float]) -> dict[str, float]:
    """Return p50, p95 and p99 in milliseconds."""
    cuts = statistics.quantiles(times, n=100)
    return {f"p{each}": round(1000 * cuts[each - 1], 1) for each in (50, 95, 99)}


def measure(port: int, arguments: argparse.Namespace, told: tuple[str, str, str]) -> int:
    """Measure, print, and say by the exit code whether the run counts and the target is met."""
    search(port, SETTLING_SECONDS)
    before = search(port, arguments.seconds / 2)
    holder = lines(port, arguments, *told)
    time.sleep(SETTLING_SECONDS)
    beside = search(port, arguments.seconds)
    holder.send_signal(signal.SIGTERM)
    carried = json.loads(holder.communicate(timeout=60)[0])
    time.sleep(SETTLING_SECONDS)
    after = search(port, arguments.seconds / 2)
    for name, times in (("before", before), ("beside the lines", beside), ("after", after)):
        print(f"{name:<16} {percentiles(times)} ms, {len(times)} pages")
    ratio = percentiles(beside)["p95"] / percentiles(before + after)["p95"]
    print(f"ratio of p95     {ratio:.2f}")
    for kind in ("downloads", "uploads"):
        rates = carried[kind] or [RATE]
        print(
            f"{kind:<16} {len(carried[kind])} lines, slowest {min(rates) / KILOBYTE:.1f}, "
            f"median {statistics.median(rates) / KILOBYTE:.1f} KB/s"
        )
    print(f"refused or ended {carried['broken']}")
    honest = not carried["broken"] and all(
        rate >= LEAST_CARRIED * RATE for kind in ("downloads", "uploads") for rate in carried[kind]
    )
    if not honest:
        print("The lines did not carry what they should: this run says nothing.")
    return 0 if honest and ratio <= 2 else 1  # noqa: PLR2004 - the target


def main() -> int:
    """Make, serve, measure, and clear up."""
    reader = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, default in (("seconds", 60), ("downloads", 100), ("uploads", 20)):
        reader.add_argument(f"--{name}", type=int, default=default)
    arguments = reader.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        house = build_house(Path(folder))
        film, draft = fill(house)
        house.services.close()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        portal = serve(Path(folder), port)
        try:
            return measure(port, arguments, (film, draft, house.tokens["contributor"]))
        finally:
            portal.terminate()
            portal.wait(30)


if __name__ == "__main__":
    sys.exit(main())
