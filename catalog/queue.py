"""The curators' queue: what is handed over, oldest first, with who has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from catalog.policy.actions import Action
from catalog.policy.clauses import Standing
from catalog.policy.guard import demand
from catalog.resources.rows import assets_by_version, institution_names, texts_by_version
from catalog.states import State
from catalog.tables.people import Person
from catalog.tables.resource import Resource, Version
from catalog.tables.review import Review
from catalog.texts import Multilingual

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from catalog.policy.actor import Actor
    from catalog.resources.views import AssetView

WAITING = (State.SUBMITTED, State.IN_REVIEW)


@dataclass(frozen=True)
class QueueEntry:
    """One submission as the desk lists it."""

    id: str
    kind: str
    title: Multilingual
    language: str | None
    institution: str
    institution_names: Mapping[str, str]
    submitted_at: datetime | None
    state: str
    claimed_by: str | None
    claimed_by_name: str | None
    ages: tuple[int, int] | None
    number: int
    assets: tuple[AssetView, ...]


def waiting(
    session: Session, *, by: Actor, page: int = 1, per_page: int = 20
) -> tuple[int, tuple[QueueEntry, ...]]:
    """Return how many wait, and one page of them; seven statements, however many."""
    demand(by, Action.QUEUE_READ, Standing(), what="queue")
    total = session.scalar(
        select(func.count())
        .select_from(Version)
        .join(Resource, Resource.id == Version.resource_id)
        .where(Version.state.in_(WAITING), Resource.withdrawn_at.is_(None))
    )
    rows = session.execute(
        select(Version, Resource, Person)
        .join(Resource, Resource.id == Version.resource_id)
        .outerjoin(Review, (Review.version_id == Version.id) & Review.ended_at.is_(None))
        .outerjoin(Person, Person.id == Review.curator_id)
        .where(Version.state.in_(WAITING), Resource.withdrawn_at.is_(None))
        .order_by(Version.submitted_at, Version.id)
        .limit(per_page)
        .offset((page - 1) * per_page)
    ).all()
    ids = [version.id for version, _, _ in rows]
    texts = texts_by_version(session, ids, ("title",)) if ids else {}
    assets = assets_by_version(session, ids, with_steps=False) if ids else {}
    names = institution_names(session, {resource.institution_id for _, resource, _ in rows})
    return total or 0, tuple(
        QueueEntry(
            id=resource.id,
            kind=version.kind,
            title=texts.get(version.id, {}).get("title", Multilingual()),
            language=version.language,
            institution=resource.institution_id,
            institution_names=names.get(resource.institution_id, {}),
            submitted_at=version.submitted_at,
            state=version.state,
            claimed_by=person.id if person else None,
            claimed_by_name=person.name if person else None,
            ages=None
            if version.ages_from is None or version.ages_to is None
            else (version.ages_from, version.ages_to),
            number=version.number,
            assets=assets.get(version.id, ()),
        )
        for version, resource, person in rows
    )
