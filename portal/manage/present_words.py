"""What the pages of the vocabulary and of the checklists show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import gettext as _

from config.kinds import KINDS
from config.subjects import load_concepts
from portal.checklist_words import point_words
from portal.facet_labels import KINDS as KIND_NAMES
from portal.field_values import enumerated
from portal.formatting import capital
from portal.identity import services
from portal.interface import language
from portal.manage.present import Line, languages_of, tabs
from portal.numerals import ngettext
from portal.paging import shown_faults
from portal.sizes import NO_BREAK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalog.checklists import PointView
    from catalog.errors import Invalid
    from catalog.vocabulary import ConceptView
    from portal.manage.forms import ConceptForm, PointForm


def vocabulary(
    found: tuple[ConceptView, ...], form: ConceptForm, faults: Invalid | None
) -> dict[str, Any]:
    """Return the subjects as a tree, with the form for another."""
    by_id = {each.id: each for each in found}
    tops = [each for each in found if not each.broader]
    rows = [line for each in tops for line in _branch(each, by_id, 0, frozenset())]
    return {
        "tabs": tabs("vocabulary"),
        "rows": rows,
        "form": form,
        "broader": [(each.id, _label(each)) for each in found if not each.retired],
        **languages_of(form.labels),
        "faults": shown_faults(faults),
    }


def _branch(
    concept: ConceptView, by_id: dict[str, ConceptView], depth: int, above: frozenset[str]
) -> Iterator[Line]:
    if concept.id in above:
        return
    count = len(concept.labels)
    languages = ngettext("%(num)s language", "%(num)s languages", count)
    about = [concept.id, languages.replace(" ", NO_BREAK)]
    if concept.retired:
        about.append(_("not offered any more"))
    address = url_for("manage.concept", cid=concept.id)
    yield Line(
        capital(_label(concept)), address, tuple(about), open=not concept.retired, depth=depth
    )
    for each in concept.narrower:
        yield from _branch(by_id[each], by_id, depth + 1, above | {concept.id})


def _label(concept: ConceptView) -> str:
    reader = language()
    labels = concept.labels
    return (
        labels.get(reader)
        or labels.get(reader.partition("-")[0])
        or labels.get("en")
        or next(iter(labels.values()), concept.id)
    )


def concept(view: ConceptView, form: ConceptForm, faults: Invalid | None) -> dict[str, Any]:
    """Return one subject with its form."""
    shelf, reader = services().reference.shelf(), language()
    return {
        "tabs": tabs("vocabulary"),
        "heading": _label(view),
        "view": view,
        "broader": enumerated(shelf.concept_label(each, reader) for each in view.broader),
        "from_data": view.id in {record.id for record in load_concepts()},
        "form": form,
        **languages_of({**form.others, **form.labels}),
        "faults": shown_faults(faults),
    }


def points(found: tuple[PointView, ...], form: PointForm, faults: Invalid | None) -> dict[str, Any]:
    """Return the points in their order, with the form for another."""
    rows = [
        Line(
            point_words(each, language())[0],
            url_for("manage.point", kid=each.id),
            (_kinds(each), *((_("not asked any more"),) if each.retired else ())),
            id=each.id,
            open=not each.retired,
        )
        for each in found
    ]
    return {"tabs": tabs("checklists"), "rows": rows, **_form(form, faults)}


def point(view: PointView, form: PointForm, faults: Invalid | None) -> dict[str, Any]:
    """Return one point with its form."""
    return {
        "tabs": tabs("checklists"),
        "heading": point_words(view, language())[0],
        "view": view,
        **_form(form, faults),
    }


def _form(form: PointForm, faults: Invalid | None) -> dict[str, Any]:
    return {
        "form": form,
        "kinds": list(KINDS),
        **languages_of(form.wording),
        "faults": shown_faults(faults),
    }


def _kinds(point: PointView) -> str:
    if not point.kinds:
        return _("asked of every kind")
    return enumerated(str(KIND_NAMES[kind]) for kind in point.kinds)
