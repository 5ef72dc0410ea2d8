"""What a curator has ticked: the points of the checklist, one review at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from catalog import checklists, clock
from catalog.errors import Conflict, Fault, Invalid
from catalog.policy.actions import Action
from catalog.policy.guard import demand
from catalog.resources.drafts import latest, standing_of
from catalog.reviews import open_review
from catalog.tables.review import Review, ReviewTick

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session

    from catalog.checklists import PointView
    from catalog.policy.actor import Actor
    from catalog.resources.views import ResourceView
    from catalog.tables.resource import Version


@dataclass(frozen=True)
class Looked:
    """A point asked of a resource, and whether it is ticked in the review that is open."""

    point: PointView
    ticked: bool


def checklist_of(session: Session, *, by: Actor, view: ResourceView) -> tuple[Looked, ...]:
    """Return the points asked of a resource with their ticks; two statements."""
    demand(by, Action.NOTE_READ, view.standing)
    ticked = set(
        session.scalars(
            select(ReviewTick.point_id)
            .join(Review, Review.id == ReviewTick.review_id)
            .where(Review.version_id == view.version_id, Review.ended_at.is_(None))
        )
    )
    asked = checklists.points(session, kind=view.kind)
    return tuple(Looked(each, each.id in ticked) for each in asked)


def tick(session: Session, *, by: Actor, resource_id: str, points: Collection[str]) -> None:
    """Tick exactly these points in the review that one has open; earlier ticks keep their time.

    Raises:
        Conflict: `not_claimed`, or `claimed` by another.
        Invalid: a point that is not asked of this kind.
        NotPermitted: not a curator, or `own_gift`.

    """
    version, review = _own_review(session, by, resource_id)
    asked = {each.id for each in checklists.points(session, kind=version.kind)}
    wanted = set(points)
    if wanted - asked:
        raise Invalid((Fault("points", "unknown_value", {"allowed": sorted(asked)}),))
    kept = _ticked(session, review)
    session.execute(
        delete(ReviewTick).where(
            ReviewTick.review_id == review.id, ReviewTick.point_id.in_(asked - wanted)
        )
    )
    moment = clock.now()
    session.add_all(
        ReviewTick(review_id=review.id, point_id=each, at=moment) for each in wanted - kept
    )
    session.flush()


def points_open(session: Session, *, by: Actor, resource_id: str) -> tuple[int, int]:
    """Return how many points are not ticked in one's open review, of how many; raises as `tick`."""
    version, review = _own_review(session, by, resource_id)
    asked = {each.id for each in checklists.points(session, kind=version.kind)}
    return len(asked - _ticked(session, review)), len(asked)


def _own_review(session: Session, by: Actor, resource_id: str) -> tuple[Version, Review]:
    resource, version = latest(session, resource_id)
    demand(by, Action.RESOURCE_DECIDE, standing_of(resource, version))
    review = open_review(session, version.id)
    if review is None:
        raise Conflict("not_claimed", state=version.state)
    if review.curator_id != by.person_id:
        raise Conflict("claimed", state=version.state)
    return version, review


def _ticked(session: Session, review: Review) -> set[str]:
    asked = select(ReviewTick.point_id).where(ReviewTick.review_id == review.id)
    return set(session.scalars(asked))
