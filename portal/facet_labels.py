"""The values of facets in a reader's words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from babel import Locale, UnknownLocaleError
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from config.languages import LANGUAGES
from portal.numerals import in_own_digits

if TYPE_CHECKING:
    from portal.reference import Shelf
    from search.engine import FacetCount

KINDS = {
    "exhibit": _l("Exhibit"),
    "film": _l("Film"),
    "lesson_plan": _l("Lesson plan"),
    "activity": _l("Activity"),
    "other": _l("Other"),
}
MANY = {
    "film": _l("Films"),
    "exhibit": _l("Exhibits to build"),
    "lesson_plan": _l("Lesson plans"),
    "activity": _l("Activities"),
    "other": _l("Other things"),
}
"""Kinds as shelves."""
FAMILIES = {
    "film": _l("Film file"),
    "audio": _l("Sound"),
    "image": _l("Picture"),
    "document": _l("Document"),
    "model": _l("3D model"),
    "subtitle": _l("Subtitles"),
    "package": _l("Package"),
    "other": _l("Other file"),
}
USES = {
    "show": _l("Show"),
    "copy": _l("Copy"),
    "translate": _l("Translate"),
    "build": _l("Build"),
    "broadcast": _l("Broadcast"),
    "alter": _l("Alter"),
}
FACETS = {
    "kind": _l("Kind"),
    "subject": _l("Subject"),
    "language": _l("Language"),
    "audio_language": _l("Spoken in"),
    "subtitle_language": _l("Subtitles in"),
    "age": _l("Age"),
    "country": _l("Country"),
    "institution": _l("Given by"),
    "use": _l("You may"),
    "format": _l("Kind of file"),
    "size": _l("Weight"),
    "duration": _l("Length"),
}


@dataclass(frozen=True)
class LabelledCount:
    """A value of a facet as a page shows it."""

    value: str
    label: str
    count: int
    chosen: bool


def labelled(
    facet: str, counts: tuple[FacetCount, ...], shelf: Shelf, reader: str
) -> tuple[LabelledCount, ...]:
    """Return the values of a facet with their labels for a reader."""
    return tuple(
        LabelledCount(each.value, label(facet, each.value, shelf, reader), each.count, each.chosen)
        for each in counts
    )


def label(facet: str, value: str, shelf: Shelf, reader: str) -> str:
    """Return the label of one value; the value itself where there is none."""
    if facet == "subject":
        return shelf.concept_label(value, reader)
    if facet == "institution":
        return shelf.institution_name(value, reader)
    if facet == "country":
        return country_name(value, reader)
    if facet in ("language", "audio_language", "subtitle_language"):
        return language_name(value, reader)
    words = {"kind": KINDS, "format": FAMILIES, "use": USES}.get(facet)
    if words is not None:
        return str(words.get(value, value))
    return _band(facet, value)


def language_name(tag: str, reader: str) -> str:
    """Return the name of a language in the reader's own, else its tag."""
    locale = _locale(reader)
    found = locale.languages.get(tag.replace("-", "_"))
    if found is None and tag in LANGUAGES:
        # Of a language in its other script Babel makes the name: serbe (latin).
        found = Locale.parse(tag, sep="-").get_display_name(locale)
    return found or tag


def country_name(code: str, reader: str) -> str:
    """Return the name of a country in the reader's language."""
    return _locale(reader).territories.get(code, code)


@lru_cache(maxsize=256)
def _locale(reader: str) -> Locale:
    """Return the nearest locale that Babel has names for: many languages have none."""
    for tag in (reader, reader.partition("-")[0]):
        try:
            return Locale.parse(tag, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")


def _band(facet: str, value: str) -> str:
    if facet == "age":
        if value.endswith("+"):
            return _("%(age)s and up", age=in_own_digits(value[:-1]))
        low, _dash, high = in_own_digits(value).partition("-")
        return _("%(low)s to %(high)s years", low=low, high=high)
    unit = _("MB") if facet == "size" else _("min")
    low, _dash, high = value.rstrip("+").partition("-")
    if facet != "size":
        low, high = in_own_digits(low), in_own_digits(high)
    if value.endswith("+"):
        return _("over %(low)s %(unit)s", low=low, unit=unit)
    if value.startswith("0-"):
        return _("up to %(high)s %(unit)s", high=high, unit=unit)
    return _("%(low)s to %(high)s %(unit)s", low=low, high=high, unit=unit)
