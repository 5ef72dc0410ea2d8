"""The page of components shows every macro, whole and labelled; a portal that is served has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from jinja2 import nodes

from portal.icons import SHAPES
from portal.specimens.colours import tokens
from portal.specimens.views import install
from tests.portal.test_templates import Seen, unlabelled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient

PAGE = "specimens/components.html"
OF_COMPONENTS = ("components/", "moderate/parts.html")
Macro = tuple[str, str]


@pytest.fixture
def shown(app: Flask) -> FlaskClient:
    install(app)
    return app.test_client()


@pytest.mark.parametrize("tag", ["en", "ar"])
def test_the_page_is_whole_labelled_and_draws_every_icon(shown: FlaskClient, tag: str) -> None:
    answer = shown.get(f"/components?lang={tag}")
    page = answer.get_data(as_text=True)
    seen = Seen(page)
    assert answer.status_code == 200
    assert seen.wrong == []
    assert seen.open == []
    assert {f"i-{name}" for name in SHAPES} == {each["id"] for each in seen.all("symbol")}
    ids = [each["id"] for _tag, each in seen.elements if each.get("id")]
    assert sorted(ids, key=str) == sorted(set(ids), key=str)
    assert unlabelled(seen) == []
    assert "noindex" in page
    assert sum("data-component" in each for each in seen.all("section")) > 25


def test_the_colours_are_those_of_the_stylesheet_in_both_schemes() -> None:
    light, dark = tokens()
    assert len(light) == 16
    assert list(light) == list(dark)
    assert light["glaze"] == "#0a5a67"
    assert dark["glaze"] == "#7fcfd4"


def test_every_macro_of_the_components_has_its_specimen(app: Flask) -> None:
    """Called by the page, or by a macro that is."""
    names = [name for name in app.jinja_env.list_templates() if name.startswith(OF_COMPONENTS)]
    macros = {
        (name, macro.name): set(called(tree, name, macro))
        for name in names
        for tree in [parsed(app, name)]
        for macro in tree.find_all(nodes.Macro)
    }
    page = parsed(app, PAGE)
    reached = set(called(page, PAGE, page)) | {("components/frame.html", "masthead")}
    reached |= {("components/frame.html", "footer")}  # these two stand around it
    while more := {each for macro in reached for each in macros.get(macro, ())} - reached:
        reached |= more
    assert len(macros) > 50
    assert set(macros) - reached == set()


def parsed(app: Flask, name: str) -> nodes.Template:
    return app.jinja_env.parse(app.jinja_env.loader.get_source(app.jinja_env, name)[0])


def called(tree: nodes.Template, name: str, within: nodes.Node) -> Iterator[Macro]:
    """Return the macros that a part of a template calls, each with the template it is of."""
    aliases = {
        each.target: each.template.value
        for each in tree.find_all(nodes.Import)
        if isinstance(each.template, nodes.Const)
    }
    for call in within.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name):
            yield name, call.node.name
        elif isinstance(call.node, nodes.Getattr) and isinstance(call.node.node, nodes.Name):
            yield aliases.get(call.node.node.name, ""), call.node.attr
