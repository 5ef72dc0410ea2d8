"""What curators have said of a version when they decided: for its giver to read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from catalog.policy.actions import Action
from catalog.policy.guard import demand
from catalog.tables.people import Person
from catalog.tables.review import Review

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from catalog.policy.actor import Actor
    from catalog.resources.views import ResourceView

ENDED_BY_WORDS = ("ask_changes", "decline")
"""Outcomes of a review that need words to the giver."""


@dataclass(frozen=True)
class Decision:
    """One decision: `outcome` is ask_changes or decline, `words` the curator's."""

    outcome: str
    words: str
    curator: str
    at: datetime


def decisions_on(session: Session, *, by: Actor, view: ResourceView) -> tuple[Decision, ...]:
    """Return what was decided on a version and with which words, the newest first.

    Raises NotPermitted or NotFound for who may not read the notes on it.
    """
    demand(by, Action.NOTE_READ, view.standing)
    rows = session.execute(
        select(Review.outcome, Review.note, Person.name, Review.ended_at)
        .join(Person, Person.id == Review.curator_id)
        .where(Review.version_id == view.version_id, Review.outcome.in_(ENDED_BY_WORDS))
        .order_by(Review.ended_at.desc(), Review.id)
    ).tuples()
    return tuple(
        Decision(outcome, words or "", name, at)
        for outcome, words, name, at in rows
        if outcome is not None and at is not None
    )
