"""The pages' catalogues of translations are whole, sound, and up to date with the source."""

from __future__ import annotations

import ast
import functools
import re
from collections import Counter
from gettext import c2py
from typing import TYPE_CHECKING

import pytest
from babel import Locale
from babel.messages.pofile import read_po

from config.languages import INTERFACE, LANGUAGES
from scripts import glossary
from scripts.second_script import FROM
from scripts.translations import FOLDER, KEYWORDS, made, place, template
from tests.house.source import tracked

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog, Message

TRANSLATED = [tag for tag in INTERFACE if tag != "en"]
SAME_IN_ALL = {
    *("MB", "W", "kg", "m", "m²", "min", "%(number)s B", "%(speed)s kbit/s", "%(seconds)s s"),
    *("%(number)s kB", "%(number)s MB", "%(number)s GB", "%(number)s TB", "%(minutes)s min"),
    *("%(minutes)s min %(seconds)s s", "%(low)s to %(high)s", "%(low)s–%(high)s", ", "),
    *("%(role)s, %(place)s", "%(day)s, %(time)s UTC", "magnet, စွမ်းအင်, ضوء, 水 …"),
    "%(facet)s: %(value)s",
}
"""Units, and sentences without a word."""
_FRENCH = {
    *("%(name)s, page %(page)s", "%(num)s page", "Description", "Document", "Film", "Films"),
    *("Film, 144p", "Film, 240p", "Film, 480p", "Institutions", "Licence", "Notes", "Original"),
    *("Original, %(what)s", "Page %(page)s", "Pages", "description", "original"),
    *("page %(page)s", "version %(number)s", "%(num)s triangle"),
}
_SPANISH = {"Original", "Original, %(what)s", "original"}
_FILM = {"Film", "Film, 144p", "Film, 240p", "Film, 480p", "3D model"}
SAME: dict[str, set[str]] = {"fr": _FRENCH, "es": _SPANISH, "uz": _FILM, "sr-Latn": _FILM}
"""Words that a language truly has in common with English."""
JOIN = ", "
"""Between the parts of a list: Chinese and Arabic have their own comma, without a space."""
PLACE = re.compile(r"%(?:\(\w+\))?[sd]|\{\w*\}")
TAG = re.compile(r"</?\w[^>]*>")
SPELLED = re.compile(r"CARAVAN_\w+|caravan [a-z]+|--[a-z]+|\b\d{4}-\d\d-\d\d\b")
"""What works only letter by letter: settings, commands, options, forms of a date."""
LATIN = re.compile(r"[A-Za-z]{3,}")
NAMES = {
    *("Caravan", "Cookie", "Elasticsearch", "WebVTT", "caravan", "cookie", "doctor", "fixity"),
    *("kbit", "magnet", "magnetism", "min", "publish", "tus"),
    *("Chromium", "End", "ETag", "Home", "Tab", "axe", "core", "curl"),
}
"""Words in Latin letters that stand in sentences of every script, as PDF and CSV do."""


def test_no_sentence_is_asked_for_inside_an_f_string() -> None:
    """Babel does not read there, so that such a sentence would be left out of every catalogue."""
    hidden = [
        f"{path}:{call.lineno}"
        for path in tracked()
        if path.suffix == ".py"
        for string in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(string, ast.JoinedStr)
        for call in ast.walk(string)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in KEYWORDS
    ]
    assert hidden == []


@functools.cache
def extracted() -> frozenset[str]:
    return frozenset(forms(each.id)[0] for each in template() if each.id)


def forms(text: str | list[str] | tuple[str, ...] | None) -> list[str]:
    return [text] if isinstance(text, str) else list(text or [""])


@functools.cache
def catalogue(tag: str) -> Catalog:
    with place(tag).open("rb") as file:
        return read_po(file, locale=tag.replace("-", "_"))


def messages(tag: str) -> list[Message]:
    return [each for each in catalogue(tag) if each.id]


def test_every_language_of_the_pages_has_a_catalogue_and_no_other_has() -> None:
    found = {path.parts[-3].replace("_", "-") for path in tracked() if path.suffix == ".po"}
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
    same = SAME_IN_ALL | SAME.get(tag, set())
    copied = [
        each.id
        for each in messages(tag)
        if forms(each.id)[0] not in same and set(forms(each.id)) & set(forms(each.string))
    ]
    assert (missing, copied) == ([], [])


@pytest.mark.parametrize("tag", [tag for tag in TRANSLATED if LANGUAGES[tag].script != "Latn"])
def test_no_english_word_is_left_in_a_sentence_of_another_script(tag: str) -> None:
    left = {
        word: form
        for each in messages(tag)
        for form in forms(each.string)
        for word in LATIN.findall(TAG.sub("", PLACE.sub("", form)))
        if forms(each.id)[0] not in SAME_IN_ALL | SAME.get(tag, set()) and not word.isupper()
    }
    assert {word: form for word, form in left.items() if word not in NAMES} == {}


@pytest.mark.parametrize("tag", TRANSLATED)
def test_a_translation_fills_the_same_places(tag: str) -> None:
    """A name mistyped in a catalogue would be an error on that language's pages alone."""
    for each in messages(tag):
        asked = max((Counter(PLACE.findall(form)) for form in forms(each.id)), key=len)
        told = [Counter(PLACE.findall(form)) for form in forms(each.string)]
        # A plural form for "none", "one" or "two" may leave the number out.
        assert all(places <= asked for places in told), each.id
        assert told[-1] == asked, each.id


@pytest.mark.parametrize("tag", TRANSLATED)
def test_a_translation_keeps_tags_commands_and_the_spaces_at_its_ends(tag: str) -> None:
    for each in messages(tag):
        asked = forms(each.id)[-1]
        for form in forms(each.string):
            assert Counter(TAG.findall(form)) == Counter(TAG.findall(asked)), each.id
            assert Counter(SPELLED.findall(form)) == Counter(SPELLED.findall(asked)), each.id
            assert asked == JOIN or form == form.strip() == form.replace("  ", " "), each.id


@pytest.mark.parametrize("tag", TRANSLATED)
def test_a_language_has_all_its_plurals_by_the_rule_of_cldr(tag: str) -> None:
    """Two numbers share a form exactly when CLDR puts them into one category."""
    rule = catalogue(tag)
    category = Locale.parse(tag, sep="-").plural_form
    choose = c2py(rule.plural_expr)
    pairs = {(choose(number), category(number)) for number in range(1000)}
    assert len(pairs) == len({form for form, _ in pairs}) == len({name for _, name in pairs})
    assert {form for form, _ in pairs} == set(range(rule.num_plurals))
    for each in messages(tag):
        if each.pluralizable:
            assert len(forms(each.string)) == rule.num_plurals, each.id


def test_the_glossary_has_the_words_of_the_catalogues() -> None:
    page = glossary.PAGE.read_text(encoding="utf-8")
    assert glossary.table(catalogue) in page
    assert set(glossary.TERMS) <= extracted()


def test_a_second_script_is_made_from_the_first() -> None:
    """Corrections belong into the first; `make translations` carries them over."""
    for tag in set(TRANSLATED) & set(FROM):
        fresh = {forms(each.id)[0]: forms(each.string) for each in made(tag) if each.id}
        assert {forms(each.id)[0]: forms(each.string) for each in messages(tag)} == fresh
