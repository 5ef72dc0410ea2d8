"""Handing over and judging: submission, claim, notes, decision. Each writes its event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select

from catalog import clock, workflow
from catalog.errors import Conflict, Fault, Invalid
from catalog.ids import new_id
from catalog.notices import Notice, tell
from catalog.policy.actions import Action
from catalog.policy.clauses import Standing
from catalog.policy.guard import demand
from catalog.policy.roles import granting
from catalog.resources.checks import missing, missing_for_import
from catalog.resources.drafts import latest, lock_resource, standing_of
from catalog.resources.rows import resource_views
from catalog.resources.versions import make_public
from catalog.states import State
from catalog.tables.people import Person, RoleHeld
from catalog.tables.resource import Version
from catalog.tables.review import Review

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from catalog.policy.actor import Actor

CLAIM_LASTS = timedelta(days=7)
"""DESIGN section 2: a claim lapses after seven days."""

DECISIONS = ("publish", "ask_changes", "decline")
LONGEST_NOTE = 5_000


@dataclass(frozen=True)
class Claim:
    """Who has a version in review, since when and until when."""

    curator_id: str
    curator: str
    claimed_at: datetime
    lapses_at: datetime


@dataclass(frozen=True)
class Rounds:
    """How the judging of a version stands: `number` counts from one, and up when it comes back."""

    number: int
    claim: Claim | None


def submit(session: Session, *, by: Actor, resource_id: str) -> None:
    """Hand a draft over. Raises Invalid with all that is missing, Conflict when it is no draft."""
    resource, version = latest(session, resource_id)
    demand(by, Action.RESOURCE_SUBMIT, standing_of(resource, version))
    workflow.transition(version.state, "submit")
    faults = missing(resource_views(session, [(resource, version)], with_steps=False)[0])
    if faults:
        raise Invalid(faults, code="incomplete")
    workflow.apply(session, version, "submit", by=by.person_id)
    version.submitted_at = clock.now()
    version.submitted_by = by.person_id


def take_back(session: Session, *, by: Actor, resource_id: str) -> None:
    """Take a submission back while nobody has claimed it; Conflict `claimed` when somebody has."""
    resource, version = latest(session, resource_id)
    demand(by, Action.RESOURCE_SUBMIT, standing_of(resource, version))
    if version.state == State.IN_REVIEW:
        raise Conflict("claimed", state=version.state)
    workflow.apply(session, version, "take_back", by=by.person_id)
    version.submitted_at = None


def claim(session: Session, *, by: Actor, resource_id: str) -> None:
    """Take a submission into review. Claiming again what one has is fine and changes nothing.

    Raises:
        Conflict: `claimed`, another curator has it; `wrong_state`, it is not handed over.
        NotPermitted: not a curator, or `own_gift`.

    """
    resource, version = latest(session, resource_id)
    demand(by, Action.RESOURCE_CLAIM, standing_of(resource, version))
    review = open_review(session, version.id)
    if review is not None and review.lapses_at <= clock.now():
        _end(session, version, review, "lapse", by=None)
        review = None
    if review is not None:
        if review.curator_id == by.person_id:
            return
        raise Conflict("claimed", state=version.state)
    workflow.apply(session, version, "claim", by=by.person_id)
    moment = clock.now()
    session.add(
        Review(
            id=new_id(),
            version_id=version.id,
            curator_id=by.person_id,
            claimed_at=moment,
            lapses_at=moment + CLAIM_LASTS,
        )
    )
    session.flush()


def give_back(session: Session, *, by: Actor, resource_id: str) -> None:
    """Give a claim back. Another's claim only an admin may free."""
    resource, version = latest(session, resource_id)
    standing = standing_of(resource, version)
    review = open_review(session, version.id)
    others = review is not None and review.curator_id != by.person_id
    demand(by, Action.RESOURCE_FREE_CLAIM if others else Action.RESOURCE_CLAIM, standing)
    if review is None:
        raise Conflict("not_claimed", state=version.state)
    _end(session, version, review, "give_back", by=by.person_id)


def decide(session: Session, *, by: Actor, resource_id: str, decision: str, note: str = "") -> None:
    """Publish, ask for changes, or decline what one has claimed.

    Raises:
        Invalid: an unknown decision, or no note where one is needed.
        Conflict: `not_claimed` or `claimed` by another.
        NotPermitted: not a curator, or `own_gift`.

    """
    resource, version = latest(session, resource_id)
    demand(by, Action.RESOURCE_DECIDE, standing_of(resource, version))
    if decision not in DECISIONS:
        raise Invalid((Fault("decision", "unknown_value", {"allowed": list(DECISIONS)}),))
    review = open_review(session, version.id)
    if review is None:
        raise Conflict("not_claimed", state=version.state)
    if review.curator_id != by.person_id:
        raise Conflict("claimed", state=version.state)
    if decision == "publish":
        refused = [
            fault
            for fault in missing(
                resource_views(session, [(resource, version)], with_steps=False)[0]
            )
            if fault.code == "asset_refused"
        ]
        if refused:
            raise Invalid(tuple(refused), code="incomplete")
    _end(session, version, review, decision, by=by.person_id, note=note)
    if decision == "publish":
        make_public(session, resource, version)
    tell(
        session,
        Notice.DECIDED,
        person_id=version.submitted_by,
        about=resource_id,
        version=version.id,
        decision=decision,
        note=note.strip(),
    )


def publish_import(session: Session, *, by: Actor, resource_id: str) -> None:
    """Publish what a bulk import has just written: the importing curator's decision in the log."""
    resource, version = latest(session, resource_id)
    demand(by, Action.RESOURCE_DECIDE, Standing(institution=resource.institution_id))
    view = resource_views(session, [(resource, version)], with_steps=False)[0]
    faults = tuple(fault for fault in missing_for_import(view) if fault.code != "main_required")
    if faults:
        raise Invalid(faults, code="incomplete")
    workflow.apply(session, version, "publish_import", by=by.person_id)
    make_public(session, resource, version)


def open_review(session: Session, version_id: str) -> Review | None:
    """Return the claim that holds on a version, if any."""
    return session.scalar(
        select(Review).where(Review.version_id == version_id, Review.ended_at.is_(None))
    )


def rounds_of(session: Session, version_id: str) -> Rounds:
    """Return the round a version is in, and who has it; one statement."""
    rows = session.execute(
        select(Review, Person.name)
        .join(Person, Person.id == Review.curator_id)
        .where(Review.version_id == version_id)
    ).all()
    returned = sum(review.outcome == "ask_changes" for review, _ in rows)
    claim = next(
        (
            Claim(review.curator_id, name, review.claimed_at, review.lapses_at)
            for review, name in rows
            if review.ended_at is None
        ),
        None,
    )
    return Rounds(returned + 1, claim)


def lapse_old_claims(session: Session) -> int:
    """Put back what was claimed too long ago, or by who judges no more; return how many."""
    judges = (
        select(RoleHeld.id)
        .join(Person, Person.id == RoleHeld.person_id)
        .where(
            Person.id == Review.curator_id,
            Person.active,
            RoleHeld.role.in_(granting(Action.RESOURCE_DECIDE)),
        )
    )
    asked = (
        select(Review, Version)
        .join(Version, Version.id == Review.version_id)
        .where(Review.ended_at.is_(None), or_(Review.lapses_at <= clock.now(), ~judges.exists()))
    )
    for resource_id in session.scalars(asked.with_only_columns(Version.resource_id)).all():
        lock_resource(session, resource_id)
    old = session.execute(asked).all()  # once more: a curator may have decided in between
    for review, version in old:
        _end(session, version, review, "lapse", by=None)
    return len(old)


def waiting_count(session: Session) -> int:
    """Return how many submissions wait for a curator."""
    asked = select(func.count()).select_from(Version).where(Version.state == State.SUBMITTED)
    return session.scalar(asked) or 0


def _end(
    session: Session,
    version: Version,
    review: Review,
    outcome: str,
    *,
    by: str | None,
    note: str = "",
) -> None:
    if len(note) > LONGEST_NOTE:
        raise Invalid((Fault("note", "too_long", {"longest": LONGEST_NOTE}),))
    workflow.apply(session, version, outcome, by=by, note=note)
    review.ended_at = clock.now()
    review.outcome = outcome
    review.note = note.strip() or None
    session.flush()
