"""A language beside a language: which columns the form of a draft has, the original first."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flask_babel import force_locale
from flask_babel import gettext as _

from catalog.states import Origin
from config.languages import INTERFACE, LANGUAGES, normalise_tag
from portal.interface import language

if TYPE_CHECKING:
    from catalog.resources.views import ResourceView
    from portal.contribute.forms import DraftForm

SIDE_BY_SIDE = 2


@dataclass(frozen=True)
class Column:
    """One language of the form. Its labels are in itself where the pages speak it."""

    tag: str
    original: bool
    spoken: str
    """The language of the labels."""
    labels: dict[str, str]
    drafted: frozenset[str] = field(default_factory=frozenset)
    """Fields whose words a machine wrote and nobody has checked."""


def columns(view: ResourceView, form: DraftForm, beside: str) -> tuple[list[Column], list[str]]:
    """Return the languages shown side by side, and the tags of those kept out of sight."""
    written = [
        tag
        for texts in (form.title, form.summary, form.description, form.keywords)
        for tag, text in texts.items()
        if text
    ]
    original = _known(form.language) or language()
    wanted = [original, _known(beside), *map(_known, written)]
    ordered = list(dict.fromkeys(tag for tag in wanted if tag))
    shown = [_column(view, tag, original=tag == original) for tag in ordered[:SIDE_BY_SIDE]]
    return shown, ordered[SIDE_BY_SIDE:]


def others(shown: list[Column]) -> list[str]:
    """Return the languages that are known by name and have no column."""
    here = {each.tag for each in shown}
    return [tag for tag in LANGUAGES if tag not in here]


def _column(view: ResourceView, tag: str, *, original: bool) -> Column:
    texts = {"title": view.title, "summary": view.summary, "description": view.description}
    drafted = frozenset(
        name for name, text in texts.items() if text.origins.get(tag) == Origin.MACHINE
    )
    return column_of(tag, original=original, drafted=drafted)


def column_of(tag: str, *, original: bool, drafted: frozenset[str]) -> Column:
    """Return the column of a language; `drafted` are the fields whose words nobody has checked."""
    spoken = tag if tag in INTERFACE else language()
    with force_locale(spoken.replace("-", "_")):
        return Column(tag, original, spoken, _labels(), drafted)


def _labels() -> dict[str, str]:
    return {
        "original": _("original"),
        "title": _("Title"),
        "summary": _("In one sentence"),
        "description": _("Description"),
        "keywords": _("Keywords, by commas"),
    }


def _known(tag: str) -> str:
    """Return a tag as it is spelled, or nothing for what is none."""
    try:
        return normalise_tag(tag) if tag else ""
    except ValueError:
        return ""
