"""Two who wrote at once: what is kept now beside what was typed, so that neither text is lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import gettext as _

from portal.facet_labels import USES, country_name
from portal.field_labels import ACCESSES, GRADES, field_label
from portal.field_values import enumerated
from portal.formatting import kind_name, own_name
from portal.interface import language

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portal.contribute.forms import DraftForm


@dataclass(frozen=True)
class Kept:
    """A field as it is kept now, where it differs from what was typed; `tag` of a text's language."""

    label: str
    text: str
    tag: str = ""


def kept_now(kept: DraftForm, typed: DraftForm) -> tuple[Kept, ...]:
    """Return the fields that differ, in the order of the form."""
    return (*_texts(kept, typed), *_lines(kept, typed))


def _texts(kept: DraftForm, typed: DraftForm) -> Iterator[Kept]:
    labels = {
        "title": _("Title"),
        "summary": _("In one sentence"),
        "description": _("Description"),
        "keywords": _("Keywords, by commas"),
    }
    for name, label in labels.items():
        ours, theirs = getattr(typed, name), getattr(kept, name)
        for tag in dict.fromkeys((*theirs, *ours)):
            if plain(theirs.get(tag, "")) != plain(ours.get(tag, "")):
                yield Kept(_(", ").join((label, own_name(tag))), theirs.get(tag, ""), tag)


def _lines(kept: DraftForm, typed: DraftForm) -> Iterator[Kept]:
    lines = {
        "subjects": _("Subjects, by commas"),
        "year": _("Year"),
        "licence": _("Licence"),
        "credit": _("How to name you"),
        "ages_from": _("Ages, from"),
        "ages_to": _("Ages, to"),
    }
    told = {label: (getattr(kept, name), getattr(typed, name)) for name, label in lines.items()}
    for name in dict.fromkeys((*kept.details, *typed.details)):
        told[field_label(name)] = (_detail(kept, name), _detail(typed, name))
    told[_("Country")] = (_country(kept), _country(typed))
    told[_("Kind")] = (kind_name(kept.kind), kind_name(typed.kind))
    told[_("It is made in")] = (own_name(kept.language), own_name(typed.language))
    told[_("Others may")] = (_uses(kept), _uses(typed))
    told[_("Who may take it")] = (
        str(ACCESSES.get(kept.access, "")),
        str(ACCESSES.get(typed.access, "")),
    )
    return (Kept(label, theirs) for label, (theirs, ours) in told.items() if theirs != ours)


def _uses(form: DraftForm) -> str:
    return enumerated(str(words) for use, words in USES.items() if use in form.uses)


def _detail(form: DraftForm, name: str) -> str:
    """Return what stands in a field of the kind; of a choice the words."""
    value = form.details.get(name, "")
    grades = {str(grade): str(words) for grade, words in GRADES.items()}
    return grades.get(value, value) if name == "buildability" else value


def _country(form: DraftForm) -> str:
    return country_name(form.country, language()) if form.country else ""


def plain(text: str) -> str:
    """Return a text without the breaks of lines that a form sends otherwise than it got them."""
    return "\n".join(text.split("\r\n")).strip()
