"""What the front page and the page of a resource show."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import gettext as _

from catalog import vocabulary
from catalog.policy.actions import Action
from catalog.policy.rules import allows
from catalog.states import Access, State
from config.kinds import KINDS, FieldType
from config.rights import USES, licence
from portal.browse import describing, searching
from portal.browse.around import related, way_back
from portal.browse.looking import drawings_of, leaf_of, model_of
from portal.browse.taking import forms_of
from portal.collation import in_order
from portal.facet_labels import country_name
from portal.field_labels import field_label, unit_name
from portal.finding import Asked
from portal.formatting import when
from portal.identity import actor, services
from portal.interface import language
from portal.numerals import in_own_digits, number
from portal.playing import player_of
from portal.rows import OLDEST, large_picture, original_of, row_of
from portal.sizes import NO_BREAK
from search.document import with_broader

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalog.resources.views import ResourceView, UseView
    from catalog.texts import Multilingual
    from config.kinds import FieldSpec
    from portal.finding import Found

FIGURES = frozenset({FieldType.INT, FieldType.FLOAT})
SAID_ELSEWHERE = frozenset({"buildability", "duration_minutes"})
"""On its own line of beads; beside the kind."""
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


def resource(view: ResourceView, given: int) -> dict[str, Any]:
    """Return the page of a resource for whoever asks; its giver has `given` public ones."""
    reader = language()
    shelf = services().reference.shelf()
    giver = shelf.institution_name(view.institution, reader)
    asker = actor()
    may_take = any(
        allows(asker, Action.FILE_TAKE, view.standing_of(asset)).allowed for asset in view.assets
    )
    here = url_for("browse.resource", rid=view.id)
    row = row_of(view, here)
    return {
        "view": view,
        "row": replace(
            row,
            large=large_picture(view.id, view.assets) if may_take else None,
            facts=(*row.facts, *_ages(view)),
            labels=row.labels[:-1] if view.ages else row.labels,
        ),
        "uses": [(each.use, each.allowed, each.words) for each in _permissions(view)],
        "without_limit": not any(use.territory or use.until for use in view.uses),
        **(_taken(view, here) if may_take else _kept_back(view)),
        **describing.described(view, here),
        "dossier": _dossier(view),
        "subjects": [
            (
                shelf.concept_label(concept, reader),
                searching.address(Asked(filters={"subject": (concept,)})),
            )
            for concept in view.subjects
        ],
        "giver": giver,
        "giver_own": _own_name(view, giver),
        "given": given,
        "credit": view.credit or giver,
        "rights": licence(view.licence or ""),
        "licence_name": _licence_name(view),
        "printed_address": f"{services().settings.portal.base_url}{here}".partition("://")[2],
        "back": way_back(),
        "related": related(view) if view.state == State.PUBLISHED else [],
        "may_edit": _may(view, Action.RESOURCE_EDIT),
        "may_withdraw": _may(view, Action.RESOURCE_WITHDRAW),
    }


def withdrawn(facts: Mapping[str, Any], title: Multilingual) -> dict[str, Any]:
    """Return what stays of a withdrawn resource, by the facts of its `Gone`."""
    return {
        "kind": facts["kind"],
        "facts": [in_own_digits(str(facts["year"]))] if facts["year"] else [],
        "title": title.pick(language(), original=facts["language"]),
        "original": original_of(title, facts["language"]),
        "giver": services()
        .reference.shelf()
        .institution_name(str(facts["institution"]), language()),
        "reason": facts["reason"],
        "at": facts["at"],
    }


def _ages(view: ResourceView) -> list[str]:
    if not view.ages:
        return []
    low, high = view.ages
    if high >= OLDEST:
        words = _("ages %(age)s and up", age=number(low))
    else:
        words = _("ages %(low)s–%(high)s", low=number(low), high=number(high))
    return [words.replace(" ", NO_BREAK)]


def _own_name(view: ResourceView, shown: str) -> tuple[str, str] | None:
    """Return the name the giver has in the language of the resource, and its tag, where it differs."""
    name = view.institution_names.get(view.language or "")
    return (name, str(view.language)) if name and name != shown else None


def _licence_name(view: ResourceView) -> str:
    """Return a Creative Commons licence as it is spoken of, any other by its name."""
    rights = licence(view.licence or "")
    parts = (rights.spdx_id or "").split("-")
    if parts[0] != "CC" or len(parts) < 3:  # noqa: PLR2004 - family, terms, version
        return rights.name
    return f"CC {'-'.join(parts[1:-1])} {parts[-1]}"


def _taken(view: ResourceView, here: str) -> dict[str, Any]:
    """Return what is shown of the files to those who may take them."""
    exhibit = view.kind == "exhibit"
    return {
        "forms": forms_of(view),
        "closed": "",
        "player": player_of(view, here),
        "leaf": None if exhibit else leaf_of(view, here),
        "model": model_of(view),
        "drawings": drawings_of(view) if exhibit else [],
    }


def _kept_back(view: ResourceView) -> dict[str, Any]:
    """Return the same for those who may not: why, where there is anything."""
    closed = _closed(view) if view.assets else ""
    return {
        "forms": [],
        "closed": closed,
        "player": None,
        "leaf": None,
        "model": None,
        "drawings": [],
    }


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
        if use in given:
            found.append(Permission(use, allowed=True, words=_bounds(given[use]) or words[use]))
        else:
            no = _("not for films") if (use, view.kind) == ("build", "film") else _("ask first")
            found.append(Permission(use, allowed=False, words=no))
    return found


def _bounds(use: UseView) -> str:
    """Return in words where and until when a use is permitted; nothing without a limit."""
    where = country_name(use.territory, language()) if use.territory else ""
    until = _("until %(day)s", day=when(use.until)) if use.until else ""
    return _(", ").join(each for each in (where, until) if each)


def _closed(view: ResourceView) -> str:
    if view.access == Access.PARTNERS:
        return _("The files are for people of a partner institution.")
    if view.access == Access.AGREEMENT:
        return _("The files are for institutions that have an agreement with the giver.")
    return _("A curator must still look at the files before they can be taken.")


def _dossier(view: ResourceView) -> list[tuple[str, str, str]]:
    return [
        _figure(field, view.details[field.name])
        for field in KINDS[view.kind].fields
        if field.type in FIGURES
        and field.name not in SAID_ELSEWHERE
        and view.details.get(field.name) is not None
    ][:6]


def _figure(field: FieldSpec, value: float) -> tuple[str, str, str]:
    """Return label, figure and unit; an exhibit without power needs none, not 0 W."""
    if field.name == "power_w" and not value:
        return field_label(field.name), _("none"), ""
    return field_label(field.name), number(value), unit_name(field.unit)
