"""What the front page and the page of a resource show."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flask import request, url_for
from flask_babel import gettext as _

from catalog import vocabulary
from catalog.policy.actions import Action
from catalog.policy.rules import allows
from catalog.states import Access, State
from config.kinds import KINDS, FieldType
from config.rights import USES, licence
from portal.browse import searching
from portal.browse.taking import drawings_of, forms_of, page_pictures
from portal.collation import in_order
from portal.facet_labels import country_name
from portal.field_labels import field_label, unit_name
from portal.finding import Asked
from portal.formatting import when
from portal.identity import actor, services
from portal.interface import language
from portal.playing import player_of
from portal.rows import large_picture, row_of
from search.document import with_broader

if TYPE_CHECKING:
    from catalog.resources.views import ResourceView
    from portal.finding import Found

FIGURES = frozenset({FieldType.INT, FieldType.FLOAT})
MOST_SUBJECTS = 24
KIND_ORDER = ("film", "exhibit", "lesson_plan", "activity", "other")
"""As the front shows them."""


def resting() -> dict[str, Any]:
    """Return the front while the search rests: kinds and subjects by the catalogue."""
    return {
        "picks": [],
        "resting": True,
        "kinds": [(kind, 0) for kind in KIND_ORDER],
        "subjects": _subjects(_in_use()),
    }


def _in_use() -> dict[str, int]:
    """Return the subjects of what is published and all that are broader, by the catalogue.

    Uncounted (0): a resource may have several subjects below one, and counting each once is slow.
    """
    concepts = services().reference.shelf().concepts
    with services().database.reading() as session:
        named = tuple(vocabulary.counts(session))
    return dict.fromkeys(with_broader(named, concepts), 0)


def front(found: Found) -> dict[str, Any]:
    """Return the front: what is new, the kinds, the subjects."""
    picks = [
        replace(searching.hit_row(hit), shape="tall" if place == 0 else "")
        for place, hit in enumerate(found.hits)
    ]
    return {
        "picks": picks,
        "resting": False,
        "kinds": _kinds({each.value: each.count for each in found.facets["kind"]}),
        "subjects": _subjects({each.value: each.count for each in found.facets["subject"]}),
    }


def _kinds(counts: dict[str, int]) -> list[tuple[str, int]]:
    return [(kind, counts[kind]) for kind in KIND_ORDER if counts.get(kind)]


def _subjects(counts: dict[str, int]) -> list[tuple[str, str, int]]:
    """Return the broadest subjects that have something, by name."""
    shelf, reader = services().reference.shelf(), language()
    found = [
        (
            shelf.concept_label(concept, reader),
            searching.address(Asked(filters={"subject": (concept,)})),
            count,
        )
        for concept, count in counts.items()
        if concept in shelf.concepts and not shelf.concepts[concept].broader
    ]
    return in_order(found, reader, lambda each: each[0])[:MOST_SUBJECTS]


@dataclass(frozen=True)
class Permission:
    """One of the six uses: whether it is allowed, with a word on it."""

    use: str
    allowed: bool
    words: str


def resource(view: ResourceView) -> dict[str, Any]:
    """Return the page of a resource for whoever asks."""
    reader = language()
    shelf = services().reference.shelf()
    giver = shelf.institution_name(view.institution, reader)
    asker = actor()
    may_take = any(
        allows(asker, Action.FILE_TAKE, view.standing_of(asset)).allowed for asset in view.assets
    )
    shown = request.args.get("text", "")
    description = view.description.pick(
        shown if shown in view.description.values else reader, original=view.language
    )
    summary = view.summary.pick(reader, original=view.language)
    description = description or summary
    return {
        "view": view,
        "row": replace(
            row_of(view, url_for("browse.resource", rid=view.id)),
            large=large_picture(view.id, view.assets) if may_take else None,
        ),
        "uses": [(each.use, each.allowed, each.words) for each in _permissions(view)],
        **(_taken(view) if may_take else _kept_back(view)),
        "buildability": view.details.get("buildability"),
        "summary": summary,
        "description": description,
        "tabs": _tabs(view, description.language if description else ""),
        "dossier": _dossier(view),
        "subjects": [
            (
                shelf.concept_label(concept, reader),
                searching.address(Asked(filters={"subject": (concept,)})),
            )
            for concept in view.subjects
        ],
        "giver": giver,
        "credit": view.credit or giver,
        "rights": licence(view.licence or ""),
        "back": _back(),
        "may_edit": _may(view, Action.RESOURCE_EDIT),
        "may_withdraw": _may(view, Action.RESOURCE_WITHDRAW),
    }


def _taken(view: ResourceView) -> dict[str, Any]:
    """Return what is shown of the files to those who may take them."""
    exhibit = view.kind == "exhibit"
    return {
        "forms": forms_of(view),
        "closed": "",
        "player": player_of(view),
        "pages": [] if exhibit else page_pictures(view),
        "drawings": drawings_of(view) if exhibit else [],
    }


def _kept_back(view: ResourceView) -> dict[str, Any]:
    """Return the same for those who may not: why, where there is anything."""
    closed = _closed(view) if view.assets else ""
    return {"forms": [], "closed": closed, "player": None, "pages": [], "drawings": []}


def _may(view: ResourceView, action: Action) -> bool:
    """Whether whoever asks may do something to a published resource."""
    return view.state == State.PUBLISHED and allows(actor(), action, view.standing).allowed


def _permissions(view: ResourceView) -> list[Permission]:
    given = {use.use: use for use in view.uses}
    words = {
        "show": _("to any public"),
        "copy": _("and pass it on"),
        "translate": _("and share that"),
        "build": _("after the drawings"),
        "broadcast": _("radio, television"),
        "alter": _("and share that"),
    }
    found = []
    for use in USES:
        told = given.get(use)
        until = _("until %(day)s", day=when(told.until)) if told and told.until else ""
        where = country_name(told.territory, language()) if told and told.territory else ""
        more = _(", ").join(each for each in (where, until) if each)
        found.append(
            Permission(use, told is not None, (more or words[use]) if told else _("ask first"))
        )
    return found


def _closed(view: ResourceView) -> str:
    if view.access == Access.PARTNERS:
        return _("The files are for people of a partner institution.")
    if view.access == Access.AGREEMENT:
        return _("The files are for institutions that have an agreement with the giver.")
    return _("A curator must still look at the files before they can be taken.")


def _tabs(view: ResourceView, current: str) -> list[tuple[str, str, bool]]:
    here = url_for("browse.resource", rid=view.id)
    return [(tag, f"{here}?text={tag}", tag == current) for tag in view.description.values]


def _dossier(view: ResourceView) -> list[tuple[str, str, str]]:
    return [
        (field_label(field.name), str(view.details[field.name]), unit_name(field.unit))
        for field in KINDS[view.kind].fields
        if field.type in FIGURES
        and field.name != "buildability"
        and view.details.get(field.name) is not None
    ][:6]


def _back() -> str:
    """Return the search somebody comes from, if it was one of ours."""
    came_from = request.referrer or ""
    base = request.host_url
    return (
        came_from
        if came_from.startswith(base) and "?" in came_from and "/resources" not in came_from
        else ""
    )
