"""The desk: the queue, and the review of one submission."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from catalog import assets, notes, queue, reviews
from catalog.errors import Invalid
from catalog.policy.actions import Action
from catalog.policy.guard import demand
from catalog.resources import reading, versions
from portal.identity import actor, services
from portal.moderate import present

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from werkzeug.wrappers import Response as AnyResponse

blueprint = Blueprint("moderate", __name__, url_prefix="/moderate")

SEE_OTHER = 303
UNPROCESSABLE = 422
PER_PAGE = 20


def _back(rid: str) -> AnyResponse:
    return redirect(url_for("moderate.review", rid=rid), SEE_OTHER)


@blueprint.get("", endpoint="queue")
def show_queue() -> str:
    """List what waits, oldest first."""
    page = request.args.get("page", 1, type=int)
    with services().database.reading() as session:
        total, entries = queue.waiting(session, by=actor(), page=max(page, 1), per_page=PER_PAGE)
    return render_template("moderate/queue.html", **present.listing(total, entries, page, PER_PAGE))


@blueprint.get("/<rid>")
def review(rid: str) -> ResponseReturnValue:
    """Show one submission with all that a decision needs."""
    return _page(rid)


def _page(rid: str, faults: Invalid | None = None, **typed: Any) -> ResponseReturnValue:  # noqa: ANN401 - what was typed
    with services().database.reading() as session:
        view = reading.working_version(session, actor(), rid)
        demand(actor(), Action.RESOURCE_CLAIM, _without_giver(view))
        left = notes.notes_of(session, by=actor(), view=view)
        holder = reviews.holder_of(session, view.version_id)
    shown = present.review(view, left, holder, faults)
    page = render_template("moderate/review.html", **{**shown, **typed})
    return page if faults is None else (page, UNPROCESSABLE)


def _without_giver(view: Any) -> Any:  # noqa: ANN401 - a Standing of a ResourceView
    """A curator may look at their own gift on the desk; only judging it is barred."""
    return replace(view.standing, created_by=None, submitted_by=None)


@blueprint.post("/<rid>/claim")
def claim(rid: str) -> ResponseReturnValue:
    """Take a submission into review."""
    with services().database.unit_of_work() as session:
        reviews.claim(session, by=actor(), resource_id=rid)
    return _back(rid)


@blueprint.post("/<rid>/give-back")
def give_back(rid: str) -> ResponseReturnValue:
    """Give a claim back."""
    with services().database.unit_of_work() as session:
        reviews.give_back(session, by=actor(), resource_id=rid)
    return redirect(url_for("moderate.queue"), SEE_OTHER)


@blueprint.post("/<rid>/notes")
def note(rid: str) -> ResponseReturnValue:
    """Leave a note at a field, a page or a second."""
    text = request.form.get("text", "")
    try:
        with services().database.unit_of_work() as session:
            view = reading.working_version(session, actor(), rid)
            notes.leave(
                session, by=actor(), view=view, text=text, anchor=present.anchor(request.form)
            )
    except Invalid as error:
        return _page(rid, error, typed=text)
    return _back(rid)


@blueprint.post("/<rid>/decision")
def decide(rid: str) -> ResponseReturnValue:
    """Publish, ask for changes, or decline."""
    words = request.form.get("note", "")
    try:
        with services().database.unit_of_work() as session:
            reviews.decide(
                session,
                by=actor(),
                resource_id=rid,
                decision=request.form.get("decision", ""),
                note=words,
            )
    except Invalid as error:
        return _page(rid, error, decision_note=words)
    flash(_("Decided."), "calm")
    return redirect(url_for("moderate.queue"), SEE_OTHER)


@blueprint.post("/<rid>/files/<aid>/release")
def release(rid: str, aid: str) -> ResponseReturnValue:
    """Let a held file be taken."""
    with services().database.unit_of_work() as session:
        assets.release(
            session,
            by=actor(),
            resource_id=rid,
            asset_id=aid,
            note=request.form.get("note", ""),
        )
    return _back(rid)


@blueprint.post("/<rid>/withdrawal")
def withdraw(rid: str) -> ResponseReturnValue:
    """Take a published resource back from everyone."""
    with services().database.unit_of_work() as session:
        versions.withdraw(
            session, by=actor(), resource_id=rid, reason=request.form.get("reason", "")
        )
    return redirect(url_for("browse.resource", rid=rid), SEE_OTHER)
