"""The whole way in a real browser: give, judge, find, take; and again with scripts off."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.browsing import LARGE, SMALL, draft_of, sign_in
from tests.journeys.conftest import Running, until

if TYPE_CHECKING:
    from pathlib import Path


def publish(curator: Page) -> None:
    """Publish with nothing ticked: the page asks once more."""
    curator.click("button[name=decision][value=publish]")
    expect(curator.locator("#decision [role=alert]")).to_be_visible()
    curator.click("#decision [role=alert] button[value=publish]")
    expect(curator.locator("body")).to_contain_text("Decided")


def describe_lesson(giver: Page, title: str) -> None:
    """Write what a lesson needs, and hand it over."""
    giver.fill("[name='title.en']", title)
    giver.fill("[name='summary.en']", "Forty strokes and a bowl of water.")
    giver.fill("[name=subjects]", "magnetism")
    giver.fill("[name=ages_from]", "8")
    giver.fill("[name=ages_to]", "10")
    giver.fill("[name='details.duration_minutes']", "30")
    giver.fill("[name=licence]", "CC-BY-4.0")
    giver.check("[name=uses][value=show]")
    giver.check("[name=access][value=open]")
    giver.click("button[name=then][value=hand_over]")
    expect(giver.locator("body")).to_contain_text("Handed over")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_lesson_is_given_judged_and_found(
    caravan: Running, browser: Browser, tmp_path: Path, scripts: bool
) -> None:
    title = f"Floating needles {'with' if scripts else 'without'} scripts"
    sheet = tmp_path / "sheet.txt"
    sheet.write_text("Stroke the needle forty times.\n" * 5, encoding="utf-8")
    giver = browser.new_context(java_script_enabled=scripts, locale="en").new_page()
    sign_in(giver, caravan, "contributor")
    giver.goto(f"{caravan.address}/contribute")
    giver.select_option("select[name=kind]", "lesson_plan")
    giver.click("form[action='/contribute/new'] button")
    if scripts:
        # Chosen is sent; the page is left only when the file has arrived.
        giver.locator("input[type=file][multiple]").wait_for(state="attached")
        giver.set_input_files("input[type=file]", str(sheet))
        expect(giver.locator("[data-files]")).to_contain_text("sheet.txt")
    else:
        giver.set_input_files("input[type=file]", str(sheet))
        giver.click("form[data-upload] button.solid")
    address = giver.url.split("#")[0].split("?")[0]

    def listed() -> bool:
        giver.goto(address)
        return "sheet.txt" in giver.content() and "Good as it is" in giver.content()

    until(listed, 60)
    describe_lesson(giver, title)
    rid = address.split("/")[-1]

    curator = browser.new_context(java_script_enabled=scripts, locale="en").new_page()
    sign_in(curator, caravan, "curator")
    curator.goto(f"{caravan.address}/moderate")
    curator.goto(f"{caravan.address}/moderate/{rid}")
    curator.click(f"form[action='/moderate/{rid}/claim'] button")
    curator.fill(".new-note textarea", "Is the needle steel?")
    curator.click(".new-note button")
    expect(curator.locator("#notes .thread")).to_contain_text("Is the needle steel?")
    if not scripts:
        curator.check("#checklist input[name=points] >> nth=0")
        curator.click("[data-keep-ticks]")
        expect(curator.locator("#checklist input[name=points]").first).to_be_checked()
    publish(curator)

    visitor = browser.new_context(java_script_enabled=scripts, locale="en").new_page()

    def found() -> bool:
        visitor.goto(f"{caravan.address}/?q=floating+needles")
        return title in visitor.content()

    until(found, 20)
    visitor.click(f"text={title}")
    with visitor.expect_download() as taken:
        visitor.click("a[download]")
    assert "Stroke the needle" in taken.value.path().read_text(encoding="utf-8")


@pytest.mark.parametrize("tag", ["en", "zh", "ar"])
def test_pages_fit_the_screen_and_say_nothing_in_the_console(
    caravan: Running, browser: Browser, tag: str
) -> None:
    page = browser.new_context(locale=tag).new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    for path in ("/", "/?q=", "/about", "/sign-in", "/help", "/nothing-here"):
        for size in (SMALL, LARGE):
            page.set_viewport_size(size)
            if size == SMALL:
                page.goto(f"{caravan.address}{path}")
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path
        assert page.locator("html").get_attribute("lang") == tag
        assert page.locator("html").get_attribute("dir") == ("rtl" if tag == "ar" else "ltr")
    assert [each for each in said if "404" not in each] == []
    page.context.close()


def send_exhibit(giver: Page, running: Running, files: list[Path]) -> str:
    """Give an exhibit through the page, nothing loaded again meanwhile; return its id."""
    giver.goto(f"{running.address}/contribute")
    giver.select_option("select[name=kind]", "exhibit")
    giver.click("form[action='/contribute/new'] button")
    sent: list[str] = []
    giver.on("request", lambda request: sent.append(f"{request.method} {request.url}"))
    giver.locator("input[type=file][multiple]").wait_for(state="attached")
    giver.set_input_files("input[type=file]", [str(each) for each in files])
    listed = giver.locator("[data-files]")
    expect(listed).to_contain_text("Good as it is", timeout=120_000)
    expect(listed.locator("[data-working]")).to_have_count(0, timeout=120_000)
    expect(listed.locator("> li")).to_have_count(len(files))
    assert sum(each.startswith("PATCH ") and "/uploads/" in each for each in sent) == len(files)
    assert not any(each.startswith("POST ") and "/files" in each for each in sent)
    giver.fill("[name='title.en']", "A cube for the blind")
    giver.fill("[name='summary.en']", "Three letters to feel.")
    giver.fill("[name=subjects]", "геометрия")
    giver.fill("[name=licence]", "CC-BY-4.0")
    giver.check("[name=uses][value=build]")
    giver.check("[name=access][value=partners]")
    giver.click("button[name=then][value=hand_over]")
    expect(giver.locator("body")).to_contain_text("Handed over")
    return draft_of(giver)


def judge_exhibit(curator: Page, running: Running, rid: str) -> None:
    """Leave a note, release what is held, publish."""
    curator.goto(f"{running.address}/moderate")
    curator.click("text=A cube for the blind")
    curator.click(f"form[action='/moderate/{rid}/claim'] button")
    curator.fill("#notes textarea", "How heavy is it?")
    curator.click("#notes button.btn")
    expect(curator.locator("#notes")).to_contain_text("How heavy is it?")
    curator.fill("#files input[name=note]", "Only lines and letters.")
    curator.click("#files form button")
    expect(curator.locator("#files")).to_contain_text("Released: Only lines and letters.")
    for point in curator.locator("#checklist input[name=points]").all():
        point.check()
    curator.click("button[name=decision][value=publish]")
    expect(curator.locator("body")).to_contain_text("Decided")


def test_an_exhibit_of_real_files_is_sent_by_the_script_judged_and_taken_by_a_partner(
    caravan: Running, browser: Browser, samples: Path
) -> None:
    cube, panel = samples / "models" / "20mm_xyz_cube.stl", samples / "images" / "svg_panel.svg"
    giver, curator = (browser.new_context(locale="en").new_page() for _ in range(2))
    sign_in(giver, caravan, "contributor")
    rid = send_exhibit(giver, caravan, [cube, panel])
    sign_in(curator, caravan, "curator")
    judge_exhibit(curator, caravan, rid)
    visitor = browser.new_context(locale="zh").new_page()

    def found() -> bool:
        visitor.goto(f"{caravan.address}/?q=几何")
        return "A cube for the blind" in visitor.content()

    until(found, 30)
    visitor.click("text=A cube for the blind")
    assert visitor.locator("a[download]").count() == 0
    sign_in(visitor, caravan, "partner")
    visitor.goto(f"{caravan.address}/resources/{rid}")
    with visitor.expect_download() as taken:
        visitor.locator("a[download][href$='/content']").first.click()
    assert taken.value.path().read_bytes() in (cube.read_bytes(), panel.read_bytes())
