"""Agreements between institutions, kept by admins of the whole site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from catalog import clock
from catalog.errors import Conflict, Fault, Invalid, NotFound
from catalog.institutions import ID_FORM
from catalog.policy.actions import Action
from catalog.policy.clauses import Standing
from catalog.policy.guard import demand
from catalog.tables.agreement import Agreement, AgreementParty
from catalog.tables.institution import Institution

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from sqlalchemy.orm import Session

    from catalog.policy.actor import Actor

FEWEST_PARTIES = 2


@dataclass(frozen=True)
class AgreementView:
    """An agreement; None dates are open."""

    id: str
    parties: tuple[str, ...]
    starts: date | None
    ends: date | None


def add(
    session: Session,
    *,
    by: Actor | None,
    agreement_id: str,
    parties: Collection[str],
    starts: date | None = None,
    ends: date | None = None,
) -> None:
    """Add an agreement. `by` None is the command line. Raises Invalid, Conflict, NotPermitted."""
    if by is not None:
        demand(by, Action.AGREEMENT_MANAGE, Standing(), what="agreement")
    _check(session, agreement_id, set(parties), starts, ends)
    if session.get(Agreement, agreement_id) is not None:
        raise Conflict("agreement_exists", id=agreement_id)
    session.add(
        Agreement(id=agreement_id, starts=starts, ends=ends, scope={}, created_at=clock.now())
    )
    session.flush()
    _store_parties(session, agreement_id, parties)


def _store_parties(session: Session, agreement_id: str, parties: Collection[str]) -> None:
    session.execute(delete(AgreementParty).where(AgreementParty.agreement_id == agreement_id))
    session.add_all(
        AgreementParty(agreement_id=agreement_id, institution_id=party)
        for party in sorted(set(parties))
    )
    session.flush()


def _check(
    session: Session, agreement_id: str, parties: set[str], starts: date | None, ends: date | None
) -> None:
    faults = []
    if not ID_FORM.fullmatch(agreement_id):
        faults.append(Fault("id", "bad_id"))
    if len(parties) < FEWEST_PARTIES:
        faults.append(Fault("parties", "two_required"))
    faults.extend(
        Fault("parties", "unknown_institution", {"value": party})
        for party in sorted(parties)
        if session.get(Institution, party) is None
    )
    if starts and ends and starts > ends:
        faults.append(Fault("until", "before_start"))
    if faults:
        raise Invalid(tuple(faults))


def agreements(session: Session, *, by: Actor) -> tuple[AgreementView, ...]:
    """Return all agreements, by id."""
    demand(by, Action.AGREEMENT_MANAGE, Standing(), what="agreement")
    parties: dict[str, list[str]] = {}
    for row in session.scalars(select(AgreementParty).order_by(AgreementParty.institution_id)):
        parties.setdefault(row.agreement_id, []).append(row.institution_id)
    rows = session.scalars(select(Agreement).order_by(Agreement.id))
    return tuple(
        AgreementView(row.id, tuple(parties.get(row.id, ())), row.starts, row.ends) for row in rows
    )


def agreement(session: Session, *, by: Actor, agreement_id: str) -> AgreementView:
    """Return one; raises NotFound."""
    for each in agreements(session, by=by):
        if each.id == agreement_id:
            return each
    raise NotFound("not_found", what="agreement")


def change(
    session: Session,
    *,
    by: Actor,
    agreement_id: str,
    parties: Collection[str],
    starts: date | None,
    ends: date | None,
) -> None:
    """Write parties and dates of an agreement anew; None dates are open."""
    demand(by, Action.AGREEMENT_MANAGE, Standing(), what="agreement")
    row = session.get(Agreement, agreement_id)
    if row is None:
        raise NotFound("not_found", what="agreement")
    _check(session, agreement_id, set(parties), starts, ends)
    row.starts, row.ends = starts, ends
    _store_parties(session, agreement_id, parties)


def remove(session: Session, *, by: Actor, agreement_id: str) -> None:
    """End an agreement by taking it out of the catalogue."""
    demand(by, Action.AGREEMENT_MANAGE, Standing(), what="agreement")
    if session.get(Agreement, agreement_id) is None:
        raise NotFound("not_found", what="agreement")
    session.execute(delete(AgreementParty).where(AgreementParty.agreement_id == agreement_id))
    session.execute(delete(Agreement).where(Agreement.id == agreement_id))
