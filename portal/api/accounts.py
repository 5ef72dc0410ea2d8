"""People and tokens by program."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for

from catalog import people, roles, tokens
from portal.api import desk_shapes, present
from portal.api.answers import BODY, answers
from portal.api.blueprint import blueprint, demand_fresh, listed, made, patched, tag_of, tagged
from portal.api.description import (
    MANAGING,
    Nothing,
    ThingPath,
    TokenBody,
    TokenFields,
    TokenPatch,
    UserBody,
    UserPatch,
)
from portal.api.desk_bodies import PlaceQuery, RolePath
from portal.identity import actor, services


@blueprint.get(
    "/users", tags=[MANAGING], summary="People", responses=answers(200, desk_shapes.Users, 403)
)
def user_list(query: Nothing) -> Response:
    """Give the accounts one manages."""
    del query
    with services().database.reading() as session:
        found = people.people(session, by=actor())
    return listed([present.person(each) for each in found])


@blueprint.post(
    "/users",
    tags=[MANAGING],
    summary="Add a person",
    responses=answers(201, desk_shapes.User, 403, 409, *BODY),
)
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
        told = present.person(people.person(session, by=actor(), person_id=person_id))
    return made(told, url_for("api.user", tid=person_id))


@blueprint.get(
    "/users/<tid>",
    tags=[MANAGING],
    summary="One person",
    responses=answers(200, desk_shapes.User, 403, 404),
)
def user(path: ThingPath, query: Nothing) -> Response:
    """Give one account."""
    del query
    with services().database.reading() as session:
        return tagged(present.person(people.person(session, by=actor(), person_id=path.tid)))


@blueprint.patch(
    "/users/<tid>",
    tags=[MANAGING],
    summary="Change an account",
    responses=answers(200, desk_shapes.User, 403, 404, 409, 412, *BODY),
)
def change_user(path: ThingPath, body: UserPatch) -> Response:
    """Apply a JSON merge patch: rename an account, give it a password, open or close it."""
    with services().database.unit_of_work() as session:
        demand_fresh(present.person(people.person(session, by=actor(), person_id=path.tid)))
        given: dict[str, Any] = body.model_dump(exclude_unset=True)
        people.change(session, by=actor(), person_id=path.tid, **given)
        told = present.person(people.person(session, by=actor(), person_id=path.tid))
    return tagged(told)


@blueprint.delete(
    "/users/<tid>",
    tags=[MANAGING],
    summary="Close an account",
    responses=answers(204, None, 403, 404, 409, 412),
)
def close_user(path: ThingPath) -> Response:
    """Close an account; what it did stays in the log under its opaque id."""
    with services().database.unit_of_work() as session:
        demand_fresh(present.person(people.person(session, by=actor(), person_id=path.tid)))
        people.change(session, by=actor(), person_id=path.tid, active=False)
    return Response(status=204)


@blueprint.delete(
    "/users/<tid>/roles/<role>",
    tags=[MANAGING],
    summary="Take a role away",
    responses=answers(204, None, 403, 404, 409),
)
def take_role(path: RolePath, query: PlaceQuery) -> Response:
    """Take a role away from a person; the last admin of the site keeps theirs."""
    place = query.institution or None
    with services().database.unit_of_work() as session:
        roles.take(session, by=actor(), person_id=path.tid, role=path.role, institution=place)
    return Response(status=204)


@blueprint.get(
    "/tokens",
    tags=[MANAGING],
    summary="One's own tokens",
    responses=answers(200, desk_shapes.Tokens),
)
def token_list(query: Nothing) -> Response:
    """Give one's own tokens, newest first."""
    del query
    with services().database.reading() as session:
        return listed(
            [present.listed_token(each) for each in tokens.tokens_of(session, by=actor())]
        )


@blueprint.post(
    "/tokens",
    tags=[MANAGING],
    summary="Make a token",
    responses=answers(201, desk_shapes.NewToken, 403, *BODY),
)
def add_token(body: TokenBody) -> Response:
    """Make a token for oneself; its secret is in this answer and never again."""
    asker = actor()
    scopes = tokens.narrowed(asker, body.scopes)
    with services().database.unit_of_work() as session:
        view, secret = tokens.create(
            session, person_id=str(asker.person_id), scopes=scopes, name=body.name
        )
    told = present.token(view)
    response = made({**told, "token": secret}, url_for("api.token", tid=view.id))
    response.set_etag(tag_of(told))
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get(
    "/tokens/<tid>",
    tags=[MANAGING],
    summary="One token",
    responses=answers(200, desk_shapes.Token, 404),
)
def token(path: ThingPath, query: Nothing) -> Response:
    """Give one of one's own tokens, without its secret."""
    del query
    with services().database.reading() as session:
        found = tokens.token_of(session, by=actor(), token_id=path.tid)
    return tagged(present.token(found))


@blueprint.patch(
    "/tokens/<tid>",
    tags=[MANAGING],
    summary="Change a token",
    responses=answers(200, desk_shapes.Token, 403, 404, 412, *BODY),
)
def change_token(path: ThingPath, body: TokenPatch) -> Response:
    """Apply a JSON merge patch: rename a token, or give it other scopes."""
    with services().database.unit_of_work() as session:
        told = present.token(tokens.token_of(session, by=actor(), token_id=path.tid))
        demand_fresh(told)
        current = {"name": told["name"], "scopes": told["scopes"]}
        fields = patched(TokenFields, current, body.model_dump(exclude_unset=True))
        changed = tokens.change(
            session, by=actor(), token_id=path.tid, name=fields.name, scopes=fields.scopes
        )
    return tagged(present.token(changed))


@blueprint.delete(
    "/tokens/<tid>",
    tags=[MANAGING],
    summary="End a token",
    responses=answers(204, None, 403, 404, 412),
)
def revoke_token(path: ThingPath) -> Response:
    """End one of one's own tokens."""
    with services().database.unit_of_work() as session:
        told = present.token(tokens.token_of(session, by=actor(), token_id=path.tid))
        demand_fresh(told)
        tokens.revoke(session, by=actor(), token_id=path.tid)
    return Response(status=204)
