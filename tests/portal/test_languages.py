"""Every kind of page in every language of the interface: no English sentence is left anywhere."""

from __future__ import annotations

import functools
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from flask_babel import force_locale, get_translations

from catalog import agreements
from config.countries import COUNTRIES
from config.languages import INTERFACE, LANGUAGES, direction
from config.subjects import load_concepts
from portal.app import create_app
from portal.collation import in_order
from portal.facet_labels import country_name, language_name
from portal.formatting import by_own_names, countries, own_name
from portal.interface import nearest
from scripts.translations import template
from tests.factories.house import PASSWORD, ROLES, build_house

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient

    from tests.factories.house import House

SPOKEN = ("aria-label", "alt", "title", "placeholder")
VOID = {"input", "link", "meta", "img", "br", "path", "circle", "use", "image", "source", "wbr"}
PLACE = re.compile(r"%\\\((\w+)\\\)[sd]")
WORDS = re.compile(r"(?<!\w)[A-Za-z]{4,}(?!\w)")
DATA = {
    *ROLES,
    *("Chromium", "COUNTER", "ETag", "WCAG", "cookie", "core", "curl", "kbit", "resources"),
    *("Caravan", "Cookie", "Lanzhou", "Magnets", "Muscat", "Patras", "example", "film", "float"),
    *(
        "lanzhou",
        "magnet",
        "leaks",
        "magnetism",
        "magnets",
        "muscat",
        "page",
        "patras",
        "silk",
        "zzzz",
    ),
    *(word for known in LANGUAGES.values() for word in re.findall(r"[A-Za-z]+", known.own_name)),
    *(word for concept in load_concepts() for word in WORDS.findall(concept.id)),
}
"""What is in Latin letters on pages of every script: names, ids, addresses, what was sought."""


class Said(HTMLParser):
    """The texts of a page in the page's own language: what stands under another `lang` is left."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.languages: list[str] = []
        self.own = ""
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        before = self.languages[-1] if self.languages else ""
        here = (
            "code" if tag in ("script", "style", "code", "kbd") else str(told.get("lang") or before)
        )
        self.own = self.own or here
        if here == self.own:
            self.texts += [str(told[name]) for name in SPOKEN if told.get(name)]
        if tag not in VOID:
            self.languages.append(here)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self.languages.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and self.languages and self.languages[-1] == self.own:
            self.texts.append(" ".join(data.split()))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    built = build_house(tmp_path_factory.mktemp("house"))
    yield built
    built.services.close()


@pytest.fixture(scope="module")
def app(house: House) -> Flask:
    return create_app(house.services.settings, house.services)


def signed_in(app: Flask, who: str | None) -> FlaskClient:
    client = app.test_client()
    if who is not None:
        found = client.get("/sign-in").get_data(as_text=True)
        token = re.search(r'name="csrf_token" value="([^"]+)"', found)
        assert token is not None
        form = {"email": f"{who}@example.org", "password": PASSWORD, "csrf_token": token.group(1)}
        assert client.post("/sign-in", data=form).status_code == 303
    return client


@pytest.fixture(scope="module")
def pages(house: House) -> list[tuple[str | None, str]]:
    """Who may see a page, and its address; each kind with something to show."""
    film = house.bring_to("published", uses=["show", "translate"], content=b"1")
    exhibit = house.bring_to(
        "published", kind="exhibit", details={"mass_kg": 86, "buildability": 2}, content=b"2"
    )
    gone = house.bring_to("withdrawn", content=b"3")
    draft = house.give(content=b"4", verdict="hold")
    asked = house.bring_to("changes_asked", content=b"5")
    waiting = house.bring_to("submitted", content=b"6")
    mine = house.bring_to("in_review", content=b"7")
    with house.services.database.unit_of_work() as session:
        agreements.add(
            session, by=house.actors["admin"], agreement_id="silk", parties=("lanzhou", "muscat")
        )
    house.index()
    own: dict[str | None, list[str]] = {
        None: [
            *("/", "/?q=magnets", "/?q=zzzz", "/?q=magnets+zzzz", "/nowhere", "/?page=none"),
            *("/sign-in", "/about", "/terms", "/privacy", "/help", "/accessibility"),
            *("/institutions", "/institutions/lanzhou", "/statistics"),
            *(f"/resources/{rid}" for rid in (film, exhibit, gone)),
        ],
        "contributor": [
            *("/contribute", "/account", "/institutions/lanzhou/statistics"),
            *(f"/contribute/{rid}?beside=zh" for rid in (draft, asked, waiting)),
        ],
        "curator": ["/moderate", *(f"/moderate/{rid}" for rid in (waiting, mine, film))],
        "admin": [
            *("/manage", "/manage/people", "/manage/institutions/lanzhou"),
            *("/manage/agreements", "/manage/agreements/silk"),
            *("/manage/vocabulary", "/manage/vocabulary/magnetism"),
            *("/manage/checklists", "/manage/checklists/science"),
        ],
    }
    return [(who, path) for who, paths in own.items() for path in paths]


NO_PAGES = (
    "/api/",
    "/static/",
    "/healthz",
    "/readyz",
    "/metrics",
    "/robots.txt",
    "/line",
    "/favicon.ico",
)
FILES = (".txt", "/content", "<name>", ".xml", ".csv", ".svg", ".atom", ".rss")


def kinds_of_pages(app: Flask) -> set[str]:
    return {
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and not rule.rule.startswith(NO_PAGES)
        and not rule.rule.endswith(FILES)
    }


def to_be_translated(app: Flask, tag: str) -> re.Pattern[str]:
    """Match what the source says where the catalogue of a language has other words."""
    with app.test_request_context("/"), force_locale(tag.replace("-", "_")):
        own = get_translations()
        texts = [each for each in messages() if own.gettext(each) != each]
    patterns = [PLACE.sub(".+", re.escape(each)) for each in texts]
    return re.compile("|".join(each for each in patterns if WORDS.search(each)))


@functools.cache
def messages() -> tuple[str, ...]:
    return tuple(
        each.id if isinstance(each.id, str) else each.id[0] for each in template() if each.id
    )


def test_every_kind_of_page_is_looked_at(app: Flask, pages: list[tuple[str | None, str]]) -> None:
    visited = {
        str(app.url_map.bind("").match(path.partition("?")[0], return_rule=True)[0])
        for _who, path in pages
        if path != "/nowhere"
    }
    assert visited == kinds_of_pages(app)


def test_no_page_says_a_sentence_of_ours_in_english_to_who_reads_another_language(
    app: Flask, pages: list[tuple[str | None, str]]
) -> None:
    clients = {who: signed_in(app, who) for who, _path in pages}
    english = {tag: to_be_translated(app, tag) for tag in INTERFACE[1:]}
    left, foreign = {}, {}
    for who, path in pages:
        for tag in INTERFACE[1:]:
            joint = "&" if "?" in path else "?"
            answer = clients[who].get(f"{path}{joint}lang={tag}")
            page = answer.get_data(as_text=True)
            # The reference on an error page: one in a hundred has no digit in it.
            said = Said(page.replace(answer.headers["X-Request-Id"], ""))
            assert f'<html lang="{tag}" dir="{direction(tag)}"' in page
            assert not re.search(r"%\(\w+\)", page), (tag, path)
            texts = [text for text in said.texts if text not in DATA]
            left.update({text: (tag, path) for text in texts if english[tag].fullmatch(text)})
            if LANGUAGES[tag].script != "Latn":
                words = {word for text in texts for word in WORDS.findall(text)}
                foreign.update(dict.fromkeys(words - DATA, (tag, path)))
    assert left == {}
    assert foreign == {}


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("ru-RU", "ru"),
        ("sr-RS", "sr"),
        ("sr-Latn-RS", "sr-Latn"),
        ("sr-Cyrl", "sr"),
        ("sr-ME", "sr-Latn"),
        ("uz", "uz"),
        ("uz-Cyrl-UZ", "uz-Cyrl"),
        ("uz-Latn-UZ", "uz"),
        ("zh-TW", "zh"),
        ("zh-Hant-HK", "zh"),
        ("es-419", "es"),
        ("fr-CA", "fr"),
        ("ms-MY", "ms"),
        ("my-MM", "my"),
        ("th-TH-u-nu-thai", "th"),
        ("pt-BR", None),
        ("", None),
        ("*", None),
        ("x" * 300, None),
    ],
)
def test_a_browser_is_given_the_nearest_of_our_languages(asked: str, given: str | None) -> None:
    assert nearest(asked) == given


def test_languages_are_offered_script_by_script_in_the_same_order_to_everyone() -> None:
    assert [own_name(tag) for tag in by_own_names(tuple(LANGUAGES))] == [
        *("Bahasa Melayu", "English", "Español", "Français", "Oʻzbekcha", "Srpski", "Ελληνικά"),
        *("Русский", "Српски", "Ўзбекча", "العربية", "ไทย", "မြန်မာ", "简体中文", "繁體中文"),
    ]


@pytest.mark.parametrize(
    ("reader", "names"),
    [
        ("en", "Àbac Oman Österreich Zagreb"),
        ("es", "nube ñandú oso"),
        ("fr", "coté côte Égypte Espagne"),
        ("sr", "Ђаково Жабљак Њивице Ћићевац Чачак Џеп Шабац"),
        ("sr-Latn", "Čačak Ćićevac Dom Džep Đak Loznica Ljig Noć Njivice"),
        ("uz", "Olma Zar Oʻzbek Gʻoz Shahar Chiroq"),
        ("uz-Cyrl", "Ялпиз Ўзбек Қиз Ғоз Ҳаво"),
        ("ru", "ёлка ель жук"),
        ("el", "αβγό Άγκυρα Ζάκυνθος Ωρωπός"),
        ("th", "กา เกม ไก่ ขา แขก"),
        ("my", "ကာ ကိုရီးယား ခ ဂရိ"),
        ("zh", "阿根廷 埃及 北京 重庆 俄罗斯 缅甸 中国"),
    ],
)
def test_a_list_is_in_the_order_of_its_reader(reader: str, names: str) -> None:
    wanted = names.split()
    assert in_order(sorted(wanted), reader) == wanted


def test_languages_and_countries_have_names_in_every_language() -> None:
    for reader in LANGUAGES:
        names = [language_name(tag, reader) for tag in LANGUAGES if tag != "zh-Hant"]
        assert len(set(names)) == len(names), reader
        assert not set(names) & set(LANGUAGES), reader
        lands = [country_name(code, reader) for code in COUNTRIES]
        assert len(set(lands)) == len(lands), reader
        assert not set(lands) & COUNTRIES, reader


def test_countries_are_chosen_by_name_in_the_order_of_the_reader() -> None:
    assert [*countries("en")][:3] == ["AF", "AX", "AL"]
    assert [*countries("ru")][:2] == ["AU", "AT"]
    for reader in INTERFACE:
        assert set(countries(reader)) == COUNTRIES
        assert [*countries(reader).values()] == in_order(countries(reader).values(), reader)
