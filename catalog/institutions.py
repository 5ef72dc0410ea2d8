"""Institutions: added and renamed by admins, listed for all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from catalog import clock
from catalog.errors import Conflict, Fault, Invalid, NotFound
from catalog.indexing import touch_institution
from catalog.policy.actions import Action
from catalog.policy.clauses import Standing
from catalog.policy.guard import demand
from catalog.tables.agreement import AgreementParty
from catalog.tables.institution import Institution, InstitutionName
from catalog.tables.people import RoleHeld
from catalog.tables.resource import Resource
from catalog.wording import checked_words
from config.countries import COUNTRIES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from catalog.policy.actor import Actor

LONGEST_NAME = 200
ID_FORM = re.compile(r"[a-z0-9][a-z0-9_-]{1,62}")


@dataclass(frozen=True)
class InstitutionView:
    """An institution with its names by language."""

    id: str
    country: str
    names: Mapping[str, str]


def add(
    session: Session,
    *,
    by: Actor | None,
    institution_id: str,
    names: Mapping[str, str],
    country: str,
) -> None:
    """Add an institution. `by` None is the command line. Raises Invalid, Conflict, NotPermitted."""
    if by is not None:
        demand(by, Action.INSTITUTION_CREATE, Standing(), what="institution")
    checked = _checked(names, country)
    if not ID_FORM.fullmatch(institution_id):
        raise Invalid((Fault("id", "bad_id"),))
    if session.get(Institution, institution_id) is not None:
        raise Conflict("institution_exists", id=institution_id)
    session.add(Institution(id=institution_id, country=country.upper(), created_at=clock.now()))
    session.flush()
    _store_names(session, institution_id, checked)


def change(
    session: Session,
    *,
    by: Actor,
    institution_id: str,
    names: Mapping[str, str] | None = None,
    country: str | None = None,
) -> None:
    """Rename an institution, or move it to another country; what it gave is indexed anew."""
    row = session.get(Institution, institution_id, with_for_update=True)
    if row is None:
        raise NotFound("not_found", what="institution")
    demand(by, Action.INSTITUTION_EDIT, Standing(institution=institution_id), what="institution")
    current = institution(session, institution_id)
    checked = _checked(names if names is not None else current.names, country or row.country)
    row.country = (country or row.country).upper()
    _store_names(session, institution_id, checked)
    touch_institution(session, institution_id)


def institutions(session: Session) -> tuple[InstitutionView, ...]:
    """Return all of them, by id, in two statements."""
    names: dict[str, dict[str, str]] = {}
    for row in session.scalars(select(InstitutionName)):
        names.setdefault(row.institution_id, {})[row.language] = row.value
    rows = session.scalars(select(Institution).order_by(Institution.id))
    return tuple(InstitutionView(row.id, row.country, names.get(row.id, {})) for row in rows)


def managed(session: Session, *, by: Actor) -> tuple[InstitutionView, ...]:
    """Return all of them for an admin, of whatever institution; others are refused."""
    if by.granted_at(Action.INSTITUTION_EDIT) == frozenset():
        demand(by, Action.INSTITUTION_EDIT, Standing(), what="institution")
    return institutions(session)


def institution(session: Session, institution_id: str) -> InstitutionView:
    """Return one; raises NotFound."""
    row = session.get(Institution, institution_id)
    if row is None:
        raise NotFound("not_found", what="institution")
    names = session.scalars(
        select(InstitutionName).where(InstitutionName.institution_id == institution_id)
    )
    return InstitutionView(row.id, row.country, {name.language: name.value for name in names})


def _checked(names: Mapping[str, str], country: str) -> dict[str, str]:
    words, faults = checked_words("name", names, longest=LONGEST_NAME)
    if country.upper() not in COUNTRIES:
        code = "unknown_country" if country.strip() else "required"
        faults.append(Fault("country", code, {"value": country}))
    if faults:
        raise Invalid(tuple(faults))
    return words


def _store_names(session: Session, institution_id: str, names: Mapping[str, str]) -> None:
    session.execute(delete(InstitutionName).where(InstitutionName.institution_id == institution_id))
    session.add_all(
        InstitutionName(institution_id=institution_id, language=tag, value=value)
        for tag, value in names.items()
    )
    session.flush()


def remove(session: Session, *, by: Actor, institution_id: str) -> None:
    """Remove an institution that nothing hangs on; Conflict `in_use` otherwise."""
    demand(by, Action.INSTITUTION_CREATE, Standing(), what="institution")
    row = session.get(Institution, institution_id)
    if row is None:
        raise NotFound("not_found", what="institution")
    uses = (
        select(Resource.id).where(Resource.institution_id == institution_id),
        select(RoleHeld.id).where(RoleHeld.institution_id == institution_id),
        select(AgreementParty.agreement_id).where(AgreementParty.institution_id == institution_id),
    )
    if any(session.scalar(use.limit(1)) is not None for use in uses):
        raise Conflict("in_use", id=institution_id)
    session.delete(row)
