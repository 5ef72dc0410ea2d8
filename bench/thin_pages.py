"""Pages on a thin line: 256 kbit/s and 400 ms a round trip, in a real browser that is slowed down.

Run: .venv/bin/python -m bench.thin_pages [--small]

It copies the demonstration's home (made first where it is not there), serves it, and opens each page
in Chromium as somebody who was never here, on a telephone's screen, with the line that its DevTools
protocol makes; then once more with what the first visit left in its cache. On that visit the browser
tells of its line, as the first asked it to (`Downlink`, `ECT`); Chromium guesses it from its traffic
and does not see that DevTools slow it, so the bench tells 250 kbit/s in its place.
It prints, as medians:

first paint    when something stands on the screen (Paint Timing)
usable         when all of the page is read, its style and scripts too: box and facets take words
bytes          what the line carried, heads of answers included, thumbnails apart

Targets, of the search page: first paint 2.5 s, usable 4 s, 30 KB, and 5 KB on the second visit.
The counters of the same, without a clock, are in `tests/portal/test_line.py`.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright

from bench.figures import run_of, show, small
from bench.serving import serving
from portal.demo.making import cached_home

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

KILOBIT, KILOBYTE = 1000 / 8, 1000
LINE = {
    "offline": False,
    "latency": 400,
    "downloadThroughput": 256 * KILOBIT,
    "uploadThroughput": 256 * KILOBIT,
}
TOLD = {"Downlink": "0.25", "ECT": "3g"}
ROUNDS, FEWER_ROUNDS = 7, 2
SEARCH = "/?q=magnet"
PAGES = ("/", SEARCH, "/?q=", "/resources/{film}", "/resources/{exhibit}", "/help")
LANGUAGES = ("en", "ar")
FIRST_PAINT, USABLE = 2.5, 4.0
FIRST_BYTES, SECOND_BYTES = 30 * KILOBYTE, 5 * KILOBYTE
LOOK_MILLISECONDS = 50
PAINTED = "performance.getEntriesByName('first-contentful-paint').length > 0"
TIMES = """() => {
  const paint = performance.getEntriesByName('first-contentful-paint')[0].startTime;
  const read = performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd;
  return [paint, Math.max(read, paint)];
}"""


@dataclass(frozen=True)
class Visit:
    """One opening of a page: seconds to first paint and till it is usable, bytes, requests."""

    paint: float
    usable: float
    bytes: float
    pictures: float
    requests: int


def visit(context: BrowserContext, address: str) -> Visit:
    """Open a page on the thin line and wait for all that it asks for."""
    page = context.new_page()
    told = context.new_cdp_session(page)
    kinds: dict[str, str] = {}
    carried: dict[str, float] = {}
    told.on(
        "Network.responseReceived", lambda event: kinds.update({event["requestId"]: event["type"]})
    )
    told.on(
        "Network.loadingFinished",
        lambda event: carried.update({event["requestId"]: event["encodedDataLength"]}),
    )
    told.send("Network.enable")
    told.send("Network.emulateNetworkConditions", LINE)
    page.goto(address, wait_until="load", timeout=120_000)
    # Not wait_for_function, which evaluates a text in the page: its policy (CSP) forbids that.
    while not page.evaluate(PAINTED):
        page.wait_for_timeout(LOOK_MILLISECONDS)
    paint, usable = page.evaluate(TIMES)
    page.close()
    images = sum(size for each, size in carried.items() if kinds.get(each) == "Image")
    asked = sum(1 for size in carried.values() if size)
    return Visit(paint / 1000, usable / 1000, sum(carried.values()) - images, images, asked)


def median(visits: list[Visit], name: str) -> float:
    """Return the median of one figure."""
    return statistics.median(getattr(each, name) for each in visits)


def measure(
    browser: Browser, address: str, tag: str, rounds: int
) -> tuple[list[Visit], list[Visit]]:
    """Open a page as a stranger and once more, some times over; return first and second visits."""
    first, second = [], []
    for _ in range(rounds):
        context = browser.new_context(locale=tag, viewport={"width": 360, "height": 740})
        first.append(visit(context, address))
        context.set_extra_http_headers(TOLD)
        second.append(visit(context, address))
        context.close()
    return first, second


def told(visits: list[Visit]) -> str:
    """Return the medians in one line."""
    return (
        f"first paint {median(visits, 'paint'):.2f} s, usable {median(visits, 'usable'):.2f} s, "
        f"{median(visits, 'bytes') / KILOBYTE:.1f} KB, "
        f"pictures {median(visits, 'pictures') / KILOBYTE:.1f} KB, "
        f"{median(visits, 'requests'):.0f} answers"
    )


def missed(first: list[Visit], second: list[Visit]) -> bool:
    """Whether a search page misses a target."""
    return (
        median(first, "paint") > FIRST_PAINT
        or median(first, "usable") > USABLE
        or median(first, "bytes") > FIRST_BYTES
        or median(second, "bytes") > SECOND_BYTES
    )


def paths(browser: Browser, base: str) -> list[str]:
    """Return the paths of the pages, with a film and an exhibit of the demonstration in them."""
    found: dict[str, Any] = {}
    context = browser.new_context()
    for kind in ("film", "exhibit"):
        answer = context.request.get(f"{base}/api/v1/resources?q=magnet&kind={kind}").json()
        found[kind] = answer["results"][0]["id"]
    context.close()
    return [each.format(**found) for each in PAGES]


def main() -> int:
    """Serve, open, print; 1 when a search page misses a target."""
    rounds = FEWER_ROUNDS if small(__doc__) else ROUNDS
    worst = False
    with tempfile.TemporaryDirectory() as folder, run_of("bench.thin_pages"):
        home = Path(folder) / "home"
        shutil.copytree(cached_home(lambda words: print(words, file=sys.stderr)), home)
        with serving(home) as portal, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
            )
            base = f"http://127.0.0.1:{portal.port}"
            for path in paths(browser, base):
                for tag in LANGUAGES if path == SEARCH else LANGUAGES[:1]:
                    first, second = measure(browser, base + path, tag, rounds)
                    show(f"{path} ({tag}), first visit", told(first))
                    show(f"{path} ({tag}), second visit", told(second))
                    worst = worst or (path.startswith("/?") and missed(first, second))
            browser.close()
    return 1 if worst else 0


if __name__ == "__main__":
    sys.exit(main())
