"""Giving on pages: drafts, their files, handing over."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError, validate_csrf
from wtforms import ValidationError

from catalog import assets, notes, reviews
from catalog.errors import Conflict, Invalid, Stale
from catalog.policy.actions import Action
from catalog.policy.rules import allows
from catalog.resources import drafts, reading, versions
from catalog.states import EDITABLE_STATES, State
from portal.contribute import forms, present
from portal.contribute.multipart import SentFile
from portal.contribute.receiving import receive_whole
from portal.identity import actor, bearer_token, services
from portal.sentences import sentence

if TYPE_CHECKING:
    from typing import BinaryIO

    from flask.typing import ResponseReturnValue
    from werkzeug.wrappers import Response as AnyResponse

    from catalog.notes import NoteView
    from catalog.resources.views import ResourceView

blueprint = Blueprint("contribute", __name__, url_prefix="/contribute")

SEE_OTHER = 303
UNPROCESSABLE = 422


def _back(rid: str, anchor: str = "") -> AnyResponse:
    return redirect(url_for("contribute.edit", rid=rid, _anchor=anchor or None), SEE_OTHER)


def _draft(rid: str) -> ResourceView:
    with services().database.reading() as session:
        return reading.working_version(session, actor(), rid)


@blueprint.get("")
def index() -> str:
    """List what somebody has given, and begin something new."""
    with services().database.reading() as session:
        _total, cards = reading.given_by(session, actor(), per_page=100)
    return render_template("contribute/list.html", **present.listing(cards))


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
    return _back(rid)


@blueprint.get("/<rid>")
def edit(rid: str) -> ResponseReturnValue:
    """Show a draft, or how what was handed over stands."""
    view = _draft(rid)
    if view.state == State.PUBLISHED:
        return redirect(url_for("browse.resource", rid=rid), SEE_OTHER)
    return _page(view, forms.shown(view), beside=request.args.get("beside", ""))


def _page(
    view: ResourceView,
    form: forms.DraftForm,
    *,
    faults: Invalid | None = None,
    beside: str = "",
) -> ResponseReturnValue:
    left: tuple[NoteView, ...] = ()
    if allows(actor(), Action.NOTE_READ, view.standing).allowed:
        with services().database.reading() as session:
            left = notes.notes_of(session, by=actor(), view=view)
    shown = present.draft(
        view,
        form,
        faults,
        notes=left,
        beside=beside,
        editable=view.state in EDITABLE_STATES
        and allows(actor(), Action.RESOURCE_EDIT, view.standing).allowed,
    )
    page = render_template("contribute/edit.html", **shown)
    return page if faults is None else (page, UNPROCESSABLE)


@blueprint.post("/<rid>/save")
def save(rid: str) -> ResponseReturnValue:
    """Keep a draft; hand it over when that button was pressed. Keeps what was typed on a fault."""
    view = _draft(rid)
    form = forms.typed(request.form)
    try:
        with services().database.unit_of_work() as session:
            drafts.edit(
                session,
                by=actor(),
                resource_id=rid,
                patch=forms.patch(form, view),
                if_match=frozenset({request.form.get("revision", "")}),
            )
    except Invalid as error:
        return _page(view, form, faults=error, beside=request.form.get("beside", ""))
    except Stale:
        flash(_("Not kept: somebody changed this meanwhile. Yours is still in the fields."), "stop")
        return _page(view, form, beside=request.form.get("beside", ""))
    if request.form.get("then") == "hand_over":
        return _hand_over(rid)
    flash(_("Kept."), "calm")
    beside = request.form.get("beside", "")
    return redirect(url_for("contribute.edit", rid=rid, beside=beside or None), SEE_OTHER)


def _hand_over(rid: str) -> ResponseReturnValue:
    try:
        with services().database.unit_of_work() as session:
            reviews.submit(session, by=actor(), resource_id=rid)
    except Invalid as error:
        view = _draft(rid)
        return _page(view, forms.shown(view), faults=error)
    flash(_("Handed over. Thank you."), "calm")
    return _back(rid)


@blueprint.post("/<rid>/take-back")
def take_back(rid: str) -> ResponseReturnValue:
    """Take a submission back."""
    with services().database.unit_of_work() as session:
        reviews.take_back(session, by=actor(), resource_id=rid)
    return _back(rid)


@blueprint.post("/<rid>/version")
def new_version(rid: str) -> ResponseReturnValue:
    """Open a draft beside the published version, or go to the one that is open."""
    try:
        with services().database.unit_of_work() as session:
            versions.open_version(session, by=actor(), resource_id=rid)
    except Conflict as error:
        if error.code != "version_open":
            raise
    return _back(rid)


@blueprint.post("/<rid>/delete")
def delete(rid: str) -> ResponseReturnValue:
    """Delete a draft."""
    with services().database.unit_of_work() as session:
        drafts.delete_draft(session, by=actor(), resource_id=rid)
    flash(_("The draft is deleted."), "calm")
    return redirect(url_for("contribute.index"), SEE_OTHER)


@blueprint.post("/<rid>/files")
def upload_form(rid: str) -> ResponseReturnValue:
    """Take one file by a plain form, streamed; scripts use tus instead."""
    if bearer_token() is None:
        _demand_csrf()
    sent = SentFile()
    if not sent.filename:
        flash(_("Choose a file first."), "hold")
        return _back(rid, "files")
    try:
        receive_whole(
            services(),
            actor(),
            rid,
            assets.Given(
                sent.filename,
                sent.fields.get("role") or "main",
                sent.fields.get("language") or None,
            ),
            cast("BinaryIO", sent),
            most=sent.most_bytes,
        )
    except Invalid as error:
        flash(sentence(error.code), "stop")
    return _back(rid, "files")


def _demand_csrf() -> None:
    """Check the token of the address, since the body is not parsed before it is taken."""
    try:
        validate_csrf(request.args.get("csrf_token"))
    except ValidationError as error:
        raise CSRFError(str(error)) from error


@blueprint.post("/<rid>/files/<aid>/remove")
def remove_asset(rid: str, aid: str) -> ResponseReturnValue:
    """Take a file out of a draft."""
    with services().database.unit_of_work() as session:
        assets.remove(session, by=actor(), resource_id=rid, asset_id=aid)
    return _back(rid, "files")


@blueprint.post("/<rid>/files/<aid>/retry")
def retry_asset(rid: str, aid: str) -> ResponseReturnValue:
    """Run the failed steps of a file again."""
    with services().database.unit_of_work() as session:
        assets.retry(session, by=actor(), resource_id=rid, asset_id=aid)
    return _back(rid, "files")
