"""Files go over a line that breaks: by the page's own scripts, in a real browser."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.journeys.browsing import draft_of, sign_in
from tests.journeys.conftest import Running, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MEGABYTE = 1024 * 1024
CONTENT = bytes(range(256)) * 4096 * 12
"""Twelve MiB: more than one part."""


@pytest.fixture
def draft(caravan: Running, browser: Browser) -> Iterator[Page]:
    page = browser.new_context(locale="en").new_page()
    sign_in(page, caravan, "contributor")
    page.goto(f"{caravan.address}/contribute")
    page.click("form[action='/contribute/new'] button")
    page.wait_for_url("**/contribute/*")
    yield page
    page.context.close()


def line(page: Page) -> CDPSession:
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    return session


def carry(session: CDPSession, speed: int, *, offline: bool = False) -> None:
    """Let so many bytes a second through."""
    told = {"offline": offline, "latency": 5, "downloadThroughput": -1, "uploadThroughput": speed}
    session.send("Network.emulateNetworkConditions", told)


def files_of(caravan: Running, page: Page) -> list[dict[str, Any]]:
    answer = httpx.get(
        f"{caravan.address}/api/v1/resources/{draft_of(page)}/assets",
        headers={"Authorization": f"Bearer {caravan.tokens['contributor']}"},
    )
    return list(answer.json()["results"])


def test_a_file_goes_on_after_a_lost_line_and_a_pause_while_words_are_typed(
    caravan: Running, draft: Page, tmp_path: Path
) -> None:
    film = tmp_path / "long.bin"
    film.write_bytes(CONTENT)
    session = line(draft)
    carry(session, 3 * MEGABYTE)
    draft.fill("[name='title.en']", "Typed meanwhile")
    draft.set_input_files("input[type=file]", str(film))
    draft.click("form[data-upload] button.solid")
    row = draft.locator("[data-sending] > li")
    expect(row).to_contain_text("left")
    carry(session, 0, offline=True)
    expect(row).to_contain_text("the line was lost")
    # Its name may break before its ending, as the names of files that arrived do.
    expect(row.locator("[data-name] wbr")).to_have_count(1)
    carry(session, MEGABYTE)
    expect(row).to_contain_text("left", timeout=15_000)
    row.locator("[data-pause]").click()
    expect(row).to_contain_text("Nothing is lost. Press Try now")
    carry(session, 3 * MEGABYTE)
    # Chosen again it goes on in its own row, as by "Try now".
    draft.set_input_files("input[type=file]", str(film))
    expect(draft.locator("[data-files] > li")).to_contain_text("long.bin", timeout=30_000)
    assert draft.input_value("[name='title.en']") == "Typed meanwhile"

    draft.click("button[name=then][value=stay]:not([aria-hidden])")
    expect(draft.locator("body")).to_contain_text("Kept.")
    assert draft.input_value("[name='title.en']") == "Typed meanwhile"
    found = files_of(caravan, draft)
    assert [each["bytes"] for each in found] == [len(CONTENT)]
    whole = hashlib.sha256(CONTENT).hexdigest()
    until(lambda: files_of(caravan, draft)[0]["sha256"] == whole, 20)


def test_the_same_file_chosen_again_after_a_reload_goes_on_where_it_stopped(
    caravan: Running, draft: Page, tmp_path: Path
) -> None:
    film = tmp_path / "again.bin"
    film.write_bytes(CONTENT)
    session = line(draft)
    carry(session, 3 * MEGABYTE)
    draft.set_input_files("input[type=file]", str(film))
    draft.click("form[data-upload] button.solid")
    until(
        lambda: float(draft.eval_on_selector("[data-sending] progress", "p => p.value")) > 9e6, 30
    )
    asked: list[int] = []
    draft.reload()
    draft.on(
        "request",
        lambda told: told.method == "PATCH" and asked.append(int(told.headers["upload-offset"])),
    )
    draft.set_input_files("input[type=file]", str(film))
    draft.click("form[data-upload] button.solid")
    expect(draft.locator("[data-files] > li")).to_contain_text("again.bin", timeout=30_000)
    assert asked[0] >= 8 * MEGABYTE
    assert [each["bytes"] for each in files_of(caravan, draft)] == [len(CONTENT)]
