"""The pages' catalogues of translations are whole and up to date with the source."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

import pytest
from babel.messages.pofile import read_po

from config.languages import INTERFACE
from scripts.translations import FOLDER, template
from tests.house.source import tracked

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog, Message

TRANSLATED = [tag for tag in INTERFACE if tag != "en"]
SAME_IN_ALL = {"MB", "W", "kg", "m", "m²", "min", "%(low)s to %(high)s"}
PLACE = re.compile(r"%(?:\(\w+\))?[sd]|\{\w*\}")
PLURALS = {"ar": 6, "zh": 1}


@functools.cache
def extracted() -> frozenset[str]:
    return frozenset(forms(each.id)[0] for each in template() if each.id)


def forms(text: str | list[str] | tuple[str, ...] | None) -> list[str]:
    return [text] if isinstance(text, str) else list(text or [""])


@functools.cache
def catalogue(tag: str) -> Catalog:
    with (FOLDER / tag / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=tag)


def messages(tag: str) -> list[Message]:
    return [each for each in catalogue(tag) if each.id]


def test_every_language_of_the_pages_has_a_catalogue_and_no_other_has() -> None:
    found = {path.parts[-3] for path in tracked() if path.suffix == ".po"}
    assert found == set(TRANSLATED)


@pytest.mark.parametrize("tag", TRANSLATED)
def test_a_catalogue_has_the_strings_of_the_source_and_no_other(tag: str) -> None:
    assert len(extracted()) > 300
    assert {forms(each.id)[0] for each in messages(tag)} == extracted()


def test_the_template_of_the_catalogues_is_up_to_date() -> None:
    with (FOLDER / "messages.pot").open("rb") as file:
        assert {forms(each.id)[0] for each in read_po(file) if each.id} == extracted()


@pytest.mark.parametrize("tag", TRANSLATED)
def test_every_string_is_translated(tag: str) -> None:
    missing = [each.id for each in messages(tag) if not all(forms(each.string)) or each.fuzzy]
    copied = [
        each.id
        for each in messages(tag)
        if forms(each.id)[0] not in SAME_IN_ALL and set(forms(each.id)) & set(forms(each.string))
    ]
    assert (missing, copied) == ([], [])


@pytest.mark.parametrize("tag", TRANSLATED)
def test_a_translation_fills_the_same_places(tag: str) -> None:
    """A name mistyped in a catalogue would be an error on that language's pages alone."""
    for each in messages(tag):
        asked = {place for form in forms(each.id) for place in PLACE.findall(form)}
        told = [set(PLACE.findall(form)) for form in forms(each.string)]
        assert all(places <= asked for places in told), each.id
        # A plural form for "none", "one" or "two" may leave the number out.
        assert len(told) > 1 or told[0] == asked, each.id


@pytest.mark.parametrize("tag", TRANSLATED)
def test_a_language_has_all_its_plurals(tag: str) -> None:
    assert catalogue(tag).num_plurals == PLURALS[tag]
    for each in messages(tag):
        if each.pluralizable:
            assert len(forms(each.string)) == PLURALS[tag], each.id
