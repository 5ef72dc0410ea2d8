"""Notices: what people are told by mail, as codes in jobs of the same transaction.

The words are the portal's, found when the mail is sent, in the language of whoever gets it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import select

from catalog import clock, jobs
from catalog.ids import new_id
from catalog.policy.roles import ADMIN
from catalog.tables.job import Job
from catalog.tables.people import Person, RoleHeld

if TYPE_CHECKING:
    from datetime import timedelta

    from sqlalchemy.orm import Session


class Notice(StrEnum):
    """What somebody may be told."""

    DECIDED = "decided"
    """To the giver: what a curator decided; facts `decision` and `note`."""
    FIXITY_FAULT = "fixity_fault"
    """To admins of the site: originals are kept back, since their bytes are others."""
    FIXITY_OVERDUE = "fixity_overdue"
    """To admins of the site: stored files have not been checked for long."""
    WITHDRAWN = "withdrawn"
    """To the giver: a published resource was taken back; fact `note`."""


@dataclass(frozen=True)
class Recipient:
    """Whom a mail goes to; `language` is a tag, None when it is not known."""

    email: str
    name: str
    language: str | None


def tell(
    session: Session, notice: Notice, *, person_id: str | None, about: str = "", **facts: str
) -> None:
    """Tell one person; nobody, when there is none."""
    if person_id is not None:
        _enqueue(session, notice, f"{person_id}:{new_id()}", person_id, about=about, **facts)


def _enqueue(session: Session, notice: Notice, subject: str, person_id: str, **facts: str) -> None:
    payload = {"notice": notice, "person": person_id, **facts}
    jobs.enqueue(session, jobs.JobKind.MAIL, f"{notice}:{subject}", payload=payload)


def tell_admins(session: Session, notice: Notice, *, quiet_for: timedelta) -> None:
    """Tell the admins of the site, unless they were told the same within `quiet_for`.

    Of one notice only one mail waits for each of them.
    """
    if _told_since(session, notice, quiet_for):
        return
    admins = session.scalars(
        select(Person.id)
        .join(RoleHeld, RoleHeld.person_id == Person.id)
        .where(RoleHeld.role == ADMIN.name, RoleHeld.institution_id.is_(None), Person.active)
    )
    for person_id in list(admins):
        _enqueue(session, notice, person_id, person_id)


def _told_since(session: Session, notice: Notice, age: timedelta) -> bool:
    told = select(Job.id).where(
        Job.kind == jobs.JobKind.MAIL,
        Job.subject.startswith(f"{notice}:", autoescape=True),
        Job.created_at > clock.now() - age,
    )
    return session.scalar(told.limit(1)) is not None


def recipient(session: Session, person_id: str) -> Recipient | None:
    """Return whom a mail goes to; None when the account is closed or gone."""
    person = session.get(Person, person_id)
    if person is None or not person.active:
        return None
    return Recipient(person.email, person.name, person.language)
