"""Writing resources: begun as drafts, changed while they are drafts, deleted only as drafts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from catalog import clock, events
from catalog.engines import is_postgresql
from catalog.errors import Conflict, Fault, Gone, Invalid, NotFound, Stale
from catalog.ids import new_id
from catalog.inserting import insert_all
from catalog.policy.actions import Action
from catalog.policy.clauses import Standing
from catalog.policy.guard import demand
from catalog.resources import storing
from catalog.resources.values import merge_patch, read_values
from catalog.resources.writable import writable_of
from catalog.states import EDITABLE_STATES, OPEN_STATES, State
from catalog.tables.asset import Asset, VersionAsset
from catalog.tables.institution import Institution
from catalog.tables.resource import Resource, Version
from catalog.vocabulary import subject_finder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from catalog.policy.actor import Actor
    from catalog.resources.values import Values


def create(
    session: Session,
    *,
    by: Actor,
    institution: str | None,
    payload: Mapping[str, Any],
    importing: bool = False,
) -> str:
    """Begin a draft for `institution` (or the actor's only one) and return its id.

    `importing`: the command line brings it in, and has asked who may.

    Raises:
        Invalid: values that do not hold, or an institution that is missing or unknown.
        NotPermitted: the actor does not give for that institution.
        Conflict: `source_exists`, the institution already has a resource of that source id.

    """
    house = institution or _only_institution(by)
    if house is None:
        if not importing and by.granted_at(Action.RESOURCE_CREATE) == frozenset():
            demand(by, Action.RESOURCE_CREATE, Standing())
        raise Invalid((Fault("institution", "required"),))
    if not importing:
        demand(by, Action.RESOURCE_CREATE, Standing(institution=house))
    if session.get(Institution, house) is None:
        raise Invalid((Fault("institution", "unknown_institution", {"value": house}),))
    values = read_values(payload, subject_finder(session))
    _source_is_free(session, house, values.source_id)
    resource, version = begun(house, values, by)
    for row in (resource, version):
        session.add(row)
        session.flush()
    insert_all(session, storing.rows(version.id, values))
    events.record(session, resource_id=resource.id, by=by.person_id, action="create")
    return resource.id


def begun(institution: str, values: Values, by: Actor) -> tuple[Resource, Version]:
    """Return the two rows of a new draft; `storing.rows` gives those beside them."""
    moment = clock.now()
    resource = Resource(
        id=new_id(),
        institution_id=institution,
        source_id=values.source_id,
        created_at=moment,
        created_by=by.person_id,
        index_revision=0,
    )
    version = Version(
        id=new_id(),
        resource_id=resource.id,
        number=1,
        state=State.DRAFT,
        revision=1,
        created_at=moment,
        created_by=by.person_id,
        updated_at=moment,
        **storing.columns(values),
    )
    return resource, version


def edit(
    session: Session,
    *,
    by: Actor,
    resource_id: str,
    patch: Mapping[str, Any],
    if_match: frozenset[str] | None = None,
    checked: frozenset[tuple[str, str]] = frozenset(),
) -> Version:
    """Apply a JSON merge patch (RFC 7396) to the draft.

    `checked` names texts by field and language of which the actor says that they are right: what a
    machine had written is a person's from then on.

    Raises:
        Stale: `if_match` is given and the draft's tag, NUMBER-REVISION, is not among it.
        Conflict: `published` or `in_review`: there is no draft to change.
        Invalid: values that do not hold.

    """
    resource, version = editable(session, by=by, resource_id=resource_id)
    _demand_fresh(version, if_match)
    merged = merge_patch(writable_of(session, resource, version), patch)
    assert isinstance(merged, dict)
    values = read_values(merged, subject_finder(session))
    if values.source_id != resource.source_id:
        _source_is_free(session, resource.institution_id, values.source_id)
        resource.source_id = values.source_id
    storing.store(session, version, values, by=by.person_id)
    storing.confirm(session, version, checked, by=by.person_id)
    version.revision += 1
    version.updated_at = clock.now()
    return version


def replace(session: Session, *, by: Actor, resource_id: str, payload: Mapping[str, Any]) -> None:
    """Write a whole payload over a draft, as the bulk import does: nobody has read each text."""
    _resource, version = latest(session, resource_id)
    if version.state not in EDITABLE_STATES:
        raise Conflict("in_review", state=version.state)
    storing.store(session, version, read_values(payload, subject_finder(session)))
    version.revision += 1
    version.updated_at = clock.now()
    events.record(session, resource_id=resource_id, by=by.person_id, action="import")


def delete_draft(
    session: Session, *, by: Actor, resource_id: str, if_match: frozenset[str] | None = None
) -> None:
    """Delete a draft; of a published resource, only the version on its way. Its events stay.

    The bytes of its files go with a later sweep. Raises Stale as `edit` does.
    """
    resource, version = editable(session, by=by, resource_id=resource_id)
    _demand_fresh(version, if_match)
    events.record(session, resource_id=resource_id, by=by.person_id, action="delete")
    session.execute(delete(Version).where(Version.id == version.id))
    if resource.published_number is None and version.number == 1:
        session.execute(delete(Resource).where(Resource.id == resource_id))
        return
    orphans = (
        select(Asset.id)
        .outerjoin(VersionAsset, VersionAsset.asset_id == Asset.id)
        .where(Asset.resource_id == resource_id, VersionAsset.asset_id.is_(None))
    )
    session.execute(delete(Asset).where(Asset.id.in_(orphans)))


def latest(session: Session, resource_id: str) -> tuple[Resource, Version]:
    """Return the row of a resource with its newest version, the resource's row locked.

    Raises NotFound, and Gone when it was withdrawn.
    """
    lock_resource(session, resource_id)
    row = (
        session.execute(
            select(Resource, Version)
            .join(Version, Version.resource_id == Resource.id)
            .where(Resource.id == resource_id)
            .order_by(Version.number.desc())
            .limit(1)
        )
        .tuples()
        .one_or_none()
    )
    if row is None:
        raise NotFound("not_found", what="resource")
    resource = row[0]
    if resource.withdrawn_at is not None:
        raise Gone(
            "withdrawn",
            id=resource.id,
            reason=resource.withdrawn_reason,
            at=resource.withdrawn_at,
            institution=resource.institution_id,
            version_id=row[1].id,
        )
    return row


def lock_resource(session: Session, resource_id: str) -> None:
    """Let nobody else write the resource until this unit of work ends. SQLite has one writer anyway.

    A statement of its own: PostgreSQL reads what a statement joins as it was when that began,
    before it waited for the lock.
    """
    if is_postgresql(session):
        session.execute(select(Resource.id).where(Resource.id == resource_id).with_for_update())


def editable(
    session: Session, *, by: Actor, resource_id: str, action: Action = Action.RESOURCE_EDIT
) -> tuple[Resource, Version]:
    """Return a draft that the actor may change; raise what says why not."""
    resource, version = latest(session, resource_id)
    demand(by, action, standing_of(resource, version))
    if version.state not in EDITABLE_STATES:
        raise Conflict(_closed_because(resource, version), state=version.state)
    return resource, version


def _closed_because(resource: Resource, version: Version) -> str:
    if version.state in OPEN_STATES:
        return "in_review"
    return "published" if resource.published_number is not None else "wrong_state"


def _demand_fresh(version: Version, if_match: frozenset[str] | None) -> None:
    if if_match is not None and f"{version.number}-{version.revision}" not in if_match:
        raise Stale("stale", revision=version.revision)


def standing_of(resource: Resource, version: Version) -> Standing:
    """Return what the policy asks of a version."""
    return Standing(
        institution=resource.institution_id,
        state=version.state,
        access=version.access,
        created_by=version.created_by,
        submitted_by=version.submitted_by,
        public=resource.published_number is not None,
    )


def _only_institution(by: Actor) -> str | None:
    places = by.granted_at(Action.RESOURCE_CREATE)
    return next(iter(places)) if places is not None and len(places) == 1 else None


def _source_is_free(session: Session, institution: str, source_id: str | None) -> None:
    if source_id is None:
        return
    taken = select(Resource.id).where(
        Resource.institution_id == institution, Resource.source_id == source_id
    )
    if session.scalar(taken):
        raise Conflict("source_exists", source_id=source_id)
