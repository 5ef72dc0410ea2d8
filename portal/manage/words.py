"""The vocabulary and the checklists by forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request
from flask_babel import gettext as _

from catalog import checklists, concepts
from portal.identity import actor, services
from portal.manage import present_words as present
from portal.manage.forms import ConceptForm, PointForm
from portal.manage.rooms import blueprint, kept, page, room

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from catalog.errors import Invalid


@blueprint.get("/vocabulary")
def concept_list() -> ResponseReturnValue:
    """List the subjects as a tree."""
    return _concepts(ConceptForm())


def _concepts(form: ConceptForm, faults: Invalid | None = None) -> ResponseReturnValue:
    with services().database.reading() as session:
        found = concepts.managed(session, by=actor())
    return page("vocabulary", faults, present.vocabulary(found, form, faults))


@blueprint.post("/vocabulary")
def add_concept() -> ResponseReturnValue:
    """Add a subject; its id stays for good."""
    form = ConceptForm.typed(request.form)
    return kept(
        lambda session: concepts.add(
            session,
            by=actor(),
            concept_id=form.id,
            given=form.given(),
            broader=form.broader or None,
        ),
        lambda error: _concepts(form, error),
        to=room("concept", cid=form.id),
        words=_("The subject is added. Name it in more languages here."),
        taken="id",
    )


@blueprint.get("/vocabulary/<cid>")
def concept(cid: str) -> ResponseReturnValue:
    """Show one subject with its names."""
    return _concept(cid)


def _concept(
    cid: str, form: ConceptForm | None = None, faults: Invalid | None = None
) -> ResponseReturnValue:
    with services().database.reading() as session:
        view = concepts.concept(session, by=actor(), concept_id=cid)
    form = form or ConceptForm.kept(view)
    return page("concept", faults, present.concept(view, form, faults))


@blueprint.post("/vocabulary/<cid>")
def change_concept(cid: str) -> ResponseReturnValue:
    """Name a subject anew."""
    form = ConceptForm.typed(request.form)
    return kept(
        lambda session: concepts.change(session, by=actor(), concept_id=cid, given=form.given()),
        lambda error: _concept(cid, form, error),
        to=room("concept", cid=cid),
        words=_("Kept."),
    )


@blueprint.post("/vocabulary/<cid>/retired")
def retire_concept(cid: str) -> ResponseReturnValue:
    """Offer a subject no more, or again."""
    retired = request.form.get("retired") != "no"
    return kept(
        lambda session: concepts.change(session, by=actor(), concept_id=cid, retired=retired),
        None,
        to=room("concept", cid=cid),
        words=_("Kept.") if retired else _("It is offered again."),
    )


@blueprint.get("/checklists")
def point_list() -> ResponseReturnValue:
    """List the points that curators look at with their own eyes."""
    return _points(PointForm())


def _points(form: PointForm, faults: Invalid | None = None) -> ResponseReturnValue:
    with services().database.reading() as session:
        found = checklists.managed(session, by=actor())
    return page("checklists", faults, present.points(found, form, faults))


@blueprint.post("/checklists")
def add_point() -> ResponseReturnValue:
    """Add a point at the end."""
    form = PointForm.typed(request.form)
    return kept(
        lambda session: checklists.add(
            session, by=actor(), wording=form.given_wording, kinds=form.kinds
        ),
        lambda error: _points(form, error),
        to=room("point_list"),
        words=_("The point is added."),
    )


@blueprint.get("/checklists/<kid>")
def point(kid: str) -> ResponseReturnValue:
    """Show one point with its words."""
    return _point(kid)


def _point(
    kid: str, form: PointForm | None = None, faults: Invalid | None = None
) -> ResponseReturnValue:
    with services().database.reading() as session:
        view = checklists.point(session, by=actor(), point_id=kid)
    form = form or PointForm.kept(view)
    return page("point", faults, present.point(view, form, faults))


@blueprint.post("/checklists/<kid>")
def change_point(kid: str) -> ResponseReturnValue:
    """Word a point anew, or ask it of other kinds."""
    form = PointForm.typed(request.form)
    return kept(
        lambda session: checklists.change(
            session, by=actor(), point_id=kid, wording=form.given_wording, kinds=form.kinds
        ),
        lambda error: _point(kid, form, error),
        to=room("point_list"),
        words=_("Kept."),
    )


@blueprint.post("/checklists/<kid>/retired")
def retire_point(kid: str) -> ResponseReturnValue:
    """Ask a point no more, or again."""
    retired = request.form.get("retired") != "no"
    return kept(
        lambda session: checklists.change(session, by=actor(), point_id=kid, retired=retired),
        None,
        to=room("point_list"),
        words=_("It is not asked any more.") if retired else _("It is asked again."),
    )


@blueprint.post("/checklists/<kid>/up")
def move_point(kid: str) -> ResponseReturnValue:
    """Let a point change places with the one before it."""
    return kept(
        lambda session: checklists.move_up(session, by=actor(), point_id=kid),
        None,
        to=room("point_list"),
        words=_("Kept."),
    )
