"""Every page for everybody: by axe-core, on a small screen, in large letters, by keyboard, and quiet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from portal.interface import TAGS
from tests.journeys.axe import COLOURS, EVERYTHING, ROOM, ask, findings
from tests.journeys.browsing import FOCUS, LARGE, SIDEWAYS, SMALL, Visit
from tests.journeys.furnished import Sight

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, ViewportSize

    from tests.journeys.furnished import Furnished

MIDDLE: Final[ViewportSize] = {"width": 640, "height": 640}
TALL: Final[ViewportSize] = {"width": 1280, "height": 3000}
"""So tall that what sticks to the foot of a window covers nothing: it is asked how large things are."""
MOVING: Final = """() => [...document.querySelectorAll('*')].filter((each) => {
  const style = getComputedStyle(each);
  return style.animationName !== 'none' || style.scrollBehavior === 'smooth'
    || style.transitionDuration.split(', ').some((time) => time !== '0s');
}).length + document.getAnimations().length"""
CLIPPED: Final = """() => [...document.querySelectorAll('body *')].filter((each) => {
  if (!(each instanceof HTMLElement) || !each.checkVisibility()) return false;
  if (each.closest('.visually-hidden, input, textarea, select')) return false;
  const { overflowX, overflowY } = getComputedStyle(each);
  const cuts = (value) => value === 'hidden' || value === 'clip';
  return (cuts(overflowX) && each.scrollWidth > each.clientWidth + 1
      || cuts(overflowY) && each.scrollHeight > each.clientHeight + 1) && each.innerText.trim();
}).map((each) => each.outerHTML.slice(0, 160))"""
"""Elements that cut off what they say; fields scroll by themselves."""
DOUBLED, SPACED = "text at twice its size", "wide spacing"
LETTERS: Final = {
    DOUBLED: ":root { font-size: 200% }",
    SPACED: """* { line-height: 1.5 !important; letter-spacing: .12em !important;
        word-spacing: .16em !important } p { margin-block-end: 2em !important }""",
}
"""WCAG 1.4.4 and 1.4.12: what a reader may ask of the letters."""
ASKED: Final = ((SPACED, SMALL), (SPACED, LARGE), (DOUBLED, LARGE), (DOUBLED, MIDDLE))
"""In which windows it is held, each as it is when its turn comes: to change one takes time."""
ASK: Final = """text => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  document.adoptedStyleSheets = [sheet];
}"""
KEYED: Final = (
    *("found", "nothing found", "film", "film of all forms", "exhibit", "sign-in", "account"),
    *("draft", "queue", "review of one's own", "asked once more", "managing people"),
    *("managing checklists", "statistics", "help"),
)
HEIGHT: Final = "selector => document.querySelector(selector).offsetHeight"
THREE_ROWS: Final = 3 * 44
"""Pixels: what can be pressed is 44 high at least."""
REACHABLE: Final = """() => [...document.querySelectorAll(
    'a[href], button, input, select, textarea, summary, [tabindex="0"]')]
  .filter((each) => each.tabIndex >= 0 && each.type !== 'hidden' && each.checkVisibility()
    && !(each.type === 'radio' && each.name && !each.checked
         && document.querySelector(`input[type=radio][name="${each.name}"]:checked`))).length"""


def badly_set(page: Page, where: str) -> list[str]:
    """Return what is lost of a page in its small window, and with letters as a reader wants them."""
    wrong = [f"{where}: it moves"] if page.evaluate(MOVING) else []
    wrong += _lost(page, where)
    for words, window in ASKED:
        page.evaluate(ASK, LETTERS[words])
        if page.viewport_size != window:
            page.set_viewport_size(window)
        wrong += _lost(page, f"{where}, {words}")
    return wrong


def _lost(page: Page, where: str) -> list[str]:
    place = f"{where}, in {page.viewport_size}"
    wide = page.evaluate(SIDEWAYS)
    cut = [f"{place}: cuts off {each}" for each in page.evaluate(CLIPPED)]
    return cut + ([f"{place}: {wide} pixels wider than the window"] if wide > 0 else [])


def test_every_page_is_for_everybody(furnished: Furnished, browser: Browser) -> None:
    """In both directions of writing, by turns: while one page is looked at, the other is fetched."""
    visits = {tag: Visit(browser, furnished.running, tag, TALL) for tag in ("en", "ar")}
    wrong: list[str] = []
    for name, sight in furnished.sights.items():
        pages = {f"{name} ({tag})": visit.opened(sight) for tag, visit in visits.items()}
        for page in pages.values():
            page.emulate_media(color_scheme="light")
            ask(page, EVERYTHING)
        for where, page in pages.items():
            wrong += findings(page, where)
            page.emulate_media(color_scheme="dark")
            ask(page, COLOURS)
        for where, page in pages.items():
            wrong += findings(page, f"{where}, dark")
            page.set_viewport_size(SMALL)
            ask(page, ROOM)
        for where, page in pages.items():
            wrong += findings(page, f"{where}, small")
            wrong += badly_set(page, where)
    said = [each for visit in visits.values() for each in visit.said]
    for visit in visits.values():
        visit.close()
    assert wrong == []
    assert said == []


def test_the_letters_are_as_large_as_the_reader_wants_them(
    furnished: Furnished, browser: Browser
) -> None:
    """The size that is set in a browser counts, and columns go below each other for it."""
    visit = Visit(browser, furnished.running, "en")
    page = visit.opened(furnished.sights["found"])
    drawn = "() => parseFloat(getComputedStyle(document.querySelector('.results p')).fontSize)"
    beside = "() => getComputedStyle(document.querySelector('.two')).gridTemplateColumns.split(' ')"
    before = page.evaluate(drawn)
    assert len(page.evaluate(beside)) == 2
    line = page.context.new_cdp_session(page)
    line.send("Page.setFontSizes", {"fontSizes": {"standard": 32}})
    assert page.evaluate(drawn) >= 1.8 * before
    assert len(page.evaluate(beside)) == 1
    visit.close()


def test_on_a_phone_the_ways_stand_in_two_rows_for_everybody_in_every_language(
    furnished: Furnished, browser: Browser
) -> None:
    visit, heights = Visit(browser, furnished.running, "en", SMALL), {}
    for who in (None, "contributor", "curator", "admin"):
        for tag in TAGS:
            page = visit.opened(Sight(f"/about?lang={tag}", who))
            heights[who, tag] = page.evaluate(f"({HEIGHT})('.masthead .page')")
    visit.close()
    assert {where: height for where, height in heights.items() if height >= THREE_ROWS} == {}


def test_the_keyboard_reaches_everything_and_shows_where_it_is(
    furnished: Furnished, browser: Browser
) -> None:
    visit = Visit(browser, furnished.running, "en")
    for name in KEYED:
        page = visit.opened(furnished.sights[name])
        wanted = page.evaluate(REACHABLE)
        page.evaluate("document.querySelector('.skip').focus()")
        reached = [page.evaluate(FOCUS)]
        while len(reached) <= wanted + 5:
            page.keyboard.press("Tab")
            found = page.evaluate(FOCUS)
            if found is None:
                break
            reached.append(found)
        assert [each["name"] for each in reached if not each["seen"]] == [], name
        assert len(reached) >= wanted, (name, reached)
    visit.close()


def test_what_is_typed_while_the_line_is_away_is_not_lost(
    furnished: Furnished, browser: Browser
) -> None:
    visit = Visit(browser, furnished.running, "en")
    page = visit.opened(furnished.sights["review of one's own"])
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
