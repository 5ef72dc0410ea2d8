"""Handing over and judging by program."""

from __future__ import annotations

from flask import Response, jsonify

from catalog import events, notes, queue, reviews, ticks
from catalog.policy.actions import Action
from catalog.policy.guard import demand
from catalog.resources import reading, versions
from portal.api import desk_shapes, present, shapes
from portal.api.answers import BODY, answers
from portal.api.blueprint import blueprint, demand_page, listed
from portal.api.description import (
    JUDGING,
    DecisionBody,
    NoteBody,
    Nothing,
    PageQuery,
    ResourcePath,
    WithdrawalBody,
)
from portal.api.desk_bodies import NotePath, SettlingBody, TicksBody
from portal.api.resources import answered, working
from portal.checklist_words import point_words
from portal.identity import actor, services
from portal.interface import language


@blueprint.post(
    "/resources/<rid>/submission",
    tags=[JUDGING],
    summary="Hand over",
    responses=answers(200, shapes.Resource, 403, 404, 409, 410, *BODY),
)
def submit(path: ResourcePath) -> Response:
    """Hand a draft over; 422 lists by field what is missing."""
    with services().database.unit_of_work() as session:
        reviews.submit(session, by=actor(), resource_id=path.rid)
    return working(path.rid)


@blueprint.delete(
    "/resources/<rid>/submission",
    tags=[JUDGING],
    summary="Take back",
    responses=answers(204, None, 403, 404, 409, 410),
)
def take_back(path: ResourcePath) -> Response:
    """Take a submission back while nobody has claimed it."""
    with services().database.unit_of_work() as session:
        reviews.take_back(session, by=actor(), resource_id=path.rid)
    return Response(status=204)


@blueprint.post(
    "/resources/<rid>/claim",
    tags=[JUDGING],
    summary="Take into review",
    responses=answers(200, shapes.Resource, 403, 404, 409, 410, *BODY),
)
def claim(path: ResourcePath) -> Response:
    """Take a submission into review."""
    with services().database.unit_of_work() as session:
        reviews.claim(session, by=actor(), resource_id=path.rid)
    return working(path.rid)


@blueprint.delete(
    "/resources/<rid>/claim",
    tags=[JUDGING],
    summary="Give back",
    responses=answers(204, None, 403, 404, 409, 410),
)
def give_back(path: ResourcePath) -> Response:
    """Give a claim back."""
    with services().database.unit_of_work() as session:
        reviews.give_back(session, by=actor(), resource_id=path.rid)
    return Response(status=204)


@blueprint.get(
    "/resources/<rid>/notes",
    tags=[JUDGING],
    summary="Notes",
    responses=answers(200, desk_shapes.Notes, 403, 404, 410),
)
def note_list(path: ResourcePath, query: Nothing) -> Response:
    """Give the notes on a resource, oldest first."""
    del query
    with services().database.reading() as session:
        view = reading.working_version(session, actor(), path.rid)
        found = notes.notes_of(session, by=actor(), view=view)
    return listed([present.note(each) for each in found])


@blueprint.post(
    "/resources/<rid>/notes",
    tags=[JUDGING],
    summary="Leave a note",
    responses=answers(201, desk_shapes.Note, 403, 404, 410, *BODY),
)
def leave_note(path: ResourcePath, body: NoteBody) -> Response:
    """Leave a note, anchored to a field, a page or a second, or answer one."""
    with services().database.unit_of_work() as session:
        view = reading.working_version(session, actor(), path.rid)
        left = notes.leave(
            session,
            by=actor(),
            view=view,
            text=body.text,
            anchor=body.anchor,
            answers=body.answers,
            private=body.private,
        )
    response = jsonify(present.note(left))
    response.status_code = 201
    return response


@blueprint.put(
    "/resources/<rid>/notes/<nid>/settled",
    tags=[JUDGING],
    summary="Settle a note",
    responses=answers(200, desk_shapes.Note, 403, 404, 410, *BODY),
)
def settle_note(path: NotePath, body: SettlingBody) -> Response:
    """Say that a note is settled, or open again."""
    with services().database.unit_of_work() as session:
        view = reading.working_version(session, actor(), path.rid)
        told = notes.settle(session, by=actor(), view=view, note_id=path.nid, settled=body.settled)
    return jsonify(present.note(told))


@blueprint.get(
    "/resources/<rid>/checklist",
    tags=[JUDGING],
    summary="The checklist",
    responses=answers(200, desk_shapes.Checklist, 403, 404, 410),
)
def checklist(path: ResourcePath, query: Nothing) -> Response:
    """Give the points to be looked at, with the ticks of the review that is open."""
    del query
    return _checklist(path.rid)


@blueprint.put(
    "/resources/<rid>/checklist",
    tags=[JUDGING],
    summary="Tick the checklist",
    responses=answers(200, desk_shapes.Checklist, 403, 404, 409, 410, *BODY),
)
def tick(path: ResourcePath, body: TicksBody) -> Response:
    """Tick exactly these points in the review that one has open."""
    with services().database.unit_of_work() as session:
        ticks.tick(session, by=actor(), resource_id=path.rid, points=body.ticked)
    return _checklist(path.rid)


def _checklist(rid: str) -> Response:
    with services().database.reading() as session:
        view = reading.working_version(session, actor(), rid)
        found = ticks.checklist_of(session, by=actor(), view=view)
    return listed(
        [
            {
                "id": each.point.id,
                "label": point_words(each.point, language())[0],
                "ticked": each.ticked,
            }
            for each in found
        ]
    )


@blueprint.post(
    "/resources/<rid>/decision",
    tags=[JUDGING],
    summary="Decide",
    responses=answers(200, shapes.Resource, 403, 404, 409, 410, *BODY),
)
def decide(path: ResourcePath, body: DecisionBody) -> Response:
    """Publish, ask for changes, or decline what one has claimed."""
    with services().database.unit_of_work() as session:
        reviews.decide(
            session, by=actor(), resource_id=path.rid, decision=body.decision, note=body.note
        )
    return working(path.rid)


@blueprint.post(
    "/resources/<rid>/withdrawal",
    tags=[JUDGING],
    summary="Withdraw",
    responses=answers(200, shapes.Resource, 403, 404, 409, 410, *BODY),
)
def withdraw(path: ResourcePath, body: WithdrawalBody) -> Response:
    """Take a published resource back from everyone; answer what it was."""
    with services().database.unit_of_work() as session:
        before = reading.resource(session, actor(), path.rid)
        versions.withdraw(session, by=actor(), resource_id=path.rid, reason=body.reason)
    response = answered(before)
    told = response.get_json()
    told |= {"state": "withdrawn", "reason": body.reason.strip()}
    return jsonify(told)


@blueprint.get(
    "/resources/<rid>/events",
    tags=[JUDGING],
    summary="The log",
    responses=answers(200, desk_shapes.Events, 403, 404),
)
def event_list(path: ResourcePath, query: Nothing) -> Response:
    """Give the log of a resource, oldest first; readable after a withdrawal too."""
    del query
    with services().database.reading() as session:
        demand(actor(), Action.EVENT_READ, reading.standing_of_any(session, path.rid))
        lines = events.lines_of(session, path.rid)
    return listed([present.event(line) for line in lines])


@blueprint.get(
    "/queue",
    tags=[JUDGING],
    summary="The curators' queue",
    responses=answers(200, desk_shapes.Queue, 403),
)
def queue_list(query: PageQuery) -> Response:
    """Give what is handed over, oldest first."""
    demand_page(query.page, query.per_page)
    with services().database.reading() as session:
        total, entries = queue.waiting(
            session, by=actor(), page=query.page, per_page=query.per_page
        )
    results = [present.queued(each, language()) for each in entries]
    return listed(results, total=total, page=query.page)
