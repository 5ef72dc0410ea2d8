"""The checklists: points that curators look at with their own eyes, kept by admins of the site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select

from catalog import clock
from catalog.errors import Fault, Invalid, NotFound
from catalog.ids import new_id
from catalog.policy.actions import Action
from catalog.policy.clauses import Standing
from catalog.policy.guard import demand
from catalog.tables.checklist import ChecklistPoint, ChecklistWording
from catalog.wording import checked_words
from config.checklists import POINTS
from config.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlalchemy.orm import Session

    from catalog.policy.actor import Actor

LONGEST = 200
"""Characters of a point: it is one line beside a box."""


@dataclass(frozen=True)
class PointView:
    """A point with its words by language; `kinds` empty: asked of every kind."""

    id: str
    kinds: tuple[str, ...]
    wording: Mapping[str, str]
    retired: bool = False


def load(session: Session) -> None:
    """Add the points that came with the program and are not there; a retired one stays retired."""
    known = set(session.scalars(select(ChecklistPoint.id)))
    for place, point in enumerate(POINTS):
        if point.id not in known:
            session.add(ChecklistPoint(id=point.id, kinds=list(point.kinds), position=place))
    session.flush()


def points(session: Session, *, kind: str | None = None) -> tuple[PointView, ...]:
    """Return all points in their order, or those asked of a kind now; one statement."""
    rows = session.execute(
        select(ChecklistPoint, ChecklistWording)
        .outerjoin(ChecklistWording, ChecklistWording.point_id == ChecklistPoint.id)
        .order_by(ChecklistPoint.position, ChecklistPoint.id)
    )
    found: dict[str, tuple[ChecklistPoint, dict[str, str]]] = {}
    for point, wording in rows:
        words = found.setdefault(point.id, (point, {}))[1]
        if wording is not None:
            words[wording.language] = wording.value
    views = (
        PointView(point.id, tuple(point.kinds), words, point.retired_at is not None)
        for point, words in found.values()
    )
    if kind is None:
        return tuple(views)
    return tuple(each for each in views if not each.retired and kind in (each.kinds or (kind,)))


def managed(session: Session, *, by: Actor) -> tuple[PointView, ...]:
    """Return all points, retired ones too, for an admin of the site."""
    demand(by, Action.CHECKLIST_EDIT, Standing(), what="checklist")
    return points(session)


def point(session: Session, *, by: Actor, point_id: str) -> PointView:
    """Return one point; raises NotFound, NotPermitted."""
    found = next((each for each in managed(session, by=by) if each.id == point_id), None)
    if found is None:
        raise NotFound("not_found", what="point")
    return found


def add(
    session: Session, *, by: Actor, wording: Mapping[str, str], kinds: Collection[str] = ()
) -> str:
    """Add a point at the end, in at least one language, and return its id. Raises Invalid."""
    demand(by, Action.CHECKLIST_EDIT, Standing(), what="checklist")
    words = _checked(wording, kinds, needed=True)
    last = session.scalar(select(func.max(ChecklistPoint.position)))
    row = ChecklistPoint(
        id=new_id(), kinds=sorted(set(kinds)), position=0 if last is None else last + 1
    )
    session.add(row)
    session.flush()
    _store(session, row.id, words)
    return row.id


def change(
    session: Session,
    *,
    by: Actor,
    point_id: str,
    wording: Mapping[str, str] | None = None,
    kinds: Collection[str] | None = None,
    retired: bool | None = None,
) -> None:
    """Word a point anew, ask it of other kinds, retire it or bring it back; None leaves a thing.

    A point that came with the program may lose all words: those of the program are shown again.
    """
    before = point(session, by=by, point_id=point_id)
    row = session.get_one(ChecklistPoint, point_id)
    words = before.wording if wording is None else wording
    needed = point_id not in {each.id for each in POINTS}
    checked = _checked(words, before.kinds if kinds is None else kinds, needed=needed)
    if kinds is not None:
        row.kinds = sorted(set(kinds))
    if retired is not None and retired != before.retired:
        row.retired_at = clock.now() if retired else None
    if wording is not None:
        _store(session, point_id, checked)
    session.flush()


def move_up(session: Session, *, by: Actor, point_id: str) -> None:
    """Let a point change places with the one before it; the first stays where it is."""
    order = [each.id for each in managed(session, by=by)]
    if point_id not in order:
        raise NotFound("not_found", what="point")
    place = order.index(point_id)
    if place:
        order[place - 1], order[place] = order[place], order[place - 1]
    for row in session.scalars(select(ChecklistPoint)):
        row.position = order.index(row.id)
    session.flush()


def _checked(wording: Mapping[str, str], kinds: Collection[str], *, needed: bool) -> dict[str, str]:
    words, faults = checked_words("wording", wording, longest=LONGEST, needed=needed)
    if set(kinds) - set(KINDS):
        faults.append(Fault("kinds", "unknown_value", {"allowed": sorted(KINDS)}))
    if faults:
        raise Invalid(tuple(faults))
    return words


def _store(session: Session, point_id: str, words: Mapping[str, str]) -> None:
    session.execute(delete(ChecklistWording).where(ChecklistWording.point_id == point_id))
    session.add_all(
        ChecklistWording(point_id=point_id, language=tag, value=value)
        for tag, value in words.items()
    )
    session.flush()
