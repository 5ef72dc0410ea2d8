"""Institutions, agreements, people and tokens by program."""

from __future__ import annotations

from datetime import date

from flask import Response, jsonify

from catalog import agreements, institutions, people, tokens
from catalog.errors import Fault, Invalid
from portal.api import present
from portal.api.blueprint import blueprint, listed
from portal.api.description import (
    MANAGING,
    AgreementBody,
    AgreementPatch,
    InstitutionBody,
    InstitutionPatch,
    Nothing,
    ThingPath,
    TokenBody,
    UserBody,
    UserPatch,
)
from portal.identity import actor, services


def made(told: dict[str, object]) -> Response:
    """Answer a thing that was just made."""
    response = jsonify(told)
    response.status_code = 201
    return response


def day(name: str, value: str | None) -> date | None:
    """Read a date; raises Invalid."""
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise Invalid((Fault(name, "not_a_date"),)) from None


@blueprint.get("/institutions", tags=[MANAGING], summary="Institutions")
def institution_list(query: Nothing) -> Response:
    """Give all institutions."""
    del query
    with services().database.reading() as session:
        return listed([present.institution(each) for each in institutions.institutions(session)])


@blueprint.post("/institutions", tags=[MANAGING], summary="Add an institution")
def add_institution(body: InstitutionBody) -> Response:
    """Add an institution."""
    with services().database.unit_of_work() as session:
        institutions.add(
            session, by=actor(), institution_id=body.id, names=body.name, country=body.country
        )
        told = present.institution(institutions.institution(session, body.id))
    services().reference.forget()
    return made(told)


@blueprint.patch("/institutions/<tid>", tags=[MANAGING], summary="Change an institution")
def change_institution(path: ThingPath, body: InstitutionPatch) -> Response:
    """Rename an institution, or move it to another country."""
    with services().database.unit_of_work() as session:
        institutions.change(
            session, by=actor(), institution_id=path.tid, names=body.name, country=body.country
        )
        told = present.institution(institutions.institution(session, path.tid))
    services().reference.forget()
    return jsonify(told)


@blueprint.delete("/institutions/<tid>", tags=[MANAGING], summary="Remove an institution")
def remove_institution(path: ThingPath) -> Response:
    """Remove an institution that nothing hangs on."""
    with services().database.unit_of_work() as session:
        institutions.remove(session, by=actor(), institution_id=path.tid)
    services().reference.forget()
    return Response(status=204)


@blueprint.get("/agreements", tags=[MANAGING], summary="Agreements")
def agreement_list(query: Nothing) -> Response:
    """Give all agreements."""
    del query
    with services().database.reading() as session:
        found = agreements.agreements(session, by=actor())
    return listed([present.agreement(each) for each in found])


@blueprint.post("/agreements", tags=[MANAGING], summary="Add an agreement")
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
        told = _agreement(agreements.agreements(session, by=actor()), body.id)
    return made(told)


@blueprint.patch("/agreements/<tid>", tags=[MANAGING], summary="Change an agreement")
def change_agreement(path: ThingPath, body: AgreementPatch) -> Response:
    """Change the dates of an agreement."""
    with services().database.unit_of_work() as session:
        agreements.change(
            session,
            by=actor(),
            agreement_id=path.tid,
            starts=day("from", body.start),
            ends=day("until", body.until),
        )
        told = _agreement(agreements.agreements(session, by=actor()), path.tid)
    return jsonify(told)


def _agreement(found: tuple[agreements.AgreementView, ...], wanted: str) -> dict[str, object]:
    return next(present.agreement(each) for each in found if each.id == wanted)


@blueprint.delete("/agreements/<tid>", tags=[MANAGING], summary="End an agreement")
def remove_agreement(path: ThingPath) -> Response:
    """Take an agreement out of the catalogue."""
    with services().database.unit_of_work() as session:
        agreements.remove(session, by=actor(), agreement_id=path.tid)
    return Response(status=204)


@blueprint.get("/users", tags=[MANAGING], summary="People")
def user_list(query: Nothing) -> Response:
    """Give the accounts one manages."""
    del query
    with services().database.reading() as session:
        found = people.people(session, by=actor())
    return listed([present.person(each) for each in found])


@blueprint.post("/users", tags=[MANAGING], summary="Add a person")
def add_user(body: UserBody) -> Response:
    """Add an account, or a further role to one."""
    with services().database.unit_of_work() as session:
        person_id = people.add_person(
            session,
            by=actor(),
            email=body.email,
            name=body.name,
            role=body.role,
            institution=body.institution,
            password=body.password,
        )
        found = people.people(session, by=actor())
    return made(next(present.person(each) for each in found if each.id == person_id))


@blueprint.patch("/users/<tid>", tags=[MANAGING], summary="Open or close an account")
def change_user(path: ThingPath, body: UserPatch) -> Response:
    """Open or close an account."""
    with services().database.unit_of_work() as session:
        people.set_active(session, by=actor(), person_id=path.tid, active=body.active)
        found = people.people(session, by=actor())
    return jsonify(next(present.person(each) for each in found if each.id == path.tid))


@blueprint.delete("/users/<tid>", tags=[MANAGING], summary="Close an account")
def close_user(path: ThingPath) -> Response:
    """Close an account; what it did stays in the log under its opaque id."""
    with services().database.unit_of_work() as session:
        people.set_active(session, by=actor(), person_id=path.tid, active=False)
    return Response(status=204)


@blueprint.get("/tokens", tags=[MANAGING], summary="One's own tokens")
def token_list(query: Nothing) -> Response:
    """Give one's own tokens, newest first."""
    del query
    with services().database.reading() as session:
        return listed([present.token(each) for each in tokens.tokens_of(session, by=actor())])


@blueprint.post("/tokens", tags=[MANAGING], summary="Make a token")
def add_token(body: TokenBody) -> Response:
    """Make a token for oneself; its secret is in this answer and never again."""
    asker = actor()
    scopes = tokens.narrowed(asker, body.scopes)
    with services().database.unit_of_work() as session:
        view, secret = tokens.create(
            session, person_id=str(asker.person_id), scopes=scopes, name=body.name
        )
    return made({**present.token(view), "token": secret})


@blueprint.delete("/tokens/<tid>", tags=[MANAGING], summary="End a token")
def revoke_token(path: ThingPath) -> Response:
    """End one of one's own tokens."""
    with services().database.unit_of_work() as session:
        tokens.revoke(session, by=actor(), token_id=path.tid)
    return Response(status=204)
