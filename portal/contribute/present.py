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
from config.rights import LICENCES, USES
from portal.collation import in_order
from portal.contribute.columns import checks, columns, others
from portal.contribute.guessing import BY_NAME
from portal.contribute.remarks import remarks_on
from portal.contribute.stopped import stopped_row
from portal.facet_labels import KINDS as KIND_NAMES
from portal.field_labels import ACCESSES, GRADES, ROLES, field_label, missing_label, unit_name
from portal.field_values import enumerated
from portal.file_rows import file_row
from portal.formatting import capital
from portal.identity import actor, services
from portal.interface import language
from portal.numerals import ngettext
from portal.paging import Pages, shown_faults
from portal.rows import row_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalog.decisions import Decision
    from catalog.errors import Fault, Invalid
    from catalog.notes import NoteView
    from catalog.resources.views import Card, ResourceView
    from catalog.uploads import UploadView
    from portal.contribute.columns import Checkers
    from portal.contribute.forms import DraftForm

FILES, WORDS, HAND_OVER = 1, 2, 3
"""The steps of giving."""
LEADS_ON = {State.CHANGES_ASKED: "hold", State.DECLINED: "no", State.PUBLISHED: "ok"}
"""States in a list that a mark stands beside, and its icon."""


@dataclass(frozen=True)
class Labelled:
    """A field of the kind; `choices` are values and their words, where there are but a few."""

    name: str
    label: str
    unit: str
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Remarks:
    """What curators have said: their decisions, the newest first, and their notes."""

    decisions: tuple[Decision, ...] = ()
    notes: tuple[NoteView, ...] = ()
    may_answer: bool = False


def listing(total: int, cards: tuple[Card, ...], page: int, per_page: int) -> dict[str, Any]:
    """Return the list of what somebody has given."""
    shelf, reader = services().reference.shelf(), language()
    places = actor().granted_at(Action.RESOURCE_CREATE)
    houses = [
        (house, shelf.institution_name(house, reader))
        for house in (shelf.institutions if places is None else places)
    ]
    more = page * per_page < total
    return {
        "rows": [
            row_of(card, _address(card), state=card.state, changed=card.updated_at)
            for card in cards
        ],
        "marks": LEADS_ON,
        "total": total,
        "pages": Pages(
            (page - 1) * per_page + 1,
            min(page * per_page, total),
            url_for("contribute.index", page=page - 1) if page > 1 else None,
            url_for("contribute.index", page=page + 1) if more else None,
        ),
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
    remarks: Remarks,
    answered: Mapping[str, str],
    coming: tuple[UploadView, ...],
    checkers: Checkers,
    beside: str,
    editable: bool,
) -> dict[str, Any]:
    """Return the page of a draft, with what was typed and what does not hold."""
    shelf, reader = services().reference.shelf(), language()
    shown, hidden = columns(view, form, checkers, beside)
    concepts = shelf.concepts.values()
    lacking = missing(view)
    return {
        "view": view,
        "heading": heading(view),
        "heading_lang": heading_lang(view),
        "giver": shelf.institution_name(view.institution, reader),
        "form": form,
        "faults": shown_faults(faults),
        "files": [file_row(view, asset) for asset in view.assets],
        "stopped": [stopped_row(upload) for upload in coming] if editable else [],
        "columns": shown,
        "hidden_tags": hidden,
        "other_tags": others(shown),
        "kinds": list(KIND_NAMES),
        "uses": list(USES),
        "accesses": [(name, str(words)) for name, words in ACCESSES.items()],
        "roles": [(name, str(words)) for name, words in ROLES.items()],
        "by_name": BY_NAME,
        "licences": list(LICENCES),
        "fields": [
            Labelled(each.name, field_label(each.name), unit_name(each.unit), _choices(each.name))
            for each in KINDS[form.kind if form.kind in KINDS else view.kind].fields
        ],
        "concepts": in_order(
            (shelf.concept_label(each.id, reader) for each in concepts if not each.retired), reader
        ),
        "subjects": subject_names(view),
        "said": said(lacking),
        "step": _step(lacking),
        "decisions": remarks.decisions,
        "notes": remarks_on(view, remarks.notes),
        "may_answer": remarks.may_answer,
        "answered": answered,
        "editable": editable,
        "most": services().settings.limits.max_upload_bytes,
        "keeper": actor().person_id,
    }


def _choices(name: str) -> tuple[tuple[str, str], ...]:
    if name != "buildability":
        return ()
    return tuple((str(grade), str(words)) for grade, words in GRADES.items())


def kept(
    view: ResourceView, faults: Invalid | None, values: dict[str, str], checkers: Checkers
) -> dict[str, Any]:
    """Return how a draft stands after it kept itself, for the script of its page.

    `values` are those of its fields that were sent, as they stand now.
    """
    lacking = missing(view)
    return {
        "revision": revision(view),
        "heading": heading(view),
        "heading_lang": heading_lang(view),
        "said": said(lacking),
        "step": _step(lacking),
        "subjects": subject_names(view),
        "values": values,
        **checks(view, checkers),
        "faults": [{"field": each.field, "message": each.message} for each in shown_faults(faults)],
    }


def heading(view: ResourceView) -> str:
    """Return what stands at the head of the page of a gift."""
    title = view.title.pick(language(), original=view.language)
    return title.value if title else _("Without a title yet")


def heading_lang(view: ResourceView) -> str:
    """Return the language of what stands at the head, for its letters."""
    title = view.title.pick(language(), original=view.language)
    return title.language if title else language()


def revision(view: ResourceView) -> str:
    """Return what `If-Match` names."""
    return f"{view.number}-{view.revision}"


def subject_names(view: ResourceView) -> str:
    """Return the chosen subjects as the reader calls them, in whatever language they were typed."""
    shelf = services().reference.shelf()
    return enumerated(capital(shelf.concept_label(each, language())) for each in view.subjects)


def said(lacking: tuple[Fault, ...]) -> str:
    """Return what is to be done before a draft can be handed over."""
    if not lacking:
        return _("All is there. A curator looks at it next.")
    coming = sum(each.code == "asset_not_checked" for each in lacking)
    refused = sum(each.code == "asset_refused" for each in lacking)
    names = [missing_label(each.field) for each in lacking if "asset" not in each.facts]
    if coming:
        names.append(ngettext("%(num)s file being read", "%(num)s files being read", coming))
    if refused:
        names.append(
            ngettext("%(num)s file cannot be taken", "%(num)s files cannot be taken", refused)
        )
    return _("Before you can hand it over: %(names)s.", names=enumerated(dict.fromkeys(names)))


def _step(lacking: tuple[Fault, ...]) -> int:
    if any(each.code == "main_required" for each in lacking):
        return FILES
    return WORDS if lacking else HAND_OVER
