"""Institutions and agreements by program."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, url_for

from catalog import agreements, institutions
from catalog.errors import Fault, Invalid
from portal.api import desk_shapes, present
from portal.api.answers import BODY, answers
from portal.api.blueprint import blueprint, demand_fresh, listed, made, patched, tagged
from portal.api.description import (
    MANAGING,
    AgreementBody,
    AgreementFields,
    AgreementPatch,
    InstitutionBody,
    InstitutionFields,
    InstitutionPatch,
    Nothing,
    ThingPath,
)
from portal.identity import actor, services


def day(name: str, value: str | None) -> date | None:
    """Read a date such as 2026-11-24; raises Invalid."""
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise Invalid((Fault(name, "not_a_date"),)) from None


def _institution(session: Any, institution_id: str) -> dict[str, Any]:  # noqa: ANN401 - a session
    return present.institution(institutions.institution(session, institution_id))


def _agreement(session: Any, agreement_id: str) -> dict[str, Any]:  # noqa: ANN401 - a session
    found = agreements.agreement(session, by=actor(), agreement_id=agreement_id)
    return present.agreement(found)


@blueprint.get(
    "/institutions",
    tags=[MANAGING],
    summary="Institutions",
    responses=answers(200, desk_shapes.Institutions, 403),
)
def institution_list(query: Nothing) -> Response:
    """Give all institutions."""
    del query
    with services().database.reading() as session:
        found = institutions.managed(session, by=actor())
    return listed([present.institution(each) for each in found])


@blueprint.post(
    "/institutions",
    tags=[MANAGING],
    summary="Add an institution",
    responses=answers(201, desk_shapes.Institution, 403, 409, *BODY),
)
def add_institution(body: InstitutionBody) -> Response:
    """Add an institution, for an admin of the whole site."""
    with services().database.unit_of_work() as session:
        institutions.add(
            session, by=actor(), institution_id=body.id, names=body.name, country=body.country
        )
        told = _institution(session, body.id)
    services().reference.forget()
    return made(told, url_for("api.institution", tid=body.id))


@blueprint.get(
    "/institutions/<tid>",
    tags=[MANAGING],
    summary="One institution",
    responses=answers(200, desk_shapes.Institution, 403, 404),
)
def institution(path: ThingPath, query: Nothing) -> Response:
    """Give one institution."""
    del query
    with services().database.reading() as session:
        institutions.managed(session, by=actor())
        return tagged(_institution(session, path.tid))


@blueprint.patch(
    "/institutions/<tid>",
    tags=[MANAGING],
    summary="Change an institution",
    responses=answers(200, desk_shapes.Institution, 403, 404, 412, *BODY),
)
def change_institution(path: ThingPath, body: InstitutionPatch) -> Response:
    """Apply a JSON merge patch: rename an institution, or move it to another country."""
    with services().database.unit_of_work() as session:
        institutions.managed(session, by=actor())
        current = _institution(session, path.tid)
        demand_fresh(current)
        del current["id"]
        fields = patched(InstitutionFields, current, body.model_dump(exclude_unset=True))
        institutions.change(
            session,
            by=actor(),
            institution_id=path.tid,
            names=fields.name,
            country=fields.country,
        )
        told = _institution(session, path.tid)
    services().reference.forget()
    return tagged(told)


@blueprint.delete(
    "/institutions/<tid>",
    tags=[MANAGING],
    summary="Remove an institution",
    responses=answers(204, None, 403, 404, 409, 412),
)
def remove_institution(path: ThingPath) -> Response:
    """Remove an institution that nothing hangs on."""
    with services().database.unit_of_work() as session:
        institutions.managed(session, by=actor())
        demand_fresh(_institution(session, path.tid))
        institutions.remove(session, by=actor(), institution_id=path.tid)
    services().reference.forget()
    return Response(status=204)


@blueprint.get(
    "/agreements",
    tags=[MANAGING],
    summary="Agreements",
    responses=answers(200, desk_shapes.Agreements, 403),
)
def agreement_list(query: Nothing) -> Response:
    """Give all agreements."""
    del query
    with services().database.reading() as session:
        found = agreements.agreements(session, by=actor())
    return listed([present.agreement(each) for each in found])


@blueprint.post(
    "/agreements",
    tags=[MANAGING],
    summary="Add an agreement",
    responses=answers(201, desk_shapes.Agreement, 403, 409, *BODY),
)
def add_agreement(body: AgreementBody) -> Response:
    """Add an agreement between institutions."""
    with services().database.unit_of_work() as session:
        agreements.add(
            session,
            by=actor(),
            agreement_id=body.id,
            parties=body.parties,
            starts=day("from", body.start),
            ends=day("until", body.until),
        )
        told = _agreement(session, body.id)
    return made(told, url_for("api.agreement", tid=body.id))


@blueprint.get(
    "/agreements/<tid>",
    tags=[MANAGING],
    summary="One agreement",
    responses=answers(200, desk_shapes.Agreement, 403, 404),
)
def agreement(path: ThingPath, query: Nothing) -> Response:
    """Give one agreement."""
    del query
    with services().database.reading() as session:
        return tagged(_agreement(session, path.tid))


@blueprint.patch(
    "/agreements/<tid>",
    tags=[MANAGING],
    summary="Change an agreement",
    responses=answers(200, desk_shapes.Agreement, 403, 404, 412, *BODY),
)
def change_agreement(path: ThingPath, body: AgreementPatch) -> Response:
    """Apply a JSON merge patch to the parties and the dates of an agreement."""
    with services().database.unit_of_work() as session:
        current = _agreement(session, path.tid)
        demand_fresh(current)
        del current["id"]
        given = body.model_dump(by_alias=True, exclude_unset=True)
        fields = patched(AgreementFields, current, given)
        agreements.change(
            session,
            by=actor(),
            agreement_id=path.tid,
            parties=fields.parties,
            starts=day("from", fields.start),
            ends=day("until", fields.until),
        )
        told = _agreement(session, path.tid)
    return tagged(told)


@blueprint.delete(
    "/agreements/<tid>",
    tags=[MANAGING],
    summary="End an agreement",
    responses=answers(204, None, 403, 404, 412),
)
def remove_agreement(path: ThingPath) -> Response:
    """Take an agreement out of the catalogue."""
    with services().database.unit_of_work() as session:
        demand_fresh(_agreement(session, path.tid))
        agreements.remove(session, by=actor(), agreement_id=path.tid)
    return Response(status=204)
