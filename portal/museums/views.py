"""The pages of institutions, and of what was given, found and taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, render_template, request

from catalog import usage
from catalog.errors import Fault, Invalid, NotFound
from catalog.policy.actions import Action
from catalog.policy.clauses import Standing
from catalog.policy.rules import allows
from catalog.resources import shelves
from portal import limits
from portal.counting import tally
from portal.identity import actor, services
from portal.museums import figures, present, sheets
from portal.museums.present import PER_PAGE

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

blueprint = Blueprint("museums", __name__)

FURTHEST_PAGE = 500
"""Of the things of one institution: 10,000, as of a search."""


@blueprint.get("/institutions")
def house_list() -> str:
    """List the institutions that have given something."""
    with services().database.reading() as session:
        counts = shelves.givers(session)
    return render_template("museums/list.html", **present.houses(counts))


@blueprint.get("/institutions/<iid>")
def house(iid: str) -> str:
    """Show an institution and what it has given."""
    page = _page_number()
    with services().database.reading() as session:
        total, cards = shelves.published(session, institutions=(iid,), page=page, per_page=PER_PAGE)
    _demand_known(iid, total)
    return render_template("museums/house.html", **present.house(iid, page, total, cards))


@blueprint.get("/statistics")
def statistics() -> str:
    """Show what all institutions have given, and what was found and taken of it."""
    return _statistics(None)


@blueprint.get("/institutions/<iid>/statistics")
def house_statistics(iid: str) -> str:
    """Show the same for one institution; to its own people, for each resource too."""
    _demand_giver(iid)
    return _statistics(iid)


@blueprint.get("/statistics.csv")
def sheet() -> Response:
    """Give the figures of all institutions as a table."""
    return _sheet(None)


@blueprint.get("/institutions/<iid>/statistics.csv")
def house_sheet(iid: str) -> Response:
    """Give the figures of one institution as a table."""
    _demand_giver(iid)
    return _sheet(iid)


@blueprint.get("/institutions/<iid>/resources.csv")
def resource_sheet(iid: str) -> ResponseReturnValue:
    """Give the figures of each single resource as a table, to those of the institution."""
    _demand_giver(iid)
    tally().write()
    period = figures.asked_period(request.args.get("year", ""))
    with services().database.reading() as session:
        uses = list(usage.by_resource(session, by=actor(), institution=iid, period=period.span))
        titles = present.titles(session, {use.resource_id for use in uses})
    return sheets.answer(sheets.of_resources(uses, titles), f"{iid}-resources-{period.name}")


def _statistics(iid: str | None) -> str:
    limits.count_search()
    tally().write()
    period = figures.asked_period(request.args.get("year", ""))
    own = iid is not None and _may_see_each(iid)
    with services().database.reading() as session:
        found = usage.figures(session, period.span, iid)
        since = usage.first_given(session, iid)
        most = present.most_taken(session, str(iid), period.span) if own else []
    page = figures.page(iid, period, found, since)
    return render_template("museums/statistics.html", **page, most=most, own=own)


def _sheet(iid: str | None) -> Response:
    limits.count_search()
    tally().write()
    period = figures.asked_period(request.args.get("year", ""))
    with services().database.reading() as session:
        found = usage.figures(session, period.span, iid)
    return sheets.answer(sheets.of_figures(found), f"{iid or 'caravan'}-{period.name}")


def _may_see_each(iid: str) -> bool:
    return allows(actor(), Action.USAGE_READ, Standing(institution=iid)).allowed


def _demand_giver(iid: str) -> None:
    with services().database.reading() as session:
        total = shelves.givers(session).get(iid, 0)
    _demand_known(iid, total)


def _demand_known(iid: str, total: int) -> None:
    """Raise NotFound unless it has given something, or whoever asks belongs to it."""
    if not (total or iid in actor().institutions or _may_see_each(iid)):
        raise NotFound("not_found", what="institution")
    reference = services().reference
    if iid not in reference.shelf().institutions:
        reference.forget()
    if iid not in reference.shelf().institutions:
        raise NotFound("not_found", what="institution")


def _page_number() -> int:
    page = request.args.get("page", "1")
    if not page.isascii() or not page.isdigit() or not 1 <= int(page[:6]) <= FURTHEST_PAGE:
        raise Invalid((Fault("page", "not_a_number"),), code="bad_request")
    return int(page)
