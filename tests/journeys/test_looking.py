"""Looking before taking, in a browser: a film in a form of one's choice, a model that turns.

The house is built beside and holds the mesh of a model; of the film nothing but its record, which is
enough to see what is asked for, when, and what the page says when it does not come.
"""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import trimesh
from playwright.sync_api import Browser, Page, Playwright, expect

from catalog.resources import reading
from search import indexer
from tests.factories.files import ENGLISH, FILM, TUBE, publish
from tests.factories.house import build_house
from tests.journeys.browsing import ARGS, opened
from tests.journeys.conftest import Running, raised

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Give a browser that can draw in three dimensions."""
    drawing = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
    running = opened(playwright, [each for each in ARGS if each != "--disable-gpu"] + drawing)
    yield running
    running.close()


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, str, str]]:
    home = tmp_path_factory.mktemp("looking") / "home"
    house = build_house(home)
    spoken = {"spoken_languages": ["zh"]}
    film = publish(house, [FILM, ENGLISH], details=spoken, language="zh")
    cube = trimesh.creation.box((1, 2, 3)).export(file_type="glb")
    exhibit = publish(
        house, [replace(TUBE, made={"still": 6_000, "mesh": len(cube)})], kind="exhibit"
    )
    with house.services.database.reading() as session:
        view = reading.resource(session, house.actors["curator"], exhibit)
    mesh = view.assets[0].rendition("mesh")
    assert mesh is not None
    house.services.store.put(mesh.key, io.BytesIO(cube))
    indexer.rebuild(house.services.database, house.services.engine)
    house.services.close()
    running = raised(house, home, "--no-worker")
    running.start()
    yield running, film, exhibit
    running.stop()


def asked_by(page: Page) -> list[str]:
    """Note what a page asks for, by the last part of the address."""
    found: list[str] = []
    page.on("request", lambda request: found.append(request.url.rpartition("/")[2]))
    return found


def test_a_film_loads_when_it_is_pressed_in_the_form_that_is_pressed(
    shown: tuple[Running, str, str], browser: Browser
) -> None:
    running, film, _exhibit = shown
    context = browser.new_context(locale="en")
    page = context.new_page()
    asked = asked_by(page)
    context.add_cookies([{"name": "caravan_line", "value": "256", "url": running.address}])
    page.goto(f"{running.address}/resources/{film}?t=83#t=83", wait_until="load")
    button = page.locator("#player a.btn")
    expect(button).to_contain_text("Play in 144p from 1:23 on · 5.8")
    expect(button).to_be_focused()
    assert not any(each.startswith(("film_", "captions")) for each in asked)
    page.keyboard.press("Enter")
    media = page.locator("#player video")
    expect(media).to_be_focused()
    assert media.evaluate("each => each.currentTime") == 83
    page.wait_for_function("() => document.querySelector('#player [data-failed]').hidden === false")
    assert "film_144p" in asked
    assert "film_240p" not in asked
    modes = "each => [...each.textTracks].map((track) => track.language + ' ' + track.mode)"
    assert media.evaluate(modes) == ["en showing"]
    page.locator("label", has_text="Off").click()
    assert media.evaluate(modes) == ["en disabled"]
    page.locator("a[data-src]", has_text="240p").click()
    page.wait_for_function(
        "() => document.querySelector('#player video').src.endsWith('film_240p')"
    )
    context.close()


def test_where_somebody_stopped_is_kept_in_this_browser_and_said(
    shown: tuple[Running, str, str], browser: Browser
) -> None:
    running, film, _exhibit = shown
    context = browser.new_context(locale="en")
    page = context.new_page()
    page.goto(f"{running.address}/resources/{film}")
    resume = page.locator("[data-resume]")
    expect(resume).to_be_hidden()
    page.evaluate(
        "localStorage.setItem(`caravan-at:${document.querySelector('#player').dataset.asset}`, '192')"
    )
    page.reload()
    expect(resume).to_contain_text("goes on at 3:12")
    page.locator("#player a.btn").click()
    assert page.locator("#player video").evaluate("each => each.currentTime") == 192
    # A second in the address goes before it, and is said as well.
    page.goto("about:blank")
    page.goto(f"{running.address}/resources/{film}#t=83")
    expect(resume).to_contain_text("goes on at 1:23")
    assert {each["name"] for each in context.cookies()} <= {"caravan_lang"}
    context.close()


def test_a_model_is_loaded_and_turned_by_the_keyboard_and_its_still_stays_where_it_cannot_be(
    shown: tuple[Running, str, str], browser: Browser
) -> None:
    running, _film, exhibit = shown
    context = browser.new_context(locale="en")
    page = context.new_page()
    asked, said = asked_by(page), []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{running.address}/resources/{exhibit}", wait_until="load")
    assert "mesh" not in asked
    button = page.locator("[data-mesh] button")
    button.focus()
    page.keyboard.press("Enter")
    canvas = page.locator("[data-mesh] canvas")
    expect(canvas).to_be_focused()
    expect(page.locator("[data-told]")).to_contain_text("arrow keys")
    before = canvas.screenshot()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert canvas.screenshot() != before
    # Who cannot drag presses: near an edge it turns, in the middle it comes nearer.
    box = canvas.bounding_box()
    assert box is not None
    for place in (0.95, 0.5):
        before = canvas.screenshot()
        canvas.click(position={"x": box["width"] * place, "y": box["height"] / 2})
        assert canvas.screenshot() != before, place
    assert said == []
    page.route("**/renditions/mesh", lambda route: route.fulfill(body=b"glTF, not at all"))
    page.reload()
    button.click()
    expect(page.locator("[data-told]")).to_contain_text("cannot be shown")
    expect(page.locator("[data-mesh] img")).to_be_visible()
    # Where nothing can be drawn, nothing is loaded for it.
    asked.clear()
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page.reload()
    button.click()
    expect(page.locator("[data-told]")).to_contain_text("cannot be shown")
    assert "mesh" not in asked
    assert said == []
    context.close()
