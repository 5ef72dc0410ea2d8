"""The page of a resource: what it shows, what it loads, and what its addresses say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from config.settings import load
from portal.app import create_app
from search import indexer
from tests.factories.files import CHINESE, ENGLISH, FILM, PLAN, QUESTIONS, TUBE, publish
from tests.factories.house import House, build_house
from tests.portal.test_search import counted
from tests.portal.test_templates import Seen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from werkzeug.test import TestResponse

ICON_BELOW = '"/></svg><img src='
"""A picture over the icon of its kind, which is seen until the picture has come."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    built = build_house(tmp_path_factory.mktemp("pages"))
    yield built
    built.services.close()


@pytest.fixture(scope="module")
def film(house: House) -> str:
    spoken = {"spoken_languages": ["zh"]}
    files = [FILM, ENGLISH, CHINESE, QUESTIONS]
    rid = publish(house, files, details=spoken, language="zh", ages=[8, 12])
    publish(house, [PLAN], kind="activity", title={"en": "Forty strokes"})
    house.index()
    indexer.rebuild(house.services.database, house.services.engine)
    return rid


@pytest.fixture(scope="module")
def ask(house: House) -> Callable[..., TestResponse]:
    app = create_app(house.services.settings, house.services)

    def get(path: str, line: str = "", **headers: str) -> TestResponse:
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        client = app.test_client()
        if line:
            client.set_cookie("caravan_line", line)
        answer = client.get(path, headers={"Accept-Language": "en", **told})
        assert answer.status_code == 200
        return answer

    return get


@pytest.fixture(scope="module")
def shown(ask: Callable[..., TestResponse]) -> Callable[..., str]:
    return lambda path, **headers: ask(path, **headers).get_data(as_text=True)


def button(page: str) -> dict[str, Any]:
    return next(each for each in Seen(page).all("a") if "data-src" in each)


# -- the player --------------------------------------------------------------------------------------


def test_a_film_loads_its_poster_and_nothing_of_itself(
    film: str, shown: Callable[..., str]
) -> None:
    page = shown(f"/resources/{film}")
    seen = Seen(page)
    assert seen.all("video") == seen.all("audio") == seen.all("source") == []
    # Tracks stand in a template, which no browser loads anything of.
    outside = re.sub(r"<template.*?</template>", "", page, flags=re.DOTALL)
    assert "<track" not in outside
    loaded = {str(each["src"]).rpartition("/")[2] for each in seen.all("img")}
    assert loaded == {"poster", "thumbnail"}
    lazy = [each.get("loading") for each in seen.all("img") if "thumbnail" in str(each["src"])]
    assert set(lazy) == {"lazy"}
    assert page.count(ICON_BELOW) == 2


@pytest.mark.parametrize(
    ("line", "form"), [("64", "144p"), ("256", "144p"), ("512", "240p"), ("4096", "480p")]
)
def test_the_form_that_suits_the_line_is_offered_first_and_the_others_beside_it(
    film: str, shown: Callable[..., str], line: str, form: str
) -> None:
    page = shown(f"/resources/{film}", line=line)
    assert f"Play in {form}" in page
    links = [each for each in Seen(page).all("a") if "data-src" in each]
    names = [str(each["href"]).partition("play=")[2].partition("#")[0] for each in links]
    assert names == [f"film_{form}", "film_144p", "film_240p", "film_480p", "audio_only"]
    solid = page[page.index('class="btn solid"') :]
    suggested = "Original" if line == "4096" else f"Film, {form}"
    assert suggested in solid[: solid.index("</a>")]


def test_without_scripts_the_address_plays_from_the_second_it_names(
    film: str, shown: Callable[..., str]
) -> None:
    page = shown(f"/resources/{film}?t=83")
    assert "from 1:23 on" in page
    address = str(button(page)["href"]).partition("#")[0]
    assert address == f"/resources/{film}?play=film_144p&t=83"
    asked = Seen(shown(address, Referer=f"http://localhost/resources/{film}")).all("video")[0]
    assert str(asked["src"]).endswith("/renditions/film_144p#t=83")
    assert {"controls", "autoplay"} <= asked.keys()
    # Sent round in a mail, the same address waits to be pressed.
    strange = Seen(shown(address)).all("video")[0]
    assert "autoplay" not in strange
    assert strange["preload"] == "none"


@pytest.mark.parametrize(
    "query", ["play=film_999p", "play=poster", "play=", "t=-1", "t=1e9", "t=٣", f"t={'9' * 5000}"]
)
def test_an_address_that_lies_shows_the_page_as_it_is(
    film: str, shown: Callable[..., str], query: str
) -> None:
    page = shown(f"/resources/{film}?{query}")
    assert str(button(page)["href"]) == f"/resources/{film}?play=film_144p#player"


@pytest.mark.parametrize(
    ("reader", "chosen"), [("en", "en"), ("zh", None), ("zh-Hant", None), ("ar", None)]
)
def test_subtitles_are_on_where_the_readers_language_is_not_spoken(
    film: str, shown: Callable[..., str], reader: str, chosen: str | None
) -> None:
    seen = Seen(shown(f"/resources/{film}", Accept_Language=reader))
    on = [each["srclang"] for each in seen.all("track") if "default" in each]
    assert on == ([chosen] if chosen else [])
    ticked = [
        each["value"]
        for each in seen.all("input")
        if each.get("name") == "subs" and "checked" in each
    ]
    assert ticked == [chosen or ""]
    assert {each["srclang"] for each in seen.all("track")} == {"en", "zh"}


# -- what can be taken -------------------------------------------------------------------------------


def test_each_thing_to_take_stands_once(film: str, shown: Callable[..., str]) -> None:
    page = shown(f"/resources/{film}")
    names = re.findall(r'<tr><td><b class="strong">([^<]+)</b>', page)
    assert names == [
        "Film, 144p",
        "Film, 240p",
        "Film, 480p",
        "Sound only",
        "Subtitles, English",
        "Subtitles, Chinese",
        "Original, 1080p",
    ]
    beside = page[page.index("What came with it") : page.index("Goes well with this")]
    assert beside.count("<li>") == 1
    assert "Questions for the class" in beside
    assert "2\u00a0pages · English" in beside
    assert "Text only, no pictures · <bdi>2\u00a0kB</bdi>" in beside
    assert ".srt" not in page


def test_pages_are_leafed_through_by_links(house: House, shown: Callable[..., str]) -> None:
    rid = publish(house, [PLAN], kind="lesson_plan", ages=[8, 12], details={"duration_minutes": 45})
    first = Seen(shown(f"/resources/{rid}"))
    pictures = [str(each["src"]) for each in first.all("img") if "page_" in str(each["src"])]
    assert [each.rpartition("/")[2] for each in pictures] == ["page_1"]
    ways = {str(each.get("rel")): str(each["href"]) for each in first.all("a") if "rel" in each}
    assert ways.keys() == {"next", "license"}
    middle = shown(ways["next"].partition("#")[0])
    assert "page 2 of 3" in middle
    assert "page_2" in middle
    assert re.findall(r'rel="(?:prev|next)" href="([^"]+)"', middle) == [
        f"/resources/{rid}?page=1#leaf",
        f"/resources/{rid}?page=3#leaf",
    ]
    for lie in ("0", "4", "-1", "x", "9" * 400):
        assert "page 1 of 3" in shown(f"/resources/{rid}?page={lie}"), lie


def test_a_model_turns_when_it_is_pressed_and_says_what_it_weighs(
    house: House, shown: Callable[..., str]
) -> None:
    rid = publish(house, [TUBE], kind="exhibit", details={"power_w": 0, "buildability": 2})
    page = shown(f"/resources/{rid}")
    box = next(each for each in Seen(page).all("div") if "data-mesh" in each)
    assert str(box["data-mesh"]).endswith("/renditions/mesh")
    # Without scripts there is the still, and no button that would do nothing.
    assert re.search(r'<button class="btn" type="button" hidden>.*?9\.1\u00a0kB', page, re.DOTALL)
    assert 'renditions/still" alt=""' in page
    assert page.count("data-mesh") == 1
    assert "build it in a workshop" in page
    assert "<bdi>none</bdi> <small></small>" in page
    # A still lets its ground through, and the icon of the kind would be seen behind it.
    assert ICON_BELOW not in page[: page.index("Drawings and models")]


# -- around it ---------------------------------------------------------------------------------------


def test_the_way_back_says_how_many_were_found_and_shows_nothing_of_a_strange_address(
    film: str, shown: Callable[..., str]
) -> None:
    path = f"/resources/{film}"
    page = shown(path, Referer="http://localhost/?q=strokes&sort=newest")
    assert '<a href="/?q=strokes&amp;sort=newest">Back to 1 resource for “strokes”</a>' in page
    assert "Back to 1 resource</a>" in shown(path, Referer="http://localhost/?kind=film")
    assert "Back to the results</a>" in shown(path, Referer="http://localhost/?q=zzzzzz")
    for strange in (
        "http://elsewhere.example/?q=needle",
        "http://localhost/",
        "http://localhost/?evil=1",
        "http://localhost/?page=x",
        "http://localhost/contribute?q=needle",
        "http://localhost.evil.example/?q=needle",
    ):
        assert "way-back" not in shown(path, Referer=strange), strange


def test_what_goes_well_with_it_shares_a_subject_and_costs_one_search(
    house: House, film: str, ask: Callable[..., TestResponse]
) -> None:
    ask(f"/resources/{film}")
    before = house.services.engine.requests
    with counted(house) as statements:
        page = ask(f"/resources/{film}").get_data(as_text=True)
    assert house.services.engine.requests - before == 1
    assert len(statements) <= 14
    related = page[page.index("Goes well with this") :]
    assert "Forty strokes" in related
    assert f'href="/resources/{film}"' not in related


def test_a_page_does_without_search_when_there_were_too_many(house: House, film: str) -> None:
    from dataclasses import replace

    home = str(house.services.settings.home)
    settings = load({"CARAVAN_HOME": home, "CARAVAN_SEARCHES_PER_MINUTE": "1"})
    app = create_app(settings, replace(house.services, settings=settings))
    told = {"Referer": "http://localhost/?q=needle", "Accept-Language": "en"}
    pages = [
        app.test_client().get(f"/resources/{film}", headers=told).get_data(as_text=True)
        for _ in range(2)
    ]
    assert re.search(r"Back to \d+ resources", pages[0])
    assert "Back to the results" in pages[1]
    assert "Goes well with this" not in pages[1]


def test_a_description_says_its_language_and_where_it_comes_from(
    house: House, shown: Callable[..., str]
) -> None:
    rid = publish(
        house,
        [PLAN],
        kind="activity",
        language="uz",
        title={"uz": "Igna", "en": "Needle"},
        summary={"uz": "Bir igna", "en": "A needle", "zh": "针"},
    )
    page = shown(f"/resources/{rid}")
    assert re.findall(r'\?text=([\w-]+)#about"', page) == ["en", "uz", "zh"]
    assert "Translated from Uzbek by a person" in page
    other = shown(f"/resources/{rid}?text=uz")
    assert "Written by the museum" in other
    assert "Bir igna" in other
    assert "A needle" in shown(f"/resources/{rid}?text=<x>")


def test_on_paper_the_page_names_its_address(film: str, shown: Callable[..., str]) -> None:
    assert f"127.0.0.1:8000/resources/{film}</bdi></p>" in shown(f"/resources/{film}")


def test_a_length_is_that_of_what_it_is(house: House, shown: Callable[..., str]) -> None:
    """A lesson lasts as long as its museum says, whatever film came with it; an exhibit not at all."""
    for kind, details, length in (
        ("lesson_plan", {"duration_minutes": 45}, "45\u00a0min"),
        ("exhibit", {"mass_kg": 86}, ""),
    ):
        rid = publish(house, [FILM, PLAN], kind=kind, details=details, ages=[8, 12])
        line = shown(f"/resources/{rid}").partition('<div class="kind">')[2].partition("</div>")[0]
        assert ("9\u00a0min\u00a012\u00a0s" in line, length in line) == (False, True), kind
