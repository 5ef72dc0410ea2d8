"""The curators' queue: what is handed over, oldest first, with who has it.

A page is a stretch of the index `ix_version_state_submitted_at`, entered by key and not by counting:
of each of the two states that wait as many keys as a page has, and the first of both together.
However long the queue is, it costs the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, literal, select, tuple_, union_all

from catalog.policy.actions import Action
from catalog.policy.clauses import Standing
from catalog.policy.guard import demand
from catalog.resources.rows import ages_of, assets_by_version, texts_by_version
from catalog.states import State
from catalog.tables.people import Person
from catalog.tables.resource import Resource, Version
from catalog.tables.review import Review
from catalog.texts import Multilingual

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Select, Subquery
    from sqlalchemy.orm import Session

    from catalog.policy.actor import Actor
    from catalog.resources.views import AssetView

WAITING = (State.SUBMITTED, State.IN_REVIEW)
COUNTED = 1000
"""A longer queue is not counted for a page: nobody needs to know how much more than that it is."""

Key = tuple["datetime", str]
"""Where a submission stands in the queue: when it was handed over, and the id of its version."""


@dataclass(frozen=True)
class QueueEntry:
    """One submission as the desk lists it."""

    id: str
    key: Key
    kind: str
    title: Multilingual
    language: str | None
    institution: str
    submitted_at: datetime | None
    state: str
    claimed_by: str | None
    claimed_by_name: str | None
    own: bool
    """Whether who asks gave it."""
    ages: tuple[int, int] | None
    number: int
    assets: tuple[AssetView, ...]


@dataclass(frozen=True)
class Stretch:
    """A page of the queue; `before` and `after` say whether there is more on that side.

    `total` counts to `COUNTED` and one more; `oldest` is when the first was handed over.
    """

    total: int
    oldest: datetime | None
    entries: tuple[QueueEntry, ...]
    before: bool
    after: bool


def waiting(
    session: Session, *, by: Actor, page: int = 1, per_page: int = 20
) -> tuple[int, tuple[QueueEntry, ...]]:
    """Return how many wait, and a page by its number, for programs: the further, the dearer."""
    demand(by, Action.QUEUE_READ, Standing(), what="queue")
    waits = (Version.state.in_(WAITING), Resource.withdrawn_at.is_(None))
    total = session.scalar(
        select(func.count())
        .select_from(Version)
        .join(Resource, Resource.id == Version.resource_id)
        .where(*waits)
    )
    ordered = _rows().where(*waits).order_by(Version.submitted_at, Version.id)
    rows = session.execute(ordered.limit(per_page).offset((page - 1) * per_page)).all()
    return total or 0, _entries(session, rows, by)


def stretch(
    session: Session,
    *,
    by: Actor,
    after: Key | None = None,
    before: Key | None = None,
    most: int = 20,
) -> Stretch:
    """Return what follows a key, or what leads up to one; five statements, however many wait."""
    demand(by, Action.QUEUE_READ, Standing(), what="queue")
    total, oldest = _counted(session)
    keys = _keys(most + 1, after=after, before=before)
    moment, version = keys.c.submitted_at, keys.c.id
    ordered = [moment.desc(), version.desc()] if before is not None else [moment, version]
    asked = _rows().join(keys, version == Version.id).order_by(*ordered).limit(most + 1)
    rows = session.execute(asked).all()
    more, rows = len(rows) > most, rows[:most]
    if before is not None:
        rows = rows[::-1]
    return Stretch(
        total,
        oldest,
        _entries(session, rows, by),
        before=more if before is not None else after is not None,
        after=True if before is not None else more,
    )


def around(session: Session, *, by: Actor, key: Key, most: int = 12) -> Stretch:
    """Return the stretch in which a submission stands, with a third of it before; six statements."""
    keys = _keys(most // 3 + 1, before=key)
    earlier = session.execute(
        select(keys.c.submitted_at, keys.c.id)
        .order_by(keys.c.submitted_at.desc(), keys.c.id.desc())
        .limit(most // 3 + 1)
    ).all()
    start = (earlier[-1][0], earlier[-1][1]) if len(earlier) > most // 3 else None
    return stretch(session, by=by, after=start, most=most)


def _keys(most: int, *, after: Key | None = None, before: Key | None = None) -> Subquery:
    """Return the first keys of each state after a key, or the last before one."""
    place = (Version.submitted_at, Version.id)
    order = [each.desc() for each in place] if before is not None else list(place)
    parts = []
    for state in WAITING:
        asked = (
            select(*place)
            .join(Resource, Resource.id == Version.resource_id)
            .where(Version.state == state, Resource.withdrawn_at.is_(None))
        )
        if before is not None:
            asked = asked.where(tuple_(*place) < _bound(before))
        if after is not None:
            asked = asked.where(tuple_(*place) > _bound(after))
        part = asked.order_by(*order).limit(most).subquery()
        parts.append(select(part.c.submitted_at, part.c.id))
    return union_all(*parts).subquery("keys")


def _counted(session: Session) -> tuple[int, datetime | None]:
    keys = _keys(COUNTED + 1)
    total, oldest = session.execute(select(func.count(), func.min(keys.c.submitted_at))).one()
    return min(total, COUNTED + 1), oldest


def _bound(key: Key) -> ColumnElement[Any]:
    moment, version = key
    return tuple_(literal(moment, Version.submitted_at.type), literal(version))


def _rows() -> Select[Any]:
    return (
        select(Version, Resource, Person.id, Person.name)
        .select_from(Version)
        .join(Resource, Resource.id == Version.resource_id)
        .outerjoin(Review, (Review.version_id == Version.id) & Review.ended_at.is_(None))
        .outerjoin(Person, Person.id == Review.curator_id)
    )


def _entries(session: Session, rows: Any, by: Actor) -> tuple[QueueEntry, ...]:  # noqa: ANN401 - rows of _rows
    ids = [version.id for version, *_ in rows]
    texts = texts_by_version(session, ids, ("title",)) if ids else {}
    assets = assets_by_version(session, ids, with_steps=False) if ids else {}
    return tuple(
        QueueEntry(
            id=resource.id,
            key=(version.submitted_at, version.id),
            kind=version.kind,
            title=texts.get(version.id, {}).get("title", Multilingual()),
            language=version.language,
            institution=resource.institution_id,
            submitted_at=version.submitted_at,
            state=version.state,
            claimed_by=holder,
            claimed_by_name=name,
            own=by.person_id in (version.created_by, version.submitted_by),
            ages=ages_of(version),
            number=version.number,
            assets=assets.get(version.id, ()),
        )
        for version, resource, holder, name in rows
    )
