"""What the pages of giving show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import gettext as _

from catalog.policy.actions import Action
from catalog.resources.checks import missing
from catalog.states import State
from config.kinds import KINDS
from config.languages import normalise_tag
from config.rights import LICENCES, USES
from portal.collation import in_order
from portal.facet_labels import KINDS as KIND_NAMES
from portal.field_labels import ACCESSES, ROLES, field_label, missing_label, unit_name
from portal.file_rows import file_row
from portal.identity import actor, services
from portal.interface import language
from portal.paging import Shown, shown_faults
from portal.rows import row_of
from portal.sentences import field_sentence

if TYPE_CHECKING:
    from catalog.errors import Invalid
    from catalog.notes import NoteView
    from catalog.resources.views import Card, ResourceView
    from portal.contribute.forms import DraftForm


@dataclass(frozen=True)
class Labelled:
    """A field of the kind."""

    name: str
    label: str
    unit: str


def listing(cards: tuple[Card, ...]) -> dict[str, Any]:
    """Return the list of what somebody has given."""
    shelf, reader = services().reference.shelf(), language()
    places = actor().granted_at(Action.RESOURCE_CREATE)
    houses = [
        (house, shelf.institution_name(house, reader))
        for house in (shelf.institutions if places is None else places)
    ]
    return {
        "rows": [
            row_of(card, _address(card), state=card.state, changed=card.updated_at)
            for card in cards
        ],
        "houses": in_order(houses, reader, lambda each: each[1]),
        "kinds": list(KIND_NAMES),
    }


def _address(card: Card) -> str:
    page = "browse.resource" if card.state == State.PUBLISHED else "contribute.edit"
    return url_for(page, rid=card.id)


def draft(
    view: ResourceView,
    form: DraftForm,
    faults: Invalid | None,
    *,
    notes: tuple[NoteView, ...],
    beside: str,
    editable: bool,
) -> dict[str, Any]:
    """Return the page of a draft, with what was typed and what does not hold."""
    shelf, reader = services().reference.shelf(), language()
    langs, others = _languages(form, beside)
    title = view.title.pick(reader, original=view.language)
    concepts = shelf.concepts.values()
    return {
        "view": view,
        "heading": title.value if title else _("Without a title yet"),
        "giver": shelf.institution_name(view.institution, reader),
        "form": form,
        "faults": shown_faults(faults),
        "files": [file_row(view, asset) for asset in view.assets],
        "langs": langs,
        "other_langs": others,
        "kinds": list(KIND_NAMES),
        "uses": list(USES),
        "accesses": [(name, str(words)) for name, words in ACCESSES.items()],
        "roles": [(name, str(words)) for name, words in ROLES.items()],
        "licences": list(LICENCES),
        "fields": [
            Labelled(each.name, field_label(each.name), unit_name(each.unit))
            for each in KINDS[form.kind if form.kind in KINDS else view.kind].fields
        ],
        "concepts": in_order((shelf.concept_label(each.id, reader) for each in concepts), reader),
        "missing": _missing(view),
        "notes": notes,
        "editable": editable,
        "most": services().settings.limits.max_upload_bytes,
    }


def _missing(view: ResourceView) -> list[Shown]:
    found = {each.field: each for each in missing(view)}
    return [
        Shown(name, field_sentence(each.code, each.facts), missing_label(name))
        for name, each in found.items()
    ]


def _languages(form: DraftForm, beside: str) -> tuple[list[str], list[str]]:
    """Return the languages shown side by side, and those kept out of sight."""
    written = [
        tag
        for texts in (form.title, form.summary, form.description, form.keywords)
        for tag, text in texts.items()
        if text
    ]
    wanted = [_known(form.language) or language(), _known(beside), *map(_known, written)]
    ordered = list(dict.fromkeys(tag for tag in wanted if tag))
    return ordered[:2], ordered[2:]


def _known(tag: str) -> str:
    """Return a tag as it is spelled, or nothing for what is none."""
    try:
        return normalise_tag(tag) if tag else ""
    except ValueError:
        return ""
