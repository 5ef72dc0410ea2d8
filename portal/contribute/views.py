"""Giving on pages: drafts, their files, handing over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from catalog import decisions, notes, reviews, uploads
from catalog.errors import Conflict, Invalid, Stale
from catalog.policy.actions import Action
from catalog.policy.rules import allows
from catalog.resources import drafts, reading, versions
from catalog.resources.checkers import checkers
from catalog.states import EDITABLE_STATES, State
from portal.contribute import conflict, forms, present
from portal.contribute.blueprint import SEE_OTHER, back, blueprint, working
from portal.identity import actor, services

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from catalog.resources.views import ResourceView

CONFLICT = 409
UNPROCESSABLE = 422
PER_PAGE = 20
ANSWERED = frozenset({State.CHANGES_ASKED, State.DECLINED})
"""States in which the page shows what curators have said."""


@blueprint.get("")
def index() -> str:
    """List what somebody has given, and begin something new."""
    page = max(request.args.get("page", 1, type=int), 1)
    with services().database.reading() as session:
        total, cards = reading.given_by(session, actor(), page=page, per_page=PER_PAGE)
    return render_template("contribute/list.html", **present.listing(total, cards, page, PER_PAGE))


@blueprint.post("/new")
def new() -> ResponseReturnValue:
    """Begin a draft."""
    with services().database.unit_of_work() as session:
        rid = drafts.create(
            session,
            by=actor(),
            institution=request.form.get("institution"),
            payload={"kind": request.form.get("kind", "")},
        )
    return back(rid)


@blueprint.get("/<rid>")
def edit(rid: str) -> ResponseReturnValue:
    """Show a draft, or how what was handed over stands."""
    view = working(rid)
    if view.state == State.PUBLISHED:
        return redirect(url_for("browse.resource", rid=rid), SEE_OTHER)
    return _page(view, forms.shown(view), beside=request.args.get("beside", ""))


def _page(
    view: ResourceView,
    form: forms.DraftForm,
    *,
    faults: Invalid | None = None,
    beside: str = "",
    theirs: tuple[conflict.Kept, ...] = (),
    answered: dict[str, str] | None = None,
    kept: bool = False,
) -> ResponseReturnValue:
    editable = (
        view.state in EDITABLE_STATES
        and allows(actor(), Action.RESOURCE_EDIT, view.standing).allowed
    )
    with services().database.reading() as session:
        coming = uploads.unfinished(session, by=actor(), resource_id=view.id) if editable else ()
        checked = checkers(session, by=actor(), view=view) if editable else {}
    shown = present.draft(
        view,
        form,
        faults,
        remarks=_remarks(view),
        answered=answered or {},
        coming=coming,
        checkers=checked,
        beside=beside,
        editable=editable,
    )
    page = render_template("contribute/edit.html", theirs=theirs, kept=kept, **shown)
    return page if faults is None else (page, UNPROCESSABLE)


def _remarks(view: ResourceView) -> present.Remarks:
    """Return what curators have said, where the giver is to act on it or to know why."""
    if view.state == State.DRAFT or not allows(actor(), Action.NOTE_READ, view.standing).allowed:
        return present.Remarks()
    with services().database.reading() as session:
        return present.Remarks(
            decisions.decisions_on(session, by=actor(), view=view)
            if view.state in ANSWERED
            else (),
            notes.notes_of(session, by=actor(), view=view),
            allows(actor(), Action.NOTE_WRITE, view.standing).allowed,
        )


@blueprint.post("/<rid>/notes")
def answer(rid: str) -> ResponseReturnValue:
    """Answer a note of a curator."""
    view, typed = working(rid), request.form.to_dict()
    try:
        with services().database.unit_of_work() as session:
            left = notes.leave(
                session,
                by=actor(),
                view=view,
                text=typed.get("text", ""),
                answers=typed.get("answers", ""),
            )
    except Invalid as error:
        return _page(view, forms.shown(view), faults=error, answered=typed)
    return back(rid, f"note-{left.id}")


@blueprint.post("/<rid>/save")
def save(rid: str) -> ResponseReturnValue:
    """Keep a draft; hand it over when that button was pressed. Keeps what was typed on a fault."""
    view = working(rid)
    form = forms.typed(request.form)
    other = request.form.get("other", "")
    beside = other or request.form.get("beside", "")
    try:
        with services().database.unit_of_work() as session:
            drafts.edit(
                session,
                by=actor(),
                resource_id=rid,
                patch=forms.patch(form, view),
                if_match=frozenset({request.form.get("revision", "")}),
                checked=forms.checked(request.form),
            )
    except Invalid as error:
        return _page(view, form, faults=error, beside=beside)
    except Stale:
        return _beside_theirs(working(rid), form, beside)
    if request.form.get("then") == "hand_over":
        return _hand_over(rid)
    flash(_("Kept."), "calm")
    return back(rid, f"title-{other}" if other else "main", beside=beside)


def _beside_theirs(view: ResourceView, form: forms.DraftForm, beside: str) -> ResponseReturnValue:
    """Show what is kept now beside what was typed: pressing again keeps what was typed."""
    theirs = conflict.kept_now(forms.shown(view), form)
    if not theirs:
        flash(_("Not kept: somebody changed this meanwhile. Yours is still in the fields."), "stop")
    page = make_response(_page(view, form, theirs=theirs, beside=beside))
    page.status_code = CONFLICT
    return page


def _hand_over(rid: str) -> ResponseReturnValue:
    try:
        with services().database.unit_of_work() as session:
            reviews.submit(session, by=actor(), resource_id=rid)
    except Invalid as error:
        view = working(rid)
        return _page(view, forms.shown(view), faults=error, kept=True)
    return back(rid)


@blueprint.post("/<rid>/take-back")
def take_back(rid: str) -> ResponseReturnValue:
    """Take a submission back."""
    with services().database.unit_of_work() as session:
        reviews.take_back(session, by=actor(), resource_id=rid)
    return back(rid)


@blueprint.post("/<rid>/version")
def new_version(rid: str) -> ResponseReturnValue:
    """Open a draft beside the published version, or go to the one that is open."""
    try:
        with services().database.unit_of_work() as session:
            versions.open_version(session, by=actor(), resource_id=rid)
    except Conflict as error:
        if error.code != "version_open":
            raise
    return back(rid)


@blueprint.post("/<rid>/delete")
def delete(rid: str) -> ResponseReturnValue:
    """Delete a draft."""
    with services().database.unit_of_work() as session:
        drafts.delete_draft(session, by=actor(), resource_id=rid)
    flash(_("The draft is deleted."), "calm")
    return redirect(url_for("contribute.index", _anchor="main"), SEE_OTHER)
