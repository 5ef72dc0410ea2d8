"""What programs read of us: sitemap, feed, previews. Nothing of it tells what is not public."""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from config.languages import INTERFACE
from portal.feeds import sitemap
from portal.sharing import xml_text

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from tests.factories.house import House

MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
ATOM = "{http://www.w3.org/2005/Atom}"
HIDDEN = ("draft", "submitted", "in_review", "changes_asked", "declined", "withdrawn")
BASE = "http://127.0.0.1:8000"


def tree_of(data: bytes) -> ET.Element:
    return ET.fromstring(data)  # noqa: S314 - our own answers


def hide(house: House) -> list[str]:
    return [
        house.bring_to(state, content=state.encode(), title={"en": f"Secret {state}"})
        for state in HIDDEN
    ]


def head_of(page: str) -> dict[str, str]:
    """The properties and links of the head of a page."""
    head = page.partition("</head>")[0]
    found = dict(re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)"', head))
    links = re.findall(r'<link rel="(\w+)"(?: hreflang="([\w-]+)")? href="([^"]*)"', head)
    return found | {f"{rel} {tag}".strip(): href for rel, tag, href in links}


def test_nothing_that_is_not_public_is_in_any_of_it(house: House, client: FlaskClient) -> None:
    shown, hidden = house.bring_to("published"), hide(house)
    house.index()
    for path in (
        "/feed.atom",
        "/feed.rss",
        "/sitemap.xml",
        "/sitemap-1.xml",
        "/sitemap-pages.xml",
        "/",
    ):
        text = client.get(path).text
        assert not [rid for rid in hidden if rid in text], path
        assert "Secret" not in text, path
    assert shown in client.get("/feed.atom").text
    assert shown in client.get("/sitemap-1.xml").text


def test_what_is_not_public_has_no_preview_for_anybody(house: House, app: Flask) -> None:
    waiting, gone = house.bring_to("submitted"), house.bring_to("withdrawn", content=b"gone")
    headers = {"Authorization": f"Bearer {house.tokens['curator']}"}
    for path in (f"/resources/{waiting}", f"/resources/{gone}", "/resources/none", "/?q=magnet"):
        head = head_of(app.test_client().get(path, headers=headers).text)
        assert head["robots"] == "noindex", path
        assert not [name for name in head if name.startswith(("og:", "canonical", "twitter"))], path


def test_a_published_page_says_its_address_its_languages_and_its_picture(
    house: House, client: FlaskClient
) -> None:
    rid = house.bring_to("published", access="agreement", title={"en": 'A "loud" <bang>'})
    head = head_of(client.get(f"/resources/{rid}").text)
    here = f"{BASE}/resources/{rid}"
    assert head["canonical"] == head["og:url"] == head["alternate x-default"] == here
    assert {tag for tag in INTERFACE if head[f"alternate {tag}"] == f"{here}?lang={tag}"} == {
        *INTERFACE
    }
    assert head["og:title"] == "A &#34;loud&#34; &lt;bang&gt;"
    assert head["og:description"] == head["description"] == "A needle on water"
    assert head["twitter:card"] == "summary"
    assert re.fullmatch(rf"{here}/assets/\w+/renditions/thumbnail", head["og:image"])
    picture = client.get(head["og:image"].removeprefix(BASE))
    assert picture.status_code == 200
    arabic = head_of(client.get(f"/resources/{rid}?lang=ar").text)
    assert arabic["canonical"] == f"{here}?lang=ar"
    assert arabic["og:url"] == here
    assert "canonical" not in head_of(client.get(f"/resources/{rid}?text=en").text)


def test_titles_say_the_page_and_then_caravan(house: House, client: FlaskClient) -> None:
    rid = house.bring_to("published", title={"en": "A pendulum"})
    for path, name in (
        (f"/resources/{rid}", "A pendulum"),
        ("/help", "Help"),
        ("/statistics", "What was given, found and taken"),
        ("/nowhere", "There is nothing here"),
    ):
        assert f"<title>{name} · Caravan</title>" in client.get(path).text


def test_the_sitemap_comes_in_parts_and_each_resource_once(
    house: House, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    rids = sorted(house.bring_to("published", content=b"%d" % number) for number in range(7))
    monkeypatch.setattr(sitemap, "MOST", 3)
    monkeypatch.setattr(sitemap, "CHUNK", 2)
    parts = [each.text or "" for each in tree_of(client.get("/sitemap.xml").data).iter(f"{MAP}loc")]
    assert parts == [f"{BASE}/sitemap-{name}.xml" for name in ("pages", 1, 2, 3)]
    found: list[str] = []
    for part in parts[1:]:
        tree = tree_of(client.get(part.removeprefix(BASE)).data)
        places = [each.text or "" for each in tree.iter(f"{MAP}loc")]
        assert len(places) <= 3
        found += places
        for moment in tree.iter(f"{MAP}lastmod"):
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", moment.text or "")
    assert found == [f"{BASE}/resources/{rid}" for rid in rids]
    for number in ("0", "4", "99999999999999999999"):
        assert client.get(f"/sitemap-{number}.xml").status_code == 404
    pages = [
        each.text or "" for each in tree_of(client.get("/sitemap-pages.xml").data).iter(f"{MAP}loc")
    ]
    assert f"{BASE}/institutions/lanzhou" in pages
    for place in pages:
        assert client.get(place.removeprefix(BASE)).status_code == 200, place


def test_an_empty_house_has_a_sitemap_and_a_feed(client: FlaskClient) -> None:
    assert [each.text for each in tree_of(client.get("/sitemap.xml").data).iter(f"{MAP}loc")] == [
        f"{BASE}/sitemap-pages.xml"
    ]
    assert tree_of(client.get("/feed.atom").data).findall(f"{ATOM}entry") == []
    assert tree_of(client.get("/feed.rss").data).findall("channel/item") == []


def test_the_feed_speaks_the_reader_s_language_newest_first(
    house: House, client: FlaskClient
) -> None:
    old = house.bring_to("published", content=b"old")
    new = house.bring_to("published", title={"en": "A & <b>", "zh": "新的"})
    answer = client.get("/feed.atom?lang=zh")
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    tree = tree_of(answer.data)
    entries = tree.findall(f"{ATOM}entry")
    assert [each.findtext(f"{ATOM}id") for each in entries] == [
        f"{BASE}/resources/{rid}" for rid in (new, old)
    ]
    assert entries[0].findtext(f"{ATOM}title") == "新的"
    assert (
        tree_of(client.get("/feed.atom?lang=en").data).findtext(f"{ATOM}entry/{ATOM}title")
        == "A & <b>"
    )
    assert 'href="/feed.atom?lang=zh"' in client.get("/?lang=zh").text


def test_rss_has_the_entries_of_the_feed_with_its_own_dates(
    house: House, client: FlaskClient
) -> None:
    old = house.bring_to("published", content=b"old")
    new = house.bring_to("published", title={"en": "A & <b>", "zh": "新的"})
    answer = client.get("/feed.rss?lang=zh")
    assert answer.headers["Content-Type"] == "application/rss+xml; charset=utf-8"
    tree = tree_of(answer.data)
    assert (tree.tag, tree.get("version")) == ("rss", "2.0")
    assert tree.findtext("channel/language") == "zh"
    items = tree.findall("channel/item")
    assert [each.findtext("guid") for each in items] == [
        f"{BASE}/resources/{rid}" for rid in (new, old)
    ]
    assert items[0].findtext("title") == "新的"
    told = tree_of(client.get("/feed.atom").data).findall(f"{ATOM}entry")
    for item, entry in zip(items, told, strict=True):
        # RFC 822 with four digits of the year, as RSS asks; Atom has the same moment in RFC 3339.
        moment = parsedate_to_datetime(item.findtext("pubDate") or "")
        assert moment == datetime.fromisoformat(entry.findtext(f"{ATOM}updated") or "")
    by_tag = {"If-None-Match": answer.headers["ETag"]}
    assert client.get("/feed.rss?lang=zh", headers=by_tag).status_code == 304
    assert 'href="/feed.rss?lang=zh"' in client.get("/?lang=zh").text


def test_the_list_of_all_resources_links_to_the_feed_and_a_search_does_not(
    house: House, client: FlaskClient
) -> None:
    house.bring_to("published")
    house.index()
    link = '<a href="/feed.rss?lang=fr">'
    assert link in client.get("/?sort=newest", headers={"Accept-Language": "fr"}).text
    for path in ("/?q=magnets", "/?kind=film"):
        page = client.get(path, headers={"Accept-Language": "fr"}).text
        assert 'class="results"' in page
        assert link not in page


def test_the_feed_is_sent_again_only_when_it_has_changed(house: House, client: FlaskClient) -> None:
    house.bring_to("published")
    first = client.get("/feed.atom")
    by_tag = {"If-None-Match": first.headers["ETag"]}
    by_time = {"If-Modified-Since": first.headers["Last-Modified"]}
    for headers in (by_tag, by_time):
        assert client.get("/feed.atom", headers=headers).status_code == 304
    house.bring_to("published", content=b"another")
    assert client.get("/feed.atom", headers=by_tag).status_code == 200


def test_what_no_xml_may_hold_is_left_out() -> None:
    assert xml_text("a\x00b\x0bc\x1f\ufffe\ud800d\te\nf") == "abcd\te\nf"


def test_robots_may_read_a_page_in_a_language_and_no_search(client: FlaskClient) -> None:
    text = client.get("/robots.txt").text
    assert f"Sitemap: {BASE}/sitemap.xml" in text
    rules = re.findall(r"^(Allow|Disallow): (\S+)$", text, re.MULTILINE)

    def allowed(path: str) -> bool:
        """By the longest rule that fits, as RFC 9309 has it."""
        fits: list[tuple[int, Any]] = [
            (len(rule), verdict == "Allow")
            for verdict, rule in rules
            if re.match(re.escape(rule).replace(r"\*", ".*"), path)
        ]
        return bool(max(fits)[1])

    for path in ("/", "/resources/x", "/resources/x?lang=ar", "/?lang=zh", "/sitemap.xml"):
        assert allowed(path), path
    for path in ("/?q=a", "/?lang=zh&q=a", "/?kind=film&lang=zh", "/account", "/api/v1/resources"):
        assert not allowed(path), path


def test_the_search_is_described_and_the_icon_is_where_browsers_look(client: FlaskClient) -> None:
    tree = tree_of(client.get("/opensearch.xml").data)
    url = tree.find("{http://a9.com/-/spec/opensearch/1.1/}Url")
    assert url is not None
    assert url.get("template") == f"{BASE}/?q={{searchTerms}}"
    assert client.get("/favicon.ico").data[:4] == b"\x00\x00\x01\x00"
