"""Who stands for what a machine had written: told to those who may change it, and to nobody else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from catalog.policy.actions import Action
from catalog.policy.guard import demand
from catalog.resources.storing import KEYWORD
from catalog.tables.people import Person
from catalog.tables.text import Text

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from catalog.policy.actor import Actor
    from catalog.resources.views import ResourceView


@dataclass(frozen=True)
class Checker:
    """Who has checked a text; the name is empty where that account is no more."""

    person_id: str
    name: str


def checkers(session: Session, *, by: Actor, view: ResourceView) -> dict[tuple[str, str], Checker]:
    """Return who has checked the texts of a version, by field and language, in one statement.

    Raises NotPermitted, or NotFound, for those who may not change it: views, the API and the index
    never hold it.
    """
    demand(by, Action.RESOURCE_EDIT, view.standing)
    asked = (
        select(Text.field, Text.language, Text.checked_by, Person.name)
        .outerjoin(Person, Person.id == Text.checked_by)
        .where(
            Text.version_id == view.version_id,
            Text.checked_by.is_not(None),
            Text.field != KEYWORD,
        )
    )
    return {
        (field, tag): Checker(person_id or "", name or "")
        for field, tag, person_id, name in session.execute(asked).tuples()
    }
