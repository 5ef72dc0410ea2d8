"""Whole journeys with the keyboard and nothing else: giving, judging, finding, taking.

Wherever the keyboard stands it can be seen, and no action throws it back to the head of the page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.factories.pictures import bridge
from tests.journeys.browsing import FOCUS, LARGE, PATIENCE, draft_of, sign_in
from tests.journeys.conftest import Running, until

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, FileChooser, Page

    from tests.journeys.furnished import Furnished

MOST_STOPS: Final = 160
HERE: Final = "selector => !!document.activeElement && document.activeElement.matches(selector)"
HELD: Final = "() => document.activeElement && document.activeElement !== document.body"


class Keys:
    """Somebody at a keyboard."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.set_default_timeout(PATIENCE)

    def to(self, selector: str) -> None:
        """Go on by Tab to an element; on the way everything shows where the keyboard is."""
        for _ in range(MOST_STOPS):
            self.page.keyboard.press("Tab")
            found = self.page.evaluate(FOCUS)
            assert found is None or found["seen"], (selector, found)
            if self.page.evaluate(HERE, selector):
                return
        raise AssertionError(selector)

    def type(self, selector: str, words: str) -> None:
        """Go to a field and write."""
        self.to(selector)
        self.page.keyboard.type(words)

    def press(self, selector: str, key: str = "Enter") -> None:
        """Go to something and press it."""
        self.to(selector)
        self.page.keyboard.press(key)

    def send(self, selector: str) -> None:
        """Press what leads to an answer of the portal; the keyboard stands in the midst of it."""
        self.to(selector)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.holds()

    def holds(self) -> None:
        """Hold that the keyboard stands somewhere on the page."""
        self.page.wait_for_function(HELD)


def test_an_activity_is_given_and_judged_by_keyboard_alone(
    caravan: Running, browser: Browser, tmp_path: Path
) -> None:
    file = bridge(tmp_path / "span.png", spans=5)
    giver, curator = (browser.new_context(viewport=LARGE, locale="en").new_page() for _ in "ab")
    for page in (giver, curator):
        page.set_default_timeout(PATIENCE)
    sign_in(giver, caravan, "contributor")
    rid = give(giver, caravan, file)
    sign_in(curator, caravan, "curator")
    judge(curator, caravan, rid)
    with caravan.client() as visitor:
        assert visitor.get(f"/resources/{rid}").json()["title"] == {"en": "Folded and loaded"}
    for page in (giver, curator):
        page.context.close()


def give(page: Page, running: Running, file: Path) -> str:
    keys = Keys(page)
    choosers = asked_for_files(page)
    keys.press(".masthead nav a[href='/contribute']")
    page.wait_for_url("**/contribute")
    keys.type("select[name=kind]", "Activity")
    keys.send("form[action='/contribute/new'] button")
    rid = draft_of(page)
    page.locator("input[type=file][multiple]").wait_for(state="attached")
    keys.press("[data-choose]")
    until(lambda: page.evaluate("true") and choosers, 120)
    choosers[0].set_files(file)
    page.locator("[data-files] > li[id]").wait_for()
    keys.holds()
    looked_at(running, rid)
    keys.type("[name='title.en']", "Folded and loaded")
    keys.type("[name='summary.en']", "How much a sheet carries.")
    keys.type("[name=subjects]", "bridges")
    keys.press("[name=uses][value=show]:not(:checked), [name=uses][value=build]", " ")
    keys.type("[name=licence]", "CC-BY-4.0")
    keys.to("[name=access]")
    while not page.evaluate(HERE, "[name=access][value=open]:checked"):
        page.keyboard.press("ArrowRight")
    keys.press(".deck button[value=stay]")
    page.get_by_text("Kept.", exact=True).wait_for()
    keys.holds()
    keys.send(".deck button[value=hand_over]")
    page.get_by_text("Handed over. Thank you.").wait_for()
    keys.send("main form[action$='/take-back'] button")
    keys.send(".deck button[value=hand_over]")
    return rid


def asked_for_files(page: Page) -> list[FileChooser]:
    """Return where a page asks for files; to be called early, since a key is quicker than this."""
    found: list[FileChooser] = []

    def note(chooser: FileChooser) -> None:
        found.append(chooser)

    page.on("filechooser", note)
    return found


def looked_at(running: Running, rid: str) -> None:
    """Wait until the machine has looked into the file."""
    with running.client("contributor") as giver:

        def done() -> bool:
            files = giver.get(f"/resources/{rid}/assets").json()["results"]
            return [each["state"] for each in files] == ["done"]

        until(done, 120)


def judge(page: Page, running: Running, rid: str) -> None:
    keys = Keys(page)
    keys.press(".masthead nav a[href='/moderate']")
    page.wait_for_url("**/moderate")
    keys.press(f".queue a[href='/moderate/{rid}']")
    page.wait_for_url(f"**/moderate/{rid}")
    keys.send(f"form[action='/moderate/{rid}/claim'] button")
    keys.type(".new-note textarea", "How heavy is it?")
    keys.send(".new-note button")
    keys.press(".thread summary")
    keys.type(".thread textarea", "A kilogram.")
    keys.send(".thread details button")
    keys.send(".thread form[action$='/settled'] button")
    keys.press("#checklist input[name=points]", " ")
    page.locator("#checklist [data-kept]", has_text="Kept.").wait_for()
    keys.holds()
    keys.send("button[name=decision][value=publish]")
    assert page.evaluate(HERE, "#decision [role=alert] button")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    keys.holds()
    page.get_by_text("Decided.").wait_for()


def test_a_film_is_found_and_taken_by_keyboard_alone(
    furnished: Furnished, browser: Browser
) -> None:
    film = furnished.sights["film"].path
    page = browser.new_context(viewport=LARGE, locale="en").new_page()
    page.goto(f"{furnished.running.address}/")
    keys = Keys(page)
    keys.type("input[type=search]", "magnets")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=magnets**")
    keys.press(".opens summary")
    assert page.locator(".opens .menu").first.is_visible()
    keys.press("input[name=kind][value=film]", " ")
    page.keyboard.press("Enter")
    page.wait_for_url("**kind=film**")
    keys.press(f"h2 a[href='{film}']")
    page.wait_for_url(f"**{film}")
    keys.to("a[download]")
    with page.expect_download() as taken:
        page.keyboard.press("Enter")
    assert taken.value.suggested_filename == "film.mp4"
    page.context.close()
