"""One gift's whole way in English, Chinese and Arabic: given, judged, found, taken, and managed.

Everybody reads the pages in that language. Each step leaves a picture of the page, wide and narrow,
in `build/pictures/journeys/LANGUAGE/NN-step-WIDTH.png`.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import pytest

from config.languages import LANGUAGES
from config.subjects import load_concepts
from tests.factories.pictures import bridge
from tests.journeys.browsing import LARGE, PATIENCE, SIDEWAYS, SMALL, draft_of, sign_in
from tests.journeys.conftest import ROOT, Running, until
from tests.journeys.wording import Words

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, ConsoleMessage, Page

PICTURES: Final = ROOT / "build" / "pictures" / "journeys"
GIVEN: Final = {
    "en": ("A bridge of paper", "Five sheets carry a kilogram.", "Fold it, then load it."),
    "zh": ("纸桥", "五张纸能承受一公斤。", "先折叠,再加重物。"),
    "ar": ("جسر من الورق", "خمس ورقات تحمل كيلوغرامًا.", "اطوها ثم حمّلها."),
}
"""A title, a summary and a description as somebody writes them."""
SOUGHT: Final = {"en": "paper bridge", "zh": "纸桥", "ar": "جسر"}
ASKED: Final = {"en": "How heavy is it?", "zh": "有多重?", "ar": "كم وزنه؟"}
SUBJECT: Final = next(each for each in load_concepts() if each.id == "bridges").labels


@dataclass
class Walk:
    """What everybody sees in one language, and the pictures of it."""

    running: Running
    browser: Browser
    tag: str
    words: Words
    kept: int = 0
    said: list[str] = field(default_factory=list)

    def enter(self, who: str | None = None) -> Page:
        """Open the browser of a person, signed in."""
        page = self.browser.new_context(locale=self.tag, viewport=LARGE).new_page()
        page.set_default_timeout(PATIENCE)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.said.append(str(error)))
        if who is not None:
            sign_in(page, self.running, who)
        return page

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.said.append(f"{message.text} {message.location}")

    def goto(self, page: Page, path: str) -> None:
        page.goto(f"{self.running.address}{path}")

    def sees(self, page: Page, step: str, title: str, *texts: str) -> None:
        """Hold that the page is in this language, has its title and says these texts; keep it."""
        html = page.locator("html")
        assert html.get_attribute("lang") == self.tag
        assert html.get_attribute("dir") == LANGUAGES[self.tag].direction
        assert page.title() == f"{title} · Caravan"
        shown = " ".join(page.locator("body").inner_text().split())
        assert [text for text in texts if text not in shown] == [], (step, shown)
        assert self.words.english_left(page) == [], step
        self.keep(page, step)

    def keep(self, page: Page, step: str) -> None:
        """Keep a picture of the whole page in each width; none has to be scrolled sideways."""
        self.kept += 1
        for size in (SMALL, LARGE):
            page.set_viewport_size(size)
            assert page.evaluate(SIDEWAYS) <= 0, (step, size)
            name = f"{self.kept:02d}-{step}-{size['width']}.png"
            page.screenshot(path=PICTURES / self.tag / name, full_page=True)


@pytest.fixture(scope="module", autouse=True)
def _empty() -> None:
    """Leave no picture of an earlier run beside those of this one."""
    shutil.rmtree(PICTURES, ignore_errors=True)


def give(walk: Walk, file: Path) -> str:
    """Begin a gift, send its file, describe it, hand it over; return its id."""
    say, (title, summary, description) = walk.words, GIVEN[walk.tag]
    page = walk.enter()
    walk.goto(page, "/sign-in")
    walk.sees(page, "sign-in", say("Sign in"), say("E-mail"), say("Password"))
    sign_in(page, walk.running, "contributor")
    walk.goto(page, "/contribute")
    walk.sees(page, "giving", say("Give"), say("Give what you have made"), say("Begin"))
    page.select_option("select[name=kind]", "activity")
    page.click("form[action='/contribute/new'] button")
    rid = draft_of(page)
    page.locator("input[type=file][multiple]").wait_for(state="attached")
    page.set_input_files("input[type=file]", str(file))
    page.fill(f"[name='title.{walk.tag}']", title)
    page.fill(f"[name='summary.{walk.tag}']", summary)
    page.fill(f"[name='description.{walk.tag}']", description)
    page.fill("[name=subjects]", SUBJECT[walk.tag])
    page.fill("[name=licence]", "CC-BY-4.0")
    page.check("[name=uses][value=build]")
    page.check("[name=access][value=partners]")
    page.locator("[data-files] > li[id]").wait_for()
    looked_at(walk, rid)
    page.click(".deck button[name=then][value=stay]")
    page.get_by_text(say("Kept."), exact=True).wait_for()
    page.reload()
    steps = say("2 Describe and allow"), say("Good as it is"), say("Hand over")
    walk.sees(page, "described", title, *steps, file.name)
    page.click("button[name=then][value=hand_over]")
    page.get_by_text(say("Handed over. Thank you.")).wait_for()
    walk.sees(page, "handed-over", title, say("Take it back"))
    page.context.close()
    return rid


def looked_at(walk: Walk, rid: str) -> None:
    """Wait until the machine has looked into the file."""
    with walk.running.client("contributor") as giver:

        def done() -> bool:
            files = giver.get(f"/resources/{rid}/assets").json()["results"]
            return [each["state"] for each in files] == ["done"]

        until(done, 120)


def judge(walk: Walk, rid: str) -> None:
    """Take it from the queue, leave a note, tick the checklist, publish."""
    say, title = walk.words, GIVEN[walk.tag][0]
    page = walk.enter("curator")
    walk.goto(page, "/moderate")
    walk.sees(page, "queue", say("Desk"), say("Waiting"), title)
    page.click(f".queue a[href='/moderate/{rid}']")
    page.get_by_role("button", name=say("Take it into review")).click()
    page.locator("#decision").wait_for()
    walk.sees(page, "review", title, say("Checklist"), say("By your own eyes"), say("Publish"))
    page.fill(".new-note textarea", ASKED[walk.tag])
    page.get_by_role("button", name=say("Leave the note")).click()
    page.locator("#notes .thread", has_text=ASKED[walk.tag]).wait_for()
    for point in page.locator("#checklist input[name=points]").all():
        point.check()
    page.locator("#checklist [data-kept]", has_text=say("Kept.")).wait_for()
    walk.sees(page, "noted", title, ASKED[walk.tag], say("You"), say("Answer"))
    page.click("button[name=decision][value=publish]")
    page.get_by_text(say("Decided.")).wait_for()
    walk.sees(page, "decided", say("Desk"))
    page.context.close()


def find(walk: Walk, rid: str) -> None:
    """Find it by a word of this language, open it, and not be able to take it."""
    say, (title, summary, description) = walk.words, GIVEN[walk.tag]
    page = walk.enter()

    def found() -> bool:
        walk.goto(page, f"/?q={SOUGHT[walk.tag]}")
        return page.locator(f"h2 a[href='/resources/{rid}']").count() == 1

    until(found, 60)
    # Only now is there something in the index for certain, which the front counts.
    walk.goto(page, "/")
    front = say("What science museums have made, free for you to use")
    walk.sees(page, "front", front, say("By subject"))
    assert found()
    walk.sees(page, "found", page.locator("h1").inner_text(), title, summary, say("Show what fits"))
    page.click(f"h2 a[href='/resources/{rid}']")
    page.wait_for_url(f"**/resources/{rid}")
    closed = say("The files are for people of a partner institution.")
    walk.sees(page, "opened", title, description, closed)
    assert page.locator("a[download]").count() == 0
    page.context.close()


def take(walk: Walk, rid: str, file: Path) -> None:
    """Take the file that only partners may take."""
    page = walk.enter("partner")
    walk.goto(page, f"/resources/{rid}")
    with page.expect_download() as taken:
        page.locator("a[download][href$='/content']").first.click()
    assert taken.value.path().read_bytes() == file.read_bytes()
    walk.sees(page, "taken", GIVEN[walk.tag][0], walk.words("Take"))
    page.context.close()


def manage(walk: Walk) -> None:
    """Look at people, an institution, and what was given, found and taken."""
    say, page = walk.words, walk.enter("admin")
    walk.goto(page, "/manage/people")
    walk.sees(page, "people", say("People"), "partner@example.org", say("takes as a partner"))
    walk.goto(page, "/manage/institutions/lanzhou")
    house = page.locator("h1").inner_text()
    walk.sees(page, "institution", house, say("Its name, in the languages you have"))
    walk.goto(page, "/statistics")
    walk.sees(page, "statistics", say("What was given, found and taken"), say("How it is counted"))
    page.context.close()


@pytest.mark.parametrize("tag", ["en", "zh", "ar"])
def test_a_gift_goes_its_whole_way_in_the_language_of_those_who_meet_it(
    caravan: Running, browser: Browser, tmp_path: Path, tag: str
) -> None:
    walk = Walk(caravan, browser, tag, Words(tag))
    file = bridge(tmp_path / f"bridge-{tag}.png", spans=2 + list(GIVEN).index(tag))
    rid = give(walk, file)
    judge(walk, rid)
    find(walk, rid)
    take(walk, rid, file)
    manage(walk)
    assert walk.said == []
    kept = {each.name for each in (PICTURES / tag).iterdir()}
    assert len(kept) == 2 * walk.kept
