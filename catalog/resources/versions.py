"""A new draft beside the published version, and what publishing and withdrawing do to both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from catalog import clock, events, workflow
from catalog.errors import Conflict, Fault, Invalid
from catalog.ids import new_id
from catalog.indexing import touch
from catalog.notices import Notice, tell
from catalog.policy.actions import Action
from catalog.policy.guard import demand
from catalog.resources.drafts import latest, standing_of
from catalog.states import OPEN_STATES, State
from catalog.tables.asset import VersionAsset
from catalog.tables.concept import VersionSubject
from catalog.tables.resource import Version
from catalog.tables.rights import PermittedUse
from catalog.tables.text import Text

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from catalog.policy.actor import Actor
    from catalog.tables.resource import Resource

LONGEST_REASON = 5_000
COPIED = (
    "kind",
    "language",
    "ages_from",
    "ages_to",
    "country",
    "year",
    "licence",
    "credit",
    "access",
    "details",
)


def open_version(
    session: Session, *, by: Actor, resource_id: str, importing: bool = False
) -> Version:
    """Open a draft that begins as a copy of the published version and shares its files.

    Raises Conflict `version_open` when one is on its way, `not_published` when there is nothing
    to follow.
    """
    resource, newest = latest(session, resource_id)
    if not importing:
        demand(by, Action.RESOURCE_EDIT, standing_of(resource, newest))
    if newest.state in OPEN_STATES:
        raise Conflict("version_open", state=newest.state)
    if newest.state != State.PUBLISHED and resource.published_number is None:
        raise Conflict("not_published", state=newest.state)
    published = session.scalars(
        select(Version).where(
            Version.resource_id == resource_id, Version.number == resource.published_number
        )
    ).one()
    moment = clock.now()
    draft = Version(
        id=new_id(),
        resource_id=resource_id,
        number=newest.number + 1,
        state=State.DRAFT,
        created_at=moment,
        created_by=by.person_id,
        updated_at=moment,
        **{name: getattr(published, name) for name in COPIED},
    )
    session.add(draft)
    session.flush()
    for table in (Text, PermittedUse, VersionSubject, VersionAsset):
        _copy_rows(session, table, published.id, draft.id)
    events.record(session, resource_id=resource_id, by=by.person_id, action="open_version")
    return draft


def _copy_rows(
    session: Session,
    table: type[Text | PermittedUse | VersionSubject | VersionAsset],
    source: str,
    target: str,
) -> None:
    names = [column.key for column in table.__table__.columns if column.key != "version_id"]
    for row in session.scalars(select(table).where(table.version_id == source)):
        session.add(table(version_id=target, **{name: getattr(row, name) for name in names}))
    session.flush()


def make_public(session: Session, resource: Resource, version: Version) -> None:
    """Point the resource at a version just published; the one before it is superseded."""
    if resource.published_number is not None:
        before = session.scalars(
            select(Version).where(
                Version.resource_id == resource.id, Version.number == resource.published_number
            )
        ).one()
        workflow.apply(session, before, "supersede", by=None)
    show(resource, version)
    session.flush()
    touch(session, [resource.id])


def show(resource: Resource, version: Version) -> None:
    """Have the resource's row name a version as the public one; the caller sees to the index."""
    moment = clock.now()
    version.published_at = moment
    resource.published_number = version.number
    resource.first_published_at = resource.first_published_at or moment


def withdraw(session: Session, *, by: Actor, resource_id: str, reason: str) -> None:
    """Take a published resource back from everyone: a tombstone with the reason stays.

    Nobody reaches a version on its way any more either. Raises InvalidTransition when nothing is
    published, Invalid without a reason or with one that is too long.
    """
    resource, newest = latest(session, resource_id)
    public = session.scalars(
        select(Version).where(
            Version.resource_id == resource_id, Version.number == resource.published_number
        )
    ).one_or_none()
    target = public or newest
    demand(by, Action.RESOURCE_WITHDRAW, standing_of(resource, target))
    if len(reason) > LONGEST_REASON:
        raise Invalid((Fault("reason", "too_long", {"longest": LONGEST_REASON}),))
    workflow.apply(session, target, "withdraw", by=by.person_id, note=reason)
    resource.withdrawn_at = clock.now()
    resource.withdrawn_by = by.person_id
    resource.withdrawn_reason = reason.strip()
    session.flush()
    touch(session, [resource_id])
    if target.submitted_by != by.person_id:
        tell(
            session,
            Notice.WITHDRAWN,
            person_id=target.submitted_by,
            about=resource_id,
            version=target.id,
            note=reason.strip(),
        )
