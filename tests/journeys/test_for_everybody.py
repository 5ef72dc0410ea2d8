"""Every page for everybody: by axe-core, on a small screen, by keyboard, with a quiet console."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from catalog import notes
from catalog.resources import reading
from tests.factories.files import CHINESE, ENGLISH, FILM, PLAN, QUESTIONS, TUBE, publish
from tests.factories.house import PASSWORD, build_house
from tests.journeys.conftest import Running, free_port
from tests.journeys.test_in_a_browser import ARGS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.factories.house import House

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EVERYTHING = {"runOnly": {"type": "tag", "values": LEVELS}, "resultTypes": ["violations"]}
COLOURS = {
    "runOnly": {"type": "rule", "values": ["color-contrast"]},
    "resultTypes": ["violations"],
}
AXE = Axe().axe_script
SMALL, LARGE = {"width": 320, "height": 640}, {"width": 1280, "height": 800}
Pages = list[tuple[str | None, str]]
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
FOCUS = """() => {
  const here = document.activeElement;
  if (!here || here === document.body) return null;
  const box = here.getBoundingClientRect();
  const style = getComputedStyle(here);
  return {
    name: `${here.tagName} ${here.id || here.name || here.textContent.trim().slice(0, 30)}`,
    seen: box.width > 0 && box.height > 0 && style.outlineStyle !== 'none',
  };
}"""
REACHABLE = """() => [...document.querySelectorAll(
    'a[href], button, input, select, textarea, summary, [tabindex="0"]')]
  .filter((each) => each.tabIndex >= 0 && each.type !== 'hidden' && each.checkVisibility()
    && !(each.type === 'radio' && each.name && !each.checked
         && document.querySelector(`input[type=radio][name="${each.name}"]:checked`))).length"""


def furnish(house: House) -> Pages:
    """Put something into every state; return each kind of page with who may see it."""
    film = house.bring_to("published", description={"en": "Long.", "zh": "长。"})
    files = [FILM, ENGLISH, CHINESE, QUESTIONS, replace(PLAN, role="attachment")]
    words = {"title": {"en": "Forty strokes"}, "summary": {"en": "A needle", "zh": "针"}}
    whole = publish(house, files, **words)
    exhibit = publish(
        house,
        [TUBE, PLAN],
        kind="exhibit",
        title={"ar": "بندول", "en": "A pendulum"},
        details={"mass_kg": 86, "buildability": 2},
    )
    closed = house.bring_to("published", access="partners", content=b"closed")
    gone = house.bring_to("withdrawn", content=b"gone")
    draft = house.give(content=b"draft", verdict="hold")
    asked = house.bring_to("changes_asked", content=b"asked")
    waiting = house.bring_to("submitted", content=b"waiting", verdict="hold")
    mine = house.bring_to("in_review", content=b"mine")
    with house.services.database.unit_of_work() as session:
        curator = house.actors["curator"]
        view = reading.working_version(session, curator, mine)
        notes.leave(session, by=curator, view=view, text="Here.", anchor={"field": "title"})
    house.index()
    return [
        (None, "/"),
        (None, "/?q=magnets&kind=film"),
        (None, "/?q=zzzz"),
        *[(None, f"/resources/{rid}") for rid in (film, exhibit, closed, gone)],
        *[(None, path) for path in ("/sign-in", "/about", "/help", "/api/v1/docs")],
        (None, "/nothing"),
        (None, "/?page=x"),
        ("contributor", "/contribute"),
        ("contributor", f"/contribute/{draft}?beside=ar"),
        ("contributor", f"/contribute/{asked}"),
        ("contributor", f"/contribute/{waiting}"),
        ("contributor", "/account"),
        ("contributor", "/moderate"),
        ("curator", "/moderate"),
        ("curator", f"/moderate/{waiting}"),
        ("curator", f"/moderate/{mine}"),
        ("curator", f"/resources/{film}"),
        ("admin", "/manage"),
        ("admin", "/manage/institutions/lanzhou"),
        ("admin", "/manage/people"),
        ("admin", "/manage/agreements"),
        *[(None, path) for path in ("/statistics", "/institutions", "/institutions/lanzhou")],
        (None, "/accessibility"),
        ("contributor", "/institutions/lanzhou/statistics"),
        (None, f"/resources/{whole}"),
    ]


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, Pages]]:
    home: Path = tmp_path_factory.mktemp("everybody")
    house = build_house(home)
    pages = furnish(house)
    house.services.close()
    running = Running(home, free_port(), house.tokens, extra=("--no-worker",))
    running.start()
    yield running, pages
    running.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGS)
        yield opened
        opened.close()


class Visit:
    """A page of a browser for each person, and what its console said."""

    def __init__(self, browser: Browser, running: Running, tag: str) -> None:
        self.said: list[str] = []
        self._browser, self._running, self._tag = browser, running, tag
        self._pages: dict[str | None, Page] = {}

    def page_of(self, who: str | None) -> Page:
        if who not in self._pages:
            context: BrowserContext = self._browser.new_context(
                viewport=LARGE, locale=self._tag, reduced_motion="reduce"
            )  # type: ignore[arg-type]
            page = context.new_page()
            page.on("console", self._hear)
            page.on("pageerror", lambda error: self.said.append(str(error)))
            self._pages[who] = page
            if who is not None:
                sign_in(page, self._running, who)
        return self._pages[who]

    def _hear(self, message: ConsoleMessage) -> None:
        """Note errors and warnings, but that an error page comes with its status."""
        if message.type in ("error", "warning") and "a status of" not in message.text:
            self.said.append(message.text)

    def close(self) -> None:
        for page in self._pages.values():
            page.context.close()


def sign_in(page: Page, running: Running, who: str) -> None:
    """By keyboard alone: the first field has the focus already."""
    page.goto(f"{running.address}/sign-in")
    page.locator("#email:focus").wait_for()
    page.keyboard.type(f"{who}@example.org")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{running.address}/")


def findings(page: Page, options: dict[str, Any], where: str) -> list[str]:
    found = page.evaluate("options => axe.run(document, options)", options)["violations"]
    return [f"{where}: {each['id']}: {each['nodes'][0]['html'][:160]}" for each in found]


@pytest.mark.parametrize("tag", ["en", "ar"])
def test_every_page_is_for_everybody(
    furnished: tuple[Running, Pages], browser: Browser, tag: str
) -> None:
    running, pages = furnished
    visit = Visit(browser, running, tag)
    wrong: list[str] = []
    for who, path in pages:
        page = visit.page_of(who)
        page.set_viewport_size(LARGE)  # type: ignore[arg-type]
        page.emulate_media(color_scheme="light")
        page.goto(f"{running.address}{path}")
        page.evaluate(AXE)
        wrong += findings(page, EVERYTHING, path)
        page.emulate_media(color_scheme="dark")
        wrong += findings(page, COLOURS, f"{path} (dark)")
        page.set_viewport_size(SMALL)  # type: ignore[arg-type]
        if page.evaluate(OVERFLOW) > 0:
            wrong.append(f"{path}: wider than the screen")
    visit.close()
    assert wrong == []
    assert visit.said == []


def test_the_keyboard_reaches_everything_and_shows_where_it_is(
    furnished: tuple[Running, Pages], browser: Browser
) -> None:
    running, pages = furnished
    visit = Visit(browser, running, "en")
    for who, path in pages[1:4] + pages[7:8] + pages[14:15] + pages[17:18] + pages[21:22]:
        page = visit.page_of(who)
        page.goto(f"{running.address}{path}")
        wanted = page.evaluate(REACHABLE)
        page.evaluate("document.querySelector('.skip').focus()")
        reached = [page.evaluate(FOCUS)]
        while len(reached) <= wanted + 5:
            page.keyboard.press("Tab")
            found = page.evaluate(FOCUS)
            if found is None:
                break
            reached.append(found)
        assert [each["name"] for each in reached if not each["seen"]] == [], path
        assert len(reached) >= wanted, (path, reached)
    visit.close()


def test_what_is_typed_while_the_line_is_away_is_not_lost(
    furnished: tuple[Running, Pages], browser: Browser
) -> None:
    running, pages = furnished
    visit = Visit(browser, running, "en")
    page = visit.page_of("curator")
    page.goto(f"{running.address}{pages[21][1]}")
    away = page.locator("[data-away]")
    page.context.set_offline(True)
    away.wait_for(state="visible")
    note = page.locator(".new-note textarea")
    note.fill("Written without a line")
    form = page.locator("form.new-note")
    form.evaluate("form => form.requestSubmit()")
    assert note.input_value() == "Written without a line"
    page.context.set_offline(False)
    away.wait_for(state="hidden")
    with page.expect_navigation():
        form.evaluate("form => form.requestSubmit()")
    page.get_by_text("Written without a line").first.wait_for()
    visit.close()


def test_a_film_is_found_and_taken_by_keyboard_alone(
    furnished: tuple[Running, Pages], browser: Browser
) -> None:
    running, pages = furnished
    film = pages[3][1]
    page = browser.new_context(viewport=LARGE, locale="en").new_page()  # type: ignore[arg-type]
    page.goto(f"{running.address}/")

    def tab_to(selector: str) -> None:
        for _ in range(120):
            page.keyboard.press("Tab")
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(selector)

    tab_to("input[type=search]")
    page.keyboard.type("magnets")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=magnets**")
    tab_to(".opens summary")
    page.keyboard.press("Enter")
    assert page.locator(".opens .menu").first.is_visible()
    tab_to("input[name=kind][value=film]")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**kind=film**")
    tab_to(f"h2 a[href='{film}']")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{film}")
    tab_to("a[download]")
    with page.expect_download() as taken:
        page.keyboard.press("Enter")
    assert taken.value.suggested_filename == "film.mp4"
    page.context.close()
