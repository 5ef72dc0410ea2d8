"""The pages themselves: what templates declare, weigh, say and draw, without a browser."""

from __future__ import annotations

import gzip
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jinja2 import meta, nodes

from config.kinds import KINDS
from config.rights import USES
from portal.icons import SHAPES
from tests.factories.house import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient

    from tests.factories.house import House

KILOBYTE = 1000
FLASK_OWN = {"config", "g", "request", "session", "url_for", "get_flashed_messages"}
GETTEXT = {"_", "gettext", "ngettext"}
VOID = {
    "input",
    "link",
    "meta",
    "img",
    "br",
    "path",
    "circle",
    "use",
    "image",
    "source",
    "option",
    "track",
    "wbr",
}


def everywhere(app: Flask) -> set[str]:
    """Return what every template is given: globals and the context of every page."""
    given = set(app.jinja_env.globals) | FLASK_OWN | GETTEXT
    with app.test_request_context("/"):
        for processor in app.template_context_processors[None]:
            told: Any = processor()
            given |= set(told)
    return given


def own_names(tree: nodes.Template) -> set[str]:
    """Return what a template sets, imports or defines for its own blocks."""
    found = {each.target for each in tree.find_all(nodes.Import)}
    found |= {each.name for each in tree.find_all(nodes.Macro)}
    for each in tree.find_all((nodes.Assign, nodes.AssignBlock)):
        found |= {name.name for name in each.find_all(nodes.Name) if name.ctx == "store"}
    return found


def names(app: Flask) -> list[str]:
    return [name for name in app.jinja_env.list_templates() if name.endswith(".html")]


class Seen(HTMLParser):
    """Collects what a page holds, and whether its elements close in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.inside: dict[str, int] = {}
        self.labelled: list[dict[str, str | None]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.elements.append((tag, told))
        if "label" in self.open or "aria-label" in told:
            self.labelled.append(told)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [told for name, told in self.elements if name == tag]


@pytest.fixture
def shown(house: House, app: Flask) -> Callable[..., str]:
    """Get a page as somebody who signed in by the form, or as a visitor."""
    clients: dict[str | None, FlaskClient] = {}

    def get(path: str, who: str | None = None, status: int = 200) -> str:
        if who not in clients:
            clients[who] = app.test_client()
            if who is not None:
                found = clients[who].get("/sign-in").get_data(as_text=True)
                token = re.search(r'name="csrf_token" value="([^"]+)"', found)
                assert token is not None
                form = {
                    "email": f"{who}@example.org",
                    "password": PASSWORD,
                    "csrf_token": token.group(1),
                }
                assert clients[who].post("/sign-in", data=form).status_code == 303
        answer = clients[who].get(path)
        assert answer.status_code == status, path
        return answer.get_data(as_text=True)

    return get


def every_page(house: House) -> list[tuple[str, str | None, int]]:
    """Return one address of each template with something to show, who may see it, its status."""
    film = house.bring_to("published", uses=["show", "copy", "translate"])
    plan = house.bring_to(
        "published", kind="exhibit", details={"mass_kg": 86, "buildability": 2}, title={"zh": "慢"}
    )
    gone = house.bring_to("withdrawn")
    draft = house.give()
    asked = house.bring_to("changes_asked")
    waiting = house.bring_to("submitted")
    mine = house.bring_to("in_review")
    house.index()
    return [
        ("/", None, 200),
        ("/?q=magnets", None, 200),
        ("/?q=zzzz", None, 200),
        (f"/resources/{film}", None, 200),
        (f"/resources/{plan}", None, 200),
        (f"/resources/{gone}", None, 410),
        ("/nowhere", None, 404),
        ("/?page=none", None, 400),
        ("/sign-in", None, 200),
        ("/about", None, 200),
        ("/help", None, 200),
        ("/accessibility", None, 200),
        ("/institutions", None, 200),
        ("/institutions/lanzhou", None, 200),
        ("/institutions/lanzhou/statistics", "contributor", 200),
        ("/statistics", None, 200),
        ("/account", "curator", 200),
        ("/contribute", "contributor", 200),
        (f"/contribute/{draft}?beside=ar", "contributor", 200),
        (f"/contribute/{asked}", "contributor", 200),
        (f"/contribute/{waiting}", "contributor", 200),
        ("/moderate", "curator", 200),
        (f"/moderate/{waiting}", "curator", 200),
        (f"/moderate/{mine}", "curator", 200),
        ("/manage", "admin", 200),
        ("/manage/institutions/lanzhou", "admin", 200),
        ("/manage/people", "admin", 200),
        ("/manage/agreements", "admin", 200),
        ("/manage/vocabulary", "admin", 200),
        ("/manage/vocabulary/magnetism", "admin", 200),
        ("/manage/checklists", "admin", 200),
        ("/manage/checklists/science", "admin", 200),
    ]


# -- the files ---------------------------------------------------------------------------------------


def test_every_template_says_in_its_head_which_variables_it_takes(app: Flask) -> None:
    given = everywhere(app)
    for name in names(app):
        source = app.jinja_env.loader.get_source(app.jinja_env, name)[0]
        head = source.partition("#}")[0]
        tree = app.jinja_env.parse(source)
        wanted = meta.find_undeclared_variables(tree) - given - own_names(tree)
        unsaid = {each for each in wanted if not re.search(rf"\b{each}\b", head)}
        assert source.startswith("{#"), name
        assert unsaid == set(), name


def test_templates_carry_no_style_and_no_script_of_their_own(app: Flask) -> None:
    for name in names(app):
        source = app.jinja_env.loader.get_source(app.jinja_env, name)[0]
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", source), name
        assert all("src=" in each for each in re.findall(r"<script[^>]*>", source)), name


def test_no_constant_is_put_into_the_readers_words_once_for_all_readers(app: Flask) -> None:
    """Jinja works the filter of a constant out when it reads the template, in nobody's language."""
    own = {name for name, filled in app.jinja_env.filters.items() if "portal." in filled.__module__}
    assert "filesize" in own
    for name in names(app):
        source = app.jinja_env.loader.get_source(app.jinja_env, name)[0]
        for each in app.jinja_env.parse(source).find_all(nodes.Filter):
            assert each.name not in own or not isinstance(each.node, nodes.Const), name


def test_every_icon_that_a_template_names_is_drawn(app: Flask) -> None:
    for name in names(app):
        source = app.jinja_env.loader.get_source(app.jinja_env, name)[0]
        for icon in re.findall(r'icon\("([a-z_]+)"', source):
            assert icon in SHAPES, (name, icon)
    assert set(KINDS) <= set(SHAPES)
    assert set(USES) <= set(SHAPES)


LASTING = (
    "account.revoke_token",
    "account.sign_out_everywhere",
    "contribute.delete",
    "contribute.remove_asset",
    "manage.remove_agreement",
    "manage.remove_institution",
)
"""What cannot be undone."""


def test_what_cannot_be_undone_asks_once_without_scripts_too(app: Flask) -> None:
    seen = set()
    for name in names(app):
        source = app.jinja_env.loader.get_source(app.jinja_env, name)[0]
        assert not re.findall(rf"press\(url_for\('(?:{'|'.join(LASTING)})'", source), name
        seen |= {
            each for each in LASTING if f"url_for('{each}'" in source and "asked_once" in source
        }
    assert seen == set(LASTING)


# -- the pages ---------------------------------------------------------------------------------------


def test_pages_are_whole_labelled_and_draw_what_they_use(
    house: House, shown: Callable[..., str]
) -> None:
    for path, who, status in every_page(house):
        page = shown(path, who, status)
        seen = Seen(page)
        assert seen.wrong == [], path
        assert seen.open == [], path
        used = {str(each["href"]) for each in seen.all("use")}
        drawn = {f"#{each['id']}" for each in seen.all("symbol")}
        assert used == drawn, path
        assert len(seen.all("h1")) == 1, path
        ids = [each["id"] for _tag, each in seen.elements if each.get("id")]
        assert sorted(ids, key=str) == sorted(set(ids), key=str), path
        assert unlabelled(seen) == [], path
        assert all("alt" in each for each in seen.all("img")), path


def unlabelled(seen: Seen) -> list[dict[str, str | None]]:
    named = {each["for"] for each in seen.all("label") if "for" in each}
    fields = [each for tag in ("input", "select", "textarea") for each in seen.all(tag)]
    return [
        each
        for each in fields
        if each.get("type") != "hidden"
        and each.get("id") not in named
        and each not in seen.labelled
    ]


@pytest.mark.parametrize(("tag", "turned"), [("en", "ltr"), ("zh", "ltr"), ("ar", "rtl")])
def test_pages_speak_the_language_asked_for_and_none_beside_it(
    house: House, shown: Callable[..., str], tag: str, turned: str
) -> None:
    own = {"en": "Find", "zh": "查找", "ar": "ابحث"}
    for path, who, status in every_page(house):
        page = shown(f"{path}{'&' if '?' in path else '?'}lang={tag}", who, status)
        assert f'<html lang="{tag}" dir="{turned}">' in page
        assert own[tag] in page
        assert not re.search(r"%\(\w+\)", page), path
        if tag != "en":
            assert "Everything here" not in page
            assert ">Sign in<" not in page


def test_a_page_says_when_a_text_is_in_another_language(
    house: House, shown: Callable[..., str]
) -> None:
    rid = house.bring_to("published", language="ar", title={"ar": "مغناطيس", "en": "Magnet"})
    page = shown(f"/resources/{rid}")
    assert '<h1 lang="en"><bdi>Magnet</bdi></h1>' in page
    assert '<div class="orig" lang="ar"><bdi>مغناطيس</bdi></div>' in page


@pytest.mark.parametrize("tag", ["zh", "ar"])
def test_a_catalogue_says_its_plural_rule_and_is_not_fuzzy(app: Flask, tag: str) -> None:
    """A fuzzy head, as pybabel leaves it with --omit-header, is skipped when it is compiled."""
    folder = Path(app.config["BABEL_TRANSLATION_DIRECTORIES"])
    head = (folder / tag / "LC_MESSAGES" / "messages.po").read_text("utf-8").split("\n\n")[0]
    assert "fuzzy" not in head
    assert "Plural-Forms: nplurals=" in head


def test_a_use_says_where_and_until_when_in_words(house: House, shown: Callable[..., str]) -> None:
    told = {"use": "show", "territory": "CN", "until": "2031-05-09"}
    rid = house.bring_to("published", uses=[told])
    assert "China, until 9 May 2031" in shown(f"/resources/{rid}")
    assert "中国，至 2031年5月9日" in shown(f"/resources/{rid}?lang=zh")


def test_changing_the_language_loses_nothing_of_the_address(shown: Callable[..., str]) -> None:
    page = shown("/?q=magnet&kind=film&kind=exhibit&lang=en")
    links = [each for each in Seen(page).all("a") if each.get("hreflang") == "ar"]
    assert [each["href"] for each in links] == ["/?q=magnet&kind=film&kind=exhibit&lang=ar"]


def test_a_search_page_of_twenty_is_light(house: House, app: Flask, client: FlaskClient) -> None:
    for number in range(24):
        house.bring_to(
            "published", title={"en": f"Magnets of kind {number}", "zh": f"磁铁{number}"}
        )
    house.index()
    page = client.get("/?q=magnets").data
    parts = [
        page,
        *(client.get(f"/static/{name}").data for name in ("caravan.css", "js/measure.js")),
    ]
    weight = sum(len(gzip.compress(each, 9)) for each in parts)
    assert page.count(b"<li>\n<div><a") == 20
    assert page.count(b"<script") == 1
    assert weight <= 16 * KILOBYTE


def test_what_has_no_picture_shows_the_icon_of_its_kind(
    house: House, shown: Callable[..., str]
) -> None:
    with house.services.database.unit_of_work() as session:
        from catalog.resources import drafts

        rid = drafts.create(
            session,
            by=house.actors["contributor"],
            institution=None,
            payload={"kind": "activity", "title": {"en": "Nothing drawn"}, "language": "en"},
        )
    page = shown(f"/contribute/{rid}", "contributor")
    assert 'href="#i-activity"' in page
    gone = shown("/contribute", "contributor")
    assert 'href="#i-activity"' in gone


def test_all_six_uses_stand_in_their_order_with_words(
    house: House, shown: Callable[..., str]
) -> None:
    rid = house.bring_to("published", uses=["alter", "show"])
    page = shown(f"/resources/{rid}")
    listed = page[page.index('<ul class="uses">') :].partition("</ul>")[0]
    found = re.findall(
        r'<li class="(yes|no)"><span class="sq"><svg[^>]*><use href="#i-(\w+)"', listed
    )
    assert [use for _said, use in found] == list(USES)
    assert {use for said, use in found if said == "yes"} == {"show", "alter"}
    assert listed.count("not allowed") == 4


# -- narrowing down ----------------------------------------------------------------------------------


def test_narrower_subjects_stand_below_their_broader_one_each_once(
    house: House, shown: Callable[..., str]
) -> None:
    house.bring_to("published", subjects=["magnetism"])
    house.bring_to("published", subjects=["eddy_currents"])
    house.index()
    page = shown("/?q=&subject=eddy_currents")
    lines = re.findall(
        r'<li(?: class="in-(\d)")?><label><input type="checkbox" name="subject"'
        r' value="(\w+)"( checked)?',
        page,
    )
    values = [value for _depth, value, _checked in lines]
    depths = {value: int(depth or 0) for depth, value, _checked in lines}
    assert len(values) == len(set(values))
    assert values.index("physics") < values.index("magnetism") < values.index("eddy_currents")
    assert (depths["physics"], depths["magnetism"], depths["eddy_currents"]) == (0, 1, 2)
    assert [value for _depth, value, checked in lines if checked] == ["eddy_currents"]


def test_narrowing_down_keeps_words_order_and_the_language_they_are_in(
    house: House, shown: Callable[..., str]
) -> None:
    house.bring_to("published")
    house.index()
    page = shown("/?q=magnets&sort=newest&written=es")
    form = page[page.index('<form class="two"') :]
    for name, value in (("q", "magnets"), ("sort", "newest"), ("written", "es")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in form
    assert "q=magnets&amp;written=es" in form.partition("</details>")[0]


def test_a_language_nobody_knows_is_taken_for_that_of_the_page(shown: Callable[..., str]) -> None:
    assert 'value="en" lang="en" selected' in shown("/?q=magnets&written=tlh")


# -- the desk ----------------------------------------------------------------------------------------


def test_a_note_may_be_placed_at_a_time_of_the_clock(app: Flask) -> None:
    from werkzeug.datastructures import MultiDict

    from portal.moderate.present import anchor

    def placed(place: str, number: str) -> Any:
        return anchor(MultiDict({"place": place, "number": number}))

    assert placed("second:f1", "3:40") == {"asset": "f1", "second": 220.0}
    assert placed("second:f1", "41.5") == {"asset": "f1", "second": 41.5}
    assert placed("page:f1", "2") == {"asset": "f1", "page": 2}
    assert placed("second:f1", "soon") == {"asset": "f1"}
    assert placed("field:title", "") == {"field": "title"}
    assert placed("", "3") is None


def test_the_checklist_names_what_is_held_and_what_is_missing(
    house: House, shown: Callable[..., str]
) -> None:
    good = house.bring_to("submitted")
    held = house.bring_to("submitted", content=b"macros" * 50, verdict="hold")
    page = shown(f"/moderate/{good}", "curator")
    assert "All files open and are whole" in page
    assert "Nothing is missing in the record" in page
    page = shown(f"/moderate/{held}", "curator")
    assert "All files open and are whole" not in page
    assert re.search(r'<span class="hold">.*film<wbr>\.mp4.*href="#file-', page, re.DOTALL)
    listed = shown("/moderate", "curator")
    assert "1 file held" in listed
    assert "All checks passed" in listed
