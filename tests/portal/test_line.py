"""The visitor's line: chosen, told by the browser, measured, or thin; and what a page weighs on it."""

from __future__ import annotations

import gzip
import re
from typing import TYPE_CHECKING

import pytest

from portal.app import create_app
from portal.weights import LINES, USUAL, remembered, suiting, visitors_line
from search import indexer
from tests.factories.files import FILM, publish
from tests.factories.house import House, build_house
from tests.portal.test_templates import Seen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

KILOBYTE = 1000


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    built = build_house(tmp_path_factory.mktemp("line"))
    for number in range(22):
        publish(built, [FILM], title={"en": f"Needle {number}"}, year=2021)
    indexer.rebuild(built.services.database, built.services.engine)
    yield built
    built.services.close()


@pytest.fixture(scope="module")
def app(house: House) -> Flask:
    return create_app(house.services.settings, house.services)


# -- which line --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "speed"),
    [
        ({}, USUAL),
        ({"Downlink": "1.35"}, 1024),
        ({"Downlink": "0.1", "ECT": "4g"}, 64),
        ({"Downlink": "0.25"}, 256),
        ({"Downlink": "0"}, 64),
        ({"Downlink": "10"}, 4096),
        ({"ECT": "slow-2g"}, 64),
        ({"ECT": "3g"}, 512),
        ({"ECT": "4g"}, USUAL),
        ({"Downlink": "inf", "ECT": "2g"}, 64),
        ({"Downlink": "nan"}, USUAL),
        ({"Downlink": "1e3"}, USUAL),
        ({"Downlink": "-4"}, USUAL),
        ({"Downlink": "9" * 400}, LINES[-1]),
        ({"ECT": "<script>"}, USUAL),
        ({"Downlink": "10", "Cookie": "caravan_line=128"}, 128),
        ({"Downlink": "10", "Cookie": "caravan_line=auto"}, 4096),
        ({"Cookie": "caravan_line=128.plain"}, 128),
        ({"Cookie": "caravan_line=129"}, USUAL),
        ({"Cookie": "caravan_line=~1400"}, 1024),
        ({"Cookie": "caravan_line=~0"}, 64),
        ({"Cookie": "caravan_line=~193"}, 256),
        ({"Cookie": "caravan_line=~175"}, 128),
        ({"Cookie": "caravan_line=auto~5000"}, 4096),
        ({"Cookie": "caravan_line=auto.plain~999999999"}, LINES[-1]),
        ({"Downlink": "0.25", "Cookie": "caravan_line=~5000"}, 256),
        ({"ECT": "2g", "Cookie": "caravan_line=auto~5000"}, 64),
        ({"Cookie": "caravan_line=128~5000"}, 128),
        ({"Cookie": "caravan_line=~"}, USUAL),
        ({"Cookie": "caravan_line=~-5"}, USUAL),
        ({"Cookie": "caravan_line=~1e3"}, USUAL),
        ({"Cookie": "caravan_line=~\u00c2\u00b2"}, USUAL),
        ({"Cookie": "caravan_line=~" + "9" * 5000}, USUAL),
        ({"Cookie": "caravan_line=~1400~64"}, USUAL),
    ],
)
def test_a_line_is_the_chosen_one_else_what_the_browser_tells_else_what_was_measured(
    app: Flask, headers: dict[str, str], speed: int
) -> None:
    with app.test_request_context("/", headers=headers):
        assert visitors_line().speed == speed


@pytest.mark.parametrize(
    ("cookie", "saving", "pictures"),
    [
        ("", "", True),
        ("", "on", False),
        ("256", "on", True),
        ("auto", "on", True),
        ("256.plain", "", False),
        ("auto.plain", "", False),
        ("~512", "", True),
        ("~512", "on", False),
        ("auto~512", "on", True),
        ("auto.plain~512", "", False),
    ],
)
def test_lists_are_without_pictures_by_choice_or_where_the_browser_saves(
    app: Flask, cookie: str, saving: str, pictures: bool
) -> None:
    client = app.test_client()
    if cookie:
        client.set_cookie("caravan_line", cookie)
    for path in ("/", "/?q=needle"):
        page = client.get(path, headers={"Save-Data": saving}).get_data(as_text=True)
        assert bool(Seen(page).all("img")) is pictures, path
        assert 'href="#i-film"' in page


def test_the_choice_is_remembered_by_one_cookie_and_needs_no_token_of_a_visitor(app: Flask) -> None:
    client = app.test_client()
    answer = client.post("/line", data={"line": "512", "plain": "1", "next": "/?q=needle"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/?q=needle")
    [cookie] = answer.headers.getlist("Set-Cookie")
    assert cookie.partition(";")[0] == "caravan_line=512.plain"
    assert "HttpOnly" in cookie, "a script's measure must not come in the place of a choice"
    page = client.get("/?q=needle").get_data(as_text=True)
    assert "512\N{NO-BREAK SPACE}kbit/s" in page
    assert Seen(page).all("img") == []
    ticked = [each["name"] for each in Seen(page).all("input") if "checked" in each]
    assert ticked == ["plain"]
    for nonsense in ("", "513", "512.plain", "auto;x"):
        refused = client.post("/line", data={"line": nonsense})
        assert "Set-Cookie" not in refused.headers, nonsense
    assert remembered("auto", plain=False) == "auto"
    [guessed] = client.post("/line", data={"line": "auto", "plain": "1"}).headers.getlist(
        "Set-Cookie"
    )
    assert guessed.startswith("caravan_line=auto.plain;")
    assert "HttpOnly" not in guessed, "its measure is written beside it"


def test_only_where_no_line_was_chosen_does_a_page_measure_it(app: Flask) -> None:
    client = app.test_client()
    for cookie, measures in (("", 1), ("auto.plain", 1), ("~300", 1), ("512", 0), ("512.plain", 0)):
        client.set_cookie("caravan_line", cookie)
        page = client.get("/?q=needle").get_data(as_text=True)
        assert page.count("js/measure.js") == measures, cookie


def test_the_heaviest_form_that_comes_soon_suits_a_line_else_the_lightest(app: Flask) -> None:
    with app.test_request_context("/"):
        assert suiting([9_700_000, 9_500_000, 100]) == 1
        assert suiting([90_000_000, 20_000_000, 30_000_000]) == 1
        with pytest.raises(ValueError, match="empty"):
            suiting([])


# -- what a page weighs, by counters -----------------------------------------------------------------


def test_pages_of_visitors_set_no_cookie_hold_no_token_and_are_not_sent_twice(
    house: House, app: Flask
) -> None:
    rid = publish(house, [FILM])
    for path in ("/", "/?q=needle", f"/resources/{rid}", "/about", "/help"):
        first = app.test_client().get(path)
        assert "Set-Cookie" not in first.headers, path
        assert b"csrf" not in first.data, path
        again = app.test_client().get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b""), path
        # Zipped it is the same page under the same tag.
        zipped = {"Accept-Encoding": "gzip"}
        packed = app.test_client().get(path, headers=zipped)
        assert packed.headers["ETag"] == first.headers["ETag"], path
        known = app.test_client().get(
            path, headers={**zipped, "If-None-Match": packed.headers["ETag"]}
        )
        assert known.status_code == 304, path


def test_a_page_that_changed_is_sent_anew(app: Flask) -> None:
    tag = app.test_client().get("/?q=needle").headers["ETag"]
    for change in ({"Accept-Language": "zh"}, {"ECT": "2g"}, {"Save-Data": "on"}):
        answer = app.test_client().get("/?q=needle", headers={"If-None-Match": tag, **change})
        assert answer.status_code == 200, change
        named = {each.strip() for each in answer.headers["Vary"].split(",")}
        assert change.keys() <= named


@pytest.mark.parametrize("tag", ["en", "zh", "ar"])
def test_the_first_search_page_is_light_and_asks_for_little(app: Flask, tag: str) -> None:
    zipped = {"Accept-Encoding": "gzip", "Accept-Language": tag}
    answer = app.test_client().get("/?q=needle", headers=zipped)
    page = gzip.decompress(answer.data).decode()
    seen = Seen(page)
    # Of the two icons a browser takes the drawn one.
    links = [
        str(each["href"]) for each in seen.all("link") if each.get("rel") in ("stylesheet", "icon")
    ]
    asked = [each for each in links if each.startswith("/static/")]
    asked += [str(each["src"]) for each in seen.all("script")]
    bodies = [app.test_client().get(path, headers=zipped) for path in asked]
    weight = len(answer.data) + sum(len(each.data) for each in bodies)
    assert page.count('class="weight"') == 20
    assert weight <= 20 * KILOBYTE
    assert len(asked) <= 3
    assert all("immutable" in each.headers["Cache-Control"] for each in bodies)
    assert {each.get("loading") for each in seen.all("img")} == {"lazy"}
    assert not re.search(r"https?://(?!localhost|127\.0\.0\.1|www\.w3\.org)", page)
