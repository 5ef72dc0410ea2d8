"""A language beside a language: which columns the form of a draft has, the original first.

Under a text that a machine had written stands who has checked it, or that it is to be checked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flask_babel import force_locale
from flask_babel import gettext as _

from catalog.states import Origin
from config.languages import INTERFACE, LANGUAGES, normalise_tag
from portal.contribute.conflict import plain
from portal.identity import actor
from portal.interface import language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalog.resources.checkers import Checker
    from catalog.resources.views import ResourceView
    from catalog.texts import Multilingual
    from portal.contribute.forms import DraftForm

    Checkers = Mapping[tuple[str, str], Checker]
    """Who has checked a text, by field and language."""

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
    checked: Mapping[str, str] = field(default_factory=dict)
    """Of fields whose words a machine wrote, who has checked them, in a sentence."""


def columns(
    view: ResourceView, form: DraftForm, checkers: Checkers, beside: str
) -> tuple[list[Column], list[str]]:
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
    shown = [
        column_of(
            tag,
            original=tag == original,
            drafted=frozenset(name for name, where in _drafted(view) if where == tag),
            checked={
                name: checked_words(who)
                for (name, where), who in checkers.items()
                if where == tag and _stands(view, form, name, tag)
            },
        )
        for tag in ordered[:SIDE_BY_SIDE]
    ]
    return shown, ordered[SIDE_BY_SIDE:]


def others(shown: list[Column]) -> list[str]:
    """Return the languages that are known by name and have no column."""
    here = {each.tag for each in shown}
    return [tag for tag in LANGUAGES if tag not in here]


def checks(view: ResourceView, checkers: Checkers) -> dict[str, dict[str, str] | list[str]]:
    """Return who has checked which text, in sentences, and what nobody has: for the page's script."""
    return {
        "checked": {f"{name}.{tag}": checked_words(who) for (name, tag), who in checkers.items()},
        "drafted": [f"{name}.{tag}" for name, tag in _drafted(view)],
    }


def checked_words(who: Checker) -> str:
    """Return who has checked a text, in a sentence; nobody is named whose account is no more."""
    if who.person_id == actor().person_id:
        return _("Checked by you")
    # Isolated (U+2068, U+2069): a name may be of the other direction.
    return _("Checked by %(name)s", name=f"\u2068{who.name}\u2069") if who.name else _("Checked")


def _texts(view: ResourceView) -> dict[str, Multilingual]:
    return {"title": view.title, "summary": view.summary, "description": view.description}


def _drafted(view: ResourceView) -> list[tuple[str, str]]:
    return [
        (name, tag)
        for name, text in _texts(view).items()
        for tag, origin in text.origins.items()
        if origin == Origin.MACHINE
    ]


def _stands(view: ResourceView, form: DraftForm, name: str, tag: str) -> bool:
    """Whether the field holds what is kept: what was typed and not kept nobody has checked."""
    return plain(getattr(form, name).get(tag, "")) == plain(_texts(view)[name].values.get(tag, ""))


def column_of(
    tag: str,
    *,
    original: bool,
    drafted: frozenset[str] = frozenset(),
    checked: Mapping[str, str] | None = None,
) -> Column:
    """Return the column of a language; `drafted` are the fields whose words nobody has checked."""
    spoken = tag if tag in INTERFACE else language()
    with force_locale(spoken.replace("-", "_")):
        return Column(tag, original, spoken, _labels(), drafted, checked or {})


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
