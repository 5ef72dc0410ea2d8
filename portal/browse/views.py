"""The front page, search, and the page of a resource."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, render_template, request

from catalog.errors import Gone
from catalog.resources import reading, shelves
from catalog.states import State
from portal import limits
from portal.browse import present, resting, searching
from portal.counting import count_found
from portal.errors import RETRY_AFTER_SECONDS
from portal.finding import find
from portal.identity import actor, services
from portal.interface import language
from search.engine import EngineUnavailable

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from portal.finding import Asked

blueprint = Blueprint("browse", __name__)

RESTING = 503


@blueprint.get("/")
def front() -> ResponseReturnValue:
    """Show the front, or, when something is asked for, what was found."""
    asked = searching.asked(request.args)
    if asked is None:
        return _front()
    limits.count_search()
    try:
        found = find(services(), actor(), asked, reader=language())
    except EngineUnavailable:
        return _resting(asked)
    return render_template("browse/search.html", **searching.page(asked, found))


def _front() -> ResponseReturnValue:
    try:
        found = find(services(), actor(), searching.NEWEST, reader=language())
    except EngineUnavailable:
        return render_template("browse/front.html", **present.resting())
    return render_template("browse/front.html", **present.front(found))


def _resting(asked: Asked) -> ResponseReturnValue:
    """Show what the catalogue can: kinds and subjects. Words and other facets have to wait."""
    found = resting.browsed(services(), asked)
    page = render_template("browse/resting.html", **resting.page(asked, found))
    if found is not None:
        return page
    return page, RESTING, {"Retry-After": str(RETRY_AFTER_SECONDS)}


@blueprint.get("/resources/<rid>")
def resource(rid: str) -> ResponseReturnValue:
    """Show a resource; of a withdrawn one, that it was and why."""
    try:
        with services().database.reading() as session:
            view = reading.resource(session, actor(), rid)
            given = shelves.given(session, view.institution)
    except Gone as gone:
        return Response(_withdrawn(gone), status=410)
    if view.state == State.PUBLISHED:
        count_found(view.id)
    return render_template("browse/resource.html", **present.resource(view, given))


def _withdrawn(gone: Gone) -> str:
    with services().database.reading() as session:
        title = reading.tombstone_title(session, str(gone.facts["version_id"]))
    return render_template("browse/withdrawn.html", **present.withdrawn(gone.facts, title))
