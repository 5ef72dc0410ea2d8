"""The visitor's line where the browser tells nothing of it, as outside Chromium: measured by a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from playwright.sync_api import Page, expect

from portal.weights import USUAL
from tests.journeys.browsing import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, CDPSession, Request

    from tests.journeys.conftest import Running

SILENT: Final = "Object.defineProperty(Navigator.prototype, 'connection', { get: () => undefined })"
THIN_BYTES: Final = 6_000
"""A second: 48 kbit/s, far from 128; a busy machine is slower yet, and 64 is the slowest line."""


@pytest.fixture
def address(caravan: Running) -> str:
    """Give the portal's address by a name at which Chromium sends no hints."""
    return f"http://plain.test:{caravan.port}"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="en")
    context.set_default_timeout(PATIENCE)
    context.add_init_script(SILENT)
    yield context.new_page()
    context.close()


def line_of(page: Page) -> str | None:
    """Return what the cookie of the line says."""
    found = [each for each in page.context.cookies() if each["name"] == "caravan_line"]
    return found[0]["value"] if found else None


def carry(line: CDPSession, bytes_a_second: int) -> None:
    """Let so many bytes a second through; -1 for all."""
    told = {"offline": False, "latency": 20, "uploadThroughput": -1}
    line.send("Network.emulateNetworkConditions", {**told, "downloadThroughput": bytes_a_second})


def choose(page: Page, line: str) -> None:
    page.click(".line summary")
    page.select_option(".line select[name=line]", line)
    with page.expect_navigation():
        page.click(".line button")


def test_a_page_measures_a_line_of_which_the_browser_tells_nothing(
    page: Page, address: str
) -> None:
    asked: list[Request] = []
    page.on("request", lambda each: asked.append(each))  # noqa: PLW0108 - no built-in is taken
    shown = page.locator(".line summary b")
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    carry(line, THIN_BYTES)
    page.goto(address, wait_until="load")
    expect(shown).to_have_text(f"{USUAL} kbit/s")
    page.wait_for_function("() => document.cookie.includes('caravan_line=~')")
    # Pictures are the page's own: whether there are any depends on what was published.
    others = [each for each in asked if each.resource_type not in ("document", "image", "other")]
    names = sorted(each.url.rpartition("/")[2] for each in others)
    assert names == ["caravan.css", "measure.js"], "nothing is fetched for it"
    carry(line, -1)
    page.goto(f"{address}/?q=", wait_until="load")
    expect(shown).to_have_text("64 kbit/s")
    measure = line_of(page)
    page.goto(address, wait_until="load")
    assert line_of(page) == measure, "once while the window is open"
    assert not any({"downlink", "ect"} & each.headers.keys() for each in asked)

    choose(page, "512")
    expect(shown).to_have_text("512 kbit/s")
    page.reload(wait_until="load")
    page.evaluate("() => { document.cookie = 'caravan_line=~64; path=/'; }")
    assert line_of(page) == "512", "what was chosen stays"
    choose(page, "auto")
    page.evaluate("() => sessionStorage.clear()")
    line.send("Network.clearBrowserCache")
    page.goto(address, wait_until="load")
    page.wait_for_function("() => /caravan_line=auto~\\d+/.test(document.cookie)")


def test_what_a_line_carries_is_told_by_what_came_over_it_and_how_long_that_took(
    page: Page, address: str
) -> None:
    page.goto(address, wait_until="load")
    source = page.locator("script[src*=measure]").get_attribute("src")

    def measured(*came: tuple[int, int, int], known: bool = False) -> int:
        told = [
            {
                "responseStart": begun,
                "responseEnd": ended,
                "encodedBodySize": size * 10 if known else size - 300,
                "transferSize": size,
            }
            for begun, ended, size in came
        ]
        asked = "async ([source, told]) => (await import(source)).measured(told)"
        return int(page.evaluate(asked, [source, told]))

    # A pause between answers says nothing; the first packet of each takes no time.
    assert measured((500, 700, 7800), (5000, 5200, 7800)) == 256
    # Answers beside each other have the line together.
    assert measured((5000, 5400, 6700), (5001, 5300, 7500)) == 256
    assert measured((5300, 5400, 2500), (5000, 5350, 11_700)) == 256
    # What was known already, or is too little, tells nothing; what takes no time is not endless.
    assert measured((0, 10, 90_000), known=True) == 0
    assert measured((10, 400, 6000)) == 0
    assert measured((10, 11, 1200), (20, 21, 1300), (30, 31, 1000)) == 0
    assert measured() == 0
    assert measured((10, 10, 11_400)) == 4000


def test_without_scripts_no_cookie_is_set_and_the_usual_line_holds(
    caravan: Running, browser: Browser, address: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    for path in ("/", "/?q="):
        plain.goto(f"{address}{path}", wait_until="load")
        expect(plain.locator(".line summary b")).to_have_text(f"{USUAL} kbit/s")
    assert context.cookies() == []
    # A browser that tells of its line is left alone.
    telling = browser.new_context().new_page()
    telling.goto(caravan.address, wait_until="load")
    telling.wait_for_load_state("networkidle")
    assert line_of(telling) is None
    telling.context.close()
    context.close()
