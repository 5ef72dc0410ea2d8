"""The roles people hold: taken away, guarded, and noted in the log of the account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from catalog import events
from catalog.errors import Conflict, NotFound
from catalog.policy.actions import Action
from catalog.policy.clauses import Standing
from catalog.policy.guard import demand
from catalog.policy.roles import ADMIN
from catalog.tables.people import Person, RoleHeld

if TYPE_CHECKING:
    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from catalog.policy.actor import Actor


def take(
    session: Session, *, by: Actor | None, person_id: str, role: str, institution: str | None = None
) -> None:
    """Take a role away from a person; the account stays, and what it did stays in the log.

    It holds from the next request on. `by` None is the command line. Raises NotFound, NotPermitted,
    Conflict `last_admin` for the last admin of the whole site whose account is open.
    """
    if by is not None:
        demand(by, Action.PEOPLE_MANAGE, Standing(institution=institution), what="person")
    guard_last_admin(session, person_id, lost=role == ADMIN.name and institution is None)
    row = session.scalar(held(person_id, role, institution))
    if row is None:
        raise NotFound("not_found", what="role")
    session.delete(row)
    session.flush()
    note(session, by, person_id, "take_role", role, institution)


def held(person_id: str, role: str, institution: str | None) -> Select[tuple[RoleHeld]]:
    """Return the question for one role held: at an institution, or, with None, for the site."""
    return select(RoleHeld).where(
        RoleHeld.person_id == person_id,
        RoleHeld.role == role,
        RoleHeld.institution_id.is_(None)
        if institution is None
        else RoleHeld.institution_id == institution,
    )


def guard_last_admin(session: Session, person_id: str, *, lost: bool) -> None:
    """Raise Conflict when nobody else could manage the site; two at once wait for each other."""
    if not lost:
        return
    admins = session.scalars(
        select(RoleHeld)
        .join(Person, Person.id == RoleHeld.person_id)
        .where(RoleHeld.role == ADMIN.name, RoleHeld.institution_id.is_(None), Person.active)
        .order_by(RoleHeld.id)
        .with_for_update()
    ).all()
    if {each.person_id for each in admins} == {person_id}:
        raise Conflict("last_admin")


def note(
    session: Session, by: Actor | None, person_id: str, action: str, role: str, place: str | None
) -> None:
    """Write a line into the log of the account: its chain is proved like that of a resource."""
    events.record(
        session,
        resource_id=person_id,
        by=by.person_id if by else None,
        action=action,
        note=f"{role} {place or '*'}",
    )
