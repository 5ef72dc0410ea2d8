"""The desk: the queue, and the review of one submission."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _

from catalog import assets, notes, people, queue, reviews, ticks, twins
from catalog.errors import Invalid
from catalog.policy.actions import Action
from catalog.policy.guard import demand
from catalog.resources import reading, versions
from catalog.states import State
from portal.formatting import gap
from portal.identity import actor, services
from portal.moderate import present, waiting

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from werkzeug.wrappers import Response as AnyResponse

    from catalog.resources.views import ResourceView

blueprint = Blueprint("moderate", __name__, url_prefix="/moderate")

SEE_OTHER = 303
UNPROCESSABLE = 422
PER_PAGE = 10
BESIDE = 9
"""Submissions beside a review: as many as stand beside a film, its frames and the first notes."""
WAITING = (State.SUBMITTED, State.IN_REVIEW)


def _back(rid: str, anchor: str) -> AnyResponse:
    """Return to the review, at the place where the work goes on: it takes the focus."""
    return redirect(url_for("moderate.review", rid=rid, _anchor=anchor), SEE_OTHER)


def _to_queue() -> AnyResponse:
    return redirect(url_for("moderate.queue", _anchor="main"), SEE_OTHER)


@blueprint.get("", endpoint="queue")
def show_queue() -> str:
    """List what waits, oldest first."""
    after, before = (waiting.read(request.args.get(name, "")) for name in ("after", "before"))
    with services().database.reading() as session:
        found = queue.stretch(session, by=actor(), after=after, before=before, most=PER_PAGE)
    return render_template("moderate/queue.html", **waiting.listing(found))


@blueprint.get("/<rid>")
def review(rid: str) -> ResponseReturnValue:
    """Show one submission with all that a decision needs."""
    return _page(rid)


def _page(rid: str, faults: Invalid | None = None, **typed: Any) -> ResponseReturnValue:  # noqa: ANN401 - what was typed
    with services().database.reading() as session:
        view = reading.working_version(session, actor(), rid)
        demand(actor(), Action.RESOURCE_CLAIM, _without_giver(view))
        desk = _desk(session, view)
    page = render_template("moderate/review.html", **{**present.review(desk, faults), **typed})
    return (page, UNPROCESSABLE) if faults is not None or typed.get("asking") else page


def _desk(session: Any, view: ResourceView) -> present.Desk:  # noqa: ANN401 - a session of the catalogue
    by = actor()
    key = (view.submitted_at, view.version_id) if view.submitted_at else None
    return present.Desk(
        view=view,
        notes=notes.notes_of(session, by=by, view=view),
        rounds=reviews.rounds_of(session, view.version_id),
        giver=people.name_of(session, view.submitted_by),
        checklist=ticks.checklist_of(session, by=by, view=view),
        twins=twins.twins_of(session, by=by, view=view),
        beside=queue.around(session, by=by, key=key, most=BESIDE)
        if key and view.state in WAITING
        else None,
    )


def _without_giver(view: Any) -> Any:  # noqa: ANN401 - a Standing of a ResourceView
    """A curator may look at their own gift on the desk; only judging it is barred."""
    return replace(view.standing, created_by=None, submitted_by=None)


@blueprint.post("/<rid>/claim")
def claim(rid: str) -> ResponseReturnValue:
    """Take a submission into review."""
    with services().database.unit_of_work() as session:
        reviews.claim(session, by=actor(), resource_id=rid)
    return _back(rid, "review")


@blueprint.post("/<rid>/give-back")
def give_back(rid: str) -> ResponseReturnValue:
    """Give a claim back."""
    with services().database.unit_of_work() as session:
        reviews.give_back(session, by=actor(), resource_id=rid)
    flash(_("Given back. Others may take it now."), "calm")
    return _to_queue()


@blueprint.post("/<rid>/notes")
def note(rid: str) -> ResponseReturnValue:
    """Leave a note at a field, a page or a second, or answer one."""
    form = request.form
    text, answers = form.get("text", ""), form.get("answers") or None
    try:
        with services().database.unit_of_work() as session:
            left = notes.leave(
                session,
                by=actor(),
                view=reading.working_version(session, actor(), rid),
                text=text,
                anchor=None if answers else present.anchor(form),
                answers=answers,
                private=not answers and form.get("among") == "curators",
            )
    except Invalid as error:
        return _page(rid, error, typed=form.to_dict())
    return _back(rid, f"note-{left.id}")


@blueprint.post("/<rid>/notes/<nid>/settled")
def settle(rid: str, nid: str) -> ResponseReturnValue:
    """Say that a note is settled, or open again."""
    with services().database.unit_of_work() as session:
        view = reading.working_version(session, actor(), rid)
        settled = request.form.get("settled") != "no"
        notes.settle(session, by=actor(), view=view, note_id=nid, settled=settled)
    return _back(rid, f"note-{nid}")


@blueprint.post("/<rid>/ticks")
def tick(rid: str) -> ResponseReturnValue:
    """Keep what is ticked; a script is told in words how many points are open."""
    _keep_ticks(rid)
    if request.accept_mimetypes.best == "application/json":
        return jsonify(open=waiting.points_open(*_points_open(rid)))
    words = request.form.get("note", "")
    return _page(rid, decision_note=words) if words else _back(rid, "checklist")


def _keep_ticks(rid: str) -> None:
    with services().database.unit_of_work() as session:
        ticks.tick(session, by=actor(), resource_id=rid, points=request.form.getlist("points"))


@blueprint.post("/<rid>/decision")
def decide(rid: str) -> ResponseReturnValue:
    """Publish, ask for changes, or decline; to publish with points left open asks once more."""
    form = request.form
    words, decision = form.get("note", ""), form.get("decision", "")
    try:
        if form.get("looked") == "yes":
            _keep_ticks(rid)
        if decision == "publish" and form.get("sure") != "yes" and _points_open(rid)[0]:
            asked = waiting.points_open(*_points_open(rid), asking=True)
            return _page(rid, asking=True, asked=asked, decision_note=words)
        with services().database.unit_of_work() as session:
            reviews.decide(session, by=actor(), resource_id=rid, decision=decision, note=words)
            decided = present.decided(reading.working_version(session, actor(), rid))
    except Invalid as error:
        return _page(rid, error, decision_note=words)
    flash(gap().join((_("Decided."), decided)), "calm")
    return _to_queue()


def _points_open(rid: str) -> tuple[int, int]:
    """Return how many points are not ticked, and of how many."""
    with services().database.reading() as session:
        return ticks.points_open(session, by=actor(), resource_id=rid)


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
    return _back(rid, f"file-{aid}")


@blueprint.post("/<rid>/withdrawal")
def withdraw(rid: str) -> ResponseReturnValue:
    """Take a published resource back from everyone."""
    with services().database.unit_of_work() as session:
        versions.withdraw(
            session, by=actor(), resource_id=rid, reason=request.form.get("reason", "")
        )
    return redirect(url_for("browse.resource", rid=rid, _anchor="main"), SEE_OTHER)
