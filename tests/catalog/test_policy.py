"""Who may do what: yes/no and SQL say the same, over every role and every standing."""

from __future__ import annotations

from dataclasses import asdict, fields
from itertools import product
from typing import Any

import pytest
from sqlalchemy import Boolean, Column, Integer, MetaData, String, Table, select

from catalog.policy.actions import SCOPES, Action, Scope
from catalog.policy.actor import ANONYMOUS, Actor
from catalog.policy.clauses import Standing, holds, to_sql
from catalog.policy.roles import ROLES
from catalog.policy.rules import NOT_ON_OWN_GIFT, RULES, allows, clause_for
from catalog.policy.visibility import visible_sql
from catalog.resources.drafts import standing_of
from catalog.states import Access, State
from catalog.tables.resource import Resource, Version

STATES = ("draft", "submitted", "in_review", "changes_asked", "published", "declined")


def test_every_action_has_a_rule_and_a_scope() -> None:
    assert set(RULES) == set(Action)
    assert set(SCOPES) == set(Action)
    assert all(scopes <= set(Scope) for scopes in SCOPES.values())


def test_sql_and_yes_or_no_agree_on_every_record(house: Any) -> None:
    for state, access in product(STATES, Access):
        house.bring_to(state, access=access, content=f"{state}{access}".encode())
    with house.services.database.reading() as session:
        rows = session.execute(select(Resource, Version).join(Version)).all()
        assert len(rows) == len(STATES) * len(Access)
        for actor in (ANONYMOUS, *house.actors.values()):
            condition = visible_sql(actor)
            by_sql = set(session.scalars(select(Version.id).join(Resource).where(condition)))
            by_rule = {
                version.id
                for resource, version in rows
                if allows(actor, Action.RESOURCE_READ, standing_of(resource, version)).allowed
            }
            assert by_sql == by_rule, actor.name


def person(role: str, place: str | None, **more: Any) -> Actor:
    return Actor(person_id="p", name="P", roles=frozenset({(role, place)}), **more)


@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_visitor_s_view_is_the_least_anybody_has(role: str) -> None:
    for state, access, verdict in product(State, Access, ("accept", "hold", "refuse", None)):
        standing = Standing("lanzhou", state, access, "g", "g", verdict)
        for action in (Action.RESOURCE_READ, Action.FILE_TAKE, Action.FILE_SHOW):
            if allows(ANONYMOUS, action, standing).allowed:
                assert allows(person(role, "muscat"), action, standing).allowed


@pytest.mark.parametrize(
    "action",
    [
        each
        for each in Action
        if each not in (Action.RESOURCE_READ, Action.FILE_TAKE, Action.FILE_SHOW)
    ],
)
def test_a_visitor_and_a_partner_may_do_nothing_but_look_and_take(action: Action) -> None:
    for state in State:
        standing = Standing("lanzhou", state, "open")
        assert not allows(ANONYMOUS, action, standing).allowed
        assert not allows(person("partner", "lanzhou"), action, standing).allowed


def test_nobody_judges_what_they_gave() -> None:
    curator = person("curator", None)
    for action in (Action.RESOURCE_CLAIM, Action.RESOURCE_DECIDE):
        assert allows(
            curator, action, Standing("lanzhou", State.SUBMITTED, "open", "x", "x")
        ).allowed
        for who in ({"created_by": "p"}, {"submitted_by": "p"}):
            answer = allows(curator, action, Standing("lanzhou", State.SUBMITTED, "open", **who))
            assert (answer.allowed, answer.reason) == (False, "own_gift")


def test_a_scope_narrows_and_never_widens() -> None:
    for scope, action in product(Scope, Action):
        wide, narrow = person("admin", None), person("admin", None, scopes=frozenset({scope}))
        standing = Standing("lanzhou", State.PUBLISHED, "open", verdict="accept")
        if allows(narrow, action, standing).allowed:
            assert allows(wide, action, standing).allowed
            assert scope in SCOPES[action]


HOLDERS = [
    (role.name, place)
    for role in ROLES.values()
    for place in (None, "lanzhou", "muscat")
    if place is not None or role.site_wide
]
STANDINGS = [
    Standing(place, state, access, began, began, verdict, released)
    for place, state, access, began, (verdict, released) in product(
        ("lanzhou", "muscat"),
        (*State, None),
        (*Access, None),
        ("p", "other", None),
        (("accept", False), ("hold", False), ("hold", True), ("refuse", False), (None, False)),
    )
]


def test_sql_and_yes_or_no_agree_on_every_action_state_role_and_institution(house: Any) -> None:
    """Every action as SQL over a table of every standing there can be."""
    names = [field.name for field in fields(Standing)]
    table = Table(
        "standing",
        MetaData(),
        Column("id", Integer, primary_key=True),
        *(Column(name, Boolean if name == "released" else String) for name in names),
        prefixes=["TEMPORARY"],
    )
    actors = [
        ANONYMOUS,
        person("partner", "patras", partners=frozenset({"patras", "lanzhou"})),
        *(person(role, place) for role, place in HOLDERS),
    ]
    with house.services.database.reading() as session:
        table.create(session.connection())
        session.execute(
            table.insert(), [{"id": n, **asdict(each)} for n, each in enumerate(STANDINGS)]
        )
        for actor, action in product(actors, Action):
            clause = clause_for(actor, action)
            by_sql = set(session.scalars(select(table.c.id).where(to_sql(clause, dict(table.c)))))
            by_rule = {n for n, each in enumerate(STANDINGS) if holds(clause, each)}
            assert by_sql == by_rule, (actor.roles, action)
            own = {
                n
                for n in by_rule
                if action in NOT_ON_OWN_GIFT and STANDINGS[n].created_by == actor.person_id
            }
            for n in sorted(by_rule)[:: max(len(by_rule) // 40, 1)]:
                assert allows(actor, action, STANDINGS[n]).allowed == (n not in own)
