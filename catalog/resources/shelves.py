"""What is published, by kind and subject, read from the catalogue: for when the search rests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from catalog.resources import reading
from catalog.tables.concept import VersionSubject
from catalog.tables.resource import Resource, Version

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy.orm import Session

    from catalog.resources.views import Card


def given(session: Session, institution: str) -> int:
    """Return how many resources of an institution are public."""
    asked = select(func.count()).where(
        Resource.institution_id == institution,
        Resource.published_number.is_not(None),
        Resource.withdrawn_at.is_(None),
    )
    return session.scalar(asked) or 0


def published(
    session: Session,
    *,
    kinds: Collection[str] = (),
    subjects: Collection[str] = (),
    institutions: Collection[str] = (),
    page: int = 1,
    per_page: int = 20,
) -> tuple[int, tuple[Card, ...]]:
    """Return how many are public and a page of them, newest first, ties by id.

    Of `kinds`, `subjects` and `institutions` any is enough; none given lets all through. Subjects
    are taken as they are: the caller adds the narrower ones. Six statements at most.
    """
    asked = (
        select(Resource.id)
        .join(
            Version,
            (Version.resource_id == Resource.id) & (Version.number == Resource.published_number),
        )
        .where(Resource.withdrawn_at.is_(None))
    )
    if kinds:
        asked = asked.where(Version.kind.in_(kinds))
    if institutions:
        asked = asked.where(Resource.institution_id.in_(institutions))
    if subjects:
        with_subject = select(VersionSubject.version_id).where(
            VersionSubject.concept_id.in_(subjects)
        )
        asked = asked.where(Version.id.in_(with_subject))
    total = session.scalar(select(func.count()).select_from(asked.subquery())) or 0
    asked = asked.order_by(Version.published_at.desc(), Resource.id)
    ids = session.scalars(asked.limit(per_page).offset((page - 1) * per_page)).all()
    found = reading.cards(session, ids)
    return total, tuple(found[each] for each in ids if each in found)


def givers(session: Session) -> dict[str, int]:
    """Return how many resources of each institution are public, of those that have any."""
    asked = select(Resource.institution_id, func.count()).where(
        Resource.published_number.is_not(None), Resource.withdrawn_at.is_(None)
    )
    return dict(session.execute(asked.group_by(Resource.institution_id)).tuples().all())


def public_from(session: Session, after: str, most: int) -> tuple[tuple[str, datetime], ...]:
    """Return the next public resources by id, each with the time it was last published."""
    asked = (
        select(Resource.id, Version.published_at)
        .join(
            Version,
            (Version.resource_id == Resource.id) & (Version.number == Resource.published_number),
        )
        .where(Resource.withdrawn_at.is_(None), Resource.id > after)
    )
    rows = session.execute(asked.order_by(Resource.id).limit(most)).tuples()
    return tuple((rid, moment) for rid, moment in rows if moment is not None)


def public_id_at(session: Session, place: int) -> str | None:
    """Return the id of the public resource at a place, from 0, in the order of ids."""
    asked = select(Resource.id).where(
        Resource.published_number.is_not(None), Resource.withdrawn_at.is_(None)
    )
    return session.scalar(asked.order_by(Resource.id).offset(place).limit(1))
