"""Giving in a real browser: folders, broken lines, reloads, two windows, and names that mean harm."""

from __future__ import annotations

import hashlib
import random
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect
from sqlalchemy import select, update

from catalog.database import Database
from catalog.tables.resource import Version
from catalog.tables.text import Text
from tests.factories.house import VALUES
from tests.factories.relay import Fault, Relay
from tests.journeys.browsing import sign_in
from tests.journeys.conftest import Running, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = pytest.mark.timeout(400)
"""A busy machine takes its time over a browser; alone, all of it is done in half a minute."""
PATIENCE = 60_000
HARM = '"><img src=x onerror=window.harmed=1>\u202egpj.txt'
UPLOADS = "/api/v1/uploads"
FRESH = """async () => {
  const { freshPage } = await import(document.querySelector('link[href$="/page.js"]').href);
  await freshPage();
}"""
"""Look at the page anew, as it does itself when a file has come."""
MARKUP = "all => all.map((each) => each.parentElement.dataset.field + each.innerHTML)"


@pytest.fixture(scope="module")
def relay(caravan: Running) -> Iterator[Relay]:
    """A line to the portal that breaks when it is told to."""
    made = Relay(caravan.port)
    yield made
    made.stop()


@pytest.fixture(scope="module")
def context(caravan: Running, browser: Browser, relay: Relay) -> Iterator[BrowserContext]:
    """The contributor's browser, on that line."""
    opened = browser.new_context(locale="en")
    opened.set_default_timeout(PATIENCE)
    sign_in(opened.new_page(), replace(caravan, port=relay.port), "contributor")
    yield opened
    opened.close()


@pytest.fixture
def rid(caravan: Running) -> str:
    with caravan.client("contributor") as giver:
        return str(giver.post("/resources", json=VALUES).raise_for_status().json()["id"])


@pytest.fixture
def page(context: BrowserContext, relay: Relay, rid: str) -> Iterator[Page]:
    opened = context.new_page()
    visit(opened, relay, rid)
    yield opened
    relay.faults.clear()
    opened.close()


def visit(page: Page, relay: Relay, rid: str) -> None:
    """Open the page of a draft; its script is there when the field takes many files."""
    page.goto(f"http://127.0.0.1:{relay.port}/contribute/{rid}")
    page.locator("input[type=file][multiple]").wait_for(state="attached")


def kept(caravan: Running, rid: str) -> Any:
    with caravan.client("contributor") as giver:
        return giver.get(f"/resources/{rid}").json()


def names_of(caravan: Running, rid: str) -> list[str]:
    return sorted(each["filename"] for each in kept(caravan, rid)["assets"])


def drop(page: Page, path: Path) -> None:
    """Let a folder go over the page, as the desktop does: entries, not only files."""
    line = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(path)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        line.send("Input.dispatchDragEvent", {"type": kind, "x": 300, "y": 200, "data": data})


def test_a_folder_is_let_go_anywhere_and_all_that_is_meant_arrives_under_its_name(
    caravan: Running, page: Page, rid: str, tmp_path: Path
) -> None:
    folder = tmp_path / "exhibit"
    (folder / "drawings").mkdir(parents=True)
    (folder / HARM).write_text("Harm.", encoding="utf-8")
    (folder / "drawings" / "plan.txt").write_text("A plan.", encoding="utf-8")
    (folder / "磁铁.txt").write_text("磁铁", encoding="utf-8")
    (folder / ".DS_Store").write_bytes(b"\0")
    (folder / "Thumbs.db").write_bytes(b"\0")
    drop(page, folder)
    listed = page.locator("[data-files] > li[id]")
    expect(listed).to_have_count(3, timeout=PATIENCE)
    expect(page.locator("[data-sending] > li")).to_have_count(0)
    assert names_of(caravan, rid) == sorted([HARM, "plan.txt", "磁铁.txt"])
    assert page.evaluate("window.harmed") is None
    page.locator("form[data-upload] [data-choose-folder]").wait_for()
    with page.expect_file_chooser() as asked:
        page.click("[data-choose-folder]")
    asked.value.set_files(folder / "drawings")
    expect(listed).to_have_count(4, timeout=PATIENCE)
    assert names_of(caravan, rid).count("plan.txt") == 2


def test_a_file_that_came_as_the_line_went_away_stands_once_when_the_line_is_back(
    page: Page, rid: str, tmp_path: Path
) -> None:
    lost: list[str] = []

    def lose_the_first(route: Route) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.request.url)
            route.abort()

    page.route(re.compile(rf"/contribute/{rid}(\?|$)"), lose_the_first)
    path = tmp_path / "came.txt"
    path.write_text("All of it came.", encoding="utf-8")
    page.set_input_files("input[type=file]", path)
    expect(page.locator("[data-files] > li[id]")).to_have_count(1, timeout=PATIENCE)
    expect(page.locator("[data-sending] > li")).to_have_count(0, timeout=PATIENCE)
    assert lost


def test_of_a_very_large_folder_the_page_says_what_is_taken_what_is_left_and_what_to_do(
    page: Page, relay: Relay, tmp_path: Path
) -> None:
    folder = tmp_path / "shelf"
    folder.mkdir()
    for number in range(2003):
        (folder / f"{number:04}.txt").touch()
    # The line is away, so that nothing needs to arrive for it.
    relay.faults.append(Fault(UPLOADS, "refuse", times=1_000_000))
    told, rows = page.locator("[data-cut]"), page.locator("[data-sending] > li")
    expect(told).to_be_hidden()
    drop(page, folder)
    words = [
        "Only 2,000 files go at once.",
        "Taken: all up to \u2068shelf/1999.txt\u2069.",
        "Left: 3, from \u2068shelf/2000.txt\u2069 on.",
        "choose what was left, or give it packed as one ZIP file",
    ]
    for each in words:
        expect(told).to_contain_text(each, timeout=PATIENCE)
    expect(page.locator("[data-live]")).to_contain_text("Only 2,000 files", timeout=PATIENCE)
    expect(rows).to_have_count(2000)
    # Chosen it is said alike, and none of those on their way is taken twice; what fits is not spoken of.
    with page.expect_file_chooser() as asked:
        page.click("[data-choose-folder]")
    asked.value.set_files(folder)
    expect(told).to_contain_text(words[2], timeout=PATIENCE)
    expect(rows).to_have_count(2000)
    for number in range(3, 2000):
        (folder / f"{number:04}.txt").unlink()
    drop(page, folder)
    expect(told).to_be_hidden(timeout=PATIENCE)
    expect(rows).to_have_count(2003, timeout=PATIENCE)


def test_a_film_is_paused_cut_off_and_chosen_again_after_a_reload_and_goes_on_where_it_stopped(
    caravan: Running, page: Page, relay: Relay, rid: str, tmp_path: Path
) -> None:
    content = random.Random(5).randbytes(6_000_000)
    film = tmp_path / "film.bin"
    film.write_bytes(content)
    row = page.locator("[data-sending] > li")
    relay.faults.append(Fault(f"PATCH {UPLOADS}", "hang"))
    page.set_input_files("input[type=file]", str(film))
    until(lambda: not relay.faults[0].times)
    row.get_by_role("button", name="Pause").click()
    expect(row).to_contain_text("are safe here")
    page.click("button[name=then][value=hand_over]")
    expect(page.locator("[data-missing]")).to_contain_text("film.bin")
    relay.faults[:] = [
        Fault(f"PATCH {UPLOADS}", "cut", after=3_000_000),
        Fault(UPLOADS, "refuse", times=1_000_000, after=0),
    ]
    # Its first question after the pause is still answered; what comes after the cut is not.
    relay.faults.insert(0, Fault(f"HEAD {UPLOADS}", "none"))
    row.get_by_role("button", name="Try now").click()
    expect(row).to_contain_text("the line was lost", timeout=PATIENCE)

    def stopped() -> int:
        page.reload()
        return int(page.locator("[data-upload-at]").get_attribute("data-received") or 0)

    safe = int(str(until(stopped)))
    assert 0 < safe < len(content)
    expect(row).to_contain_text("Choose the same file again")
    relay.faults.clear()
    offsets: list[str | None] = []
    page.on(
        "request",
        lambda asked: (
            offsets.append(asked.headers.get("upload-offset")) if asked.method == "PATCH" else None
        ),
    )
    page.locator("input[type=file][multiple]").wait_for(state="attached")
    page.set_input_files("input[type=file]", str(film))
    expect(page.locator("[data-files]")).to_contain_text("film.bin", timeout=PATIENCE)
    assert offsets == [str(safe)]
    [asset] = kept(caravan, rid)["assets"]
    assert asset["sha256"] == hashlib.sha256(content).hexdigest()
    expect(row).to_have_count(0)


def test_a_machine_that_slept_in_the_middle_of_a_file_goes_on_by_itself(
    caravan: Running, page: Page, relay: Relay, rid: str, tmp_path: Path
) -> None:
    film = tmp_path / "night.bin"
    film.write_bytes(b"night" * 100_000)
    page.clock.install()
    visit(page, relay, rid)
    relay.faults.append(Fault(f"PATCH {UPLOADS}", "hang"))
    page.set_input_files("input[type=file]", str(film))
    until(lambda: not relay.faults[0].times)
    page.clock.fast_forward("08:00:00")
    expect(page.locator("[data-files]")).to_contain_text("night.bin", timeout=PATIENCE)
    [asset] = kept(caravan, rid)["assets"]
    assert asset["bytes"] == film.stat().st_size


def by_machine(caravan: Running, rid: str) -> None:
    """Let a machine have written the Chinese texts of a draft: nothing of the program does so yet."""
    with caravan.client("contributor") as giver:
        patch = {"summary": {"zh": "水上的针"}}
        giver.patch(f"/resources/{rid}", json=patch).raise_for_status()
    database = Database(f"sqlite:///{caravan.home / 'caravan.db'}")
    of_it = select(Version.id).where(Version.resource_id == rid).scalar_subquery()
    with database.unit_of_work() as session:
        drafted = update(Text).where(Text.version_id == of_it, Text.language == "zh")
        session.execute(drafted.values(origin="machine"))
    database.dispose()


def test_two_windows_on_one_draft_lose_nothing_and_ask(
    caravan: Running, page: Page, relay: Relay, rid: str
) -> None:
    by_machine(caravan, rid)
    visit(page, relay, rid)
    other = page.context.new_page()
    visit(other, relay, rid)
    # What a machine has written is right, or is changed: who said so stands there without a reload,
    # where it stands after one, and the keyboard goes on from there.
    title, summary = (page.locator(f"[data-field='{name}.zh']") for name in ("title", "summary"))
    expect(page.locator("[data-drafted=zh]")).to_be_visible()
    sent: list[str] = []
    page.on(
        "request", lambda asked: sent.append(asked.post_data or "") if "draft" in asked.url else 0
    )
    title.get_by_label("It is right").press("Space")
    expect(title.locator("[data-checked]")).to_have_text("Checked by you", timeout=PATIENCE)
    expect(title.locator("[data-checked]")).to_be_focused()
    expect(page.locator("[name=checked]")).to_have_count(1)
    summary.locator("textarea").fill("水上的磁针")
    expect(summary.locator("[data-checked]")).to_have_text("Checked by you", timeout=PATIENCE)
    expect(summary.locator("textarea")).to_be_focused()
    expect(page.locator("[data-drafted=zh]")).to_have_count(0)
    assert [words.count("changed=") for words in sent] == [1, 1]
    said = page.locator("[data-origin]")
    seen = said.evaluate_all(MARKUP)
    visit(page, relay, rid)
    assert said.evaluate_all(MARKUP) == seen
    other.evaluate(FRESH)
    expect(other.locator("[data-checked]")).to_have_text(["Checked by you"] * 2)
    page.fill("[name='title.en']", "Mine")
    until(lambda: kept(caravan, rid)["title"]["en"] == "Mine")
    other.fill("[name='title.en']", "Theirs")
    other.fill("[name='summary.en']", "Only here")
    clash = other.locator(".clash")
    expect(clash).to_contain_text("Mine", timeout=PATIENCE)
    assert other.input_value("[name='title.en']") == "Theirs"
    until(lambda: kept(caravan, rid)["summary"]["en"] == "Only here")
    assert kept(caravan, rid)["title"]["en"] == "Mine"
    expect(other.locator("h1")).to_have_text("Mine", timeout=PATIENCE)
    clash.get_by_role("button", name="Keep mine").click()
    until(lambda: kept(caravan, rid)["title"]["en"] == "Theirs")
    expect(clash).to_have_count(0)
    # The first window only looks: what changed elsewhere is taken over there without a question.
    page.fill("[name=year]", "2019")
    until(lambda: kept(caravan, rid)["year"] == 2019)
    expect(page.locator("[name='title.en']")).to_have_value("Theirs")
    expect(page.locator(".clash")).to_have_count(0)
    # Handed over from an old page without a word typed: refused, and kept only when that is asked for.
    with caravan.client("contributor") as giver:
        giver.patch(f"/resources/{rid}", json={"credit": "Elsewhere"}).raise_for_status()
    page.click("button[name=then][value=hand_over]")
    expect(page.locator("[data-theirs]")).to_contain_text("Elsewhere", timeout=PATIENCE)
    page.locator("input[type=file][multiple]").wait_for(state="attached")
    page.click(".deck button[name=then][value=stay]")
    until(lambda: kept(caravan, rid)["credit"] is None)
    other.close()


def test_what_is_typed_while_the_line_is_away_survives_a_reload_and_is_kept(
    caravan: Running, page: Page, relay: Relay, rid: str
) -> None:
    relay.faults.append(Fault("POST /contribute/", "refuse", times=1_000_000))
    page.fill("[name='summary.en']", "Typed in a tunnel")
    page.uncheck("[name=uses][value=copy]")
    expect(page.locator("[data-tidings]")).to_contain_text("The line is away", timeout=PATIENCE)
    page.reload()
    expect(page.locator("[name='summary.en']")).to_have_value("Typed in a tunnel")
    relay.faults.clear()
    until(lambda: kept(caravan, rid)["summary"]["en"] == "Typed in a tunnel")
    assert kept(caravan, rid)["uses"] == ["show"]
    page.reload()
    page.locator("input[type=file][multiple]").wait_for(state="attached")
    expect(page.locator("[data-tidings]")).to_be_empty()


def test_a_second_language_stands_beside_the_first_without_leaving_the_page(
    caravan: Running, page: Page, rid: str
) -> None:
    page.click("summary:has-text('Other language')")
    page.click("button[name=other][value=ru]")
    expect(page.locator("#title-ru")).to_be_focused(timeout=PATIENCE)
    page.keyboard.type("Магниты плавают")
    page.fill("[name=subjects]", "магнетизм, 指南针")
    page.check("[name=kind][value=lesson_plan]")
    expect(page.locator("[name='details.duration_minutes']")).to_be_visible(timeout=PATIENCE)
    until(lambda: kept(caravan, rid)["title"].get("ru") == "Магниты плавают")
    expect(page.locator("[data-chosen]")).to_contain_text("Magnetism, Compass")
    page.fill("[name=year]", "19")
    expect(page.locator("[data-field=year]")).to_contain_text("must be between", timeout=PATIENCE)
    page.click("button[name=then][value=hand_over]")
    expect(page.locator("[name=year]")).to_be_focused(timeout=PATIENCE)
    assert kept(caravan, rid)["state"] == "draft"


@pytest.mark.parametrize(
    ("tag", "said"),
    [
        ("my", ["400\u00a0kB", "၂၀ စက္ကန့်", "၅ မိနစ်ခန့်", "၆၁%", "၀၉:၀၅"]),
        ("ar", ["400\u00a0كيلوبايت", "61", "09:05"]),
    ],
)
def test_scripts_say_sizes_and_times_in_the_words_and_digits_of_the_page(
    page: Page, relay: Relay, rid: str, tag: str, said: list[str]
) -> None:
    page.goto(f"http://127.0.0.1:{relay.port}/contribute/{rid}?lang={tag}")
    told = page.evaluate(
        """async () => {
          const source = document.querySelector('link[href*="wording"]').href;
          const { size, timeLeft, share, clock, ago } = await import(source);
          const before = new Date(2026, 10, 26, 9, 5);
          return [size(400000), timeLeft(20), timeLeft(300), share(61, 100), clock(before), ago(before)];
        }"""
    )
    page.goto(f"http://127.0.0.1:{relay.port}/contribute/{rid}?lang=en")
    assert [words for words in said if not any(words in each for each in told)] == []
