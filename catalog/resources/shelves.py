"""What is published, by kind and subject, read from the catalogue: for when the search rests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from catalog.resources import reading
from catalog.tables.concept import VersionSubject
from catalog.tables.resource import Resource, Version

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session

    from catalog.resources.views import Card


def published(
    session: Session,
    *,
    kinds: Collection[str] = (),
    subjects: Collection[str] = (),
    page: int = 1,
    per_page: int = 20,
) -> tuple[int, tuple[Card, ...]]:
    """Return how many are public and a page of them, newest first, ties by id.

    Of `kinds` and of `subjects` any is enough; none given lets all through. Subjects are taken as
    they are: the caller adds the narrower ones. Six statements at most.
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
