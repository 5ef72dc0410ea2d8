"""The files of a resource: attached to a draft, removed from it, released, tried again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, update

from catalog import clock, events, jobs
from catalog.errors import Conflict, Fault, Invalid, NotFound
from catalog.ids import new_id
from catalog.indexing import touch
from catalog.policy.actions import Action
from catalog.policy.guard import demand
from catalog.resources.drafts import editable, latest, standing_of
from catalog.states import AssetRole, StepState
from catalog.tables.asset import Asset, Blob, BlobStep, VersionAsset
from catalog.tables.resource import Resource
from config.languages import normalise_tag

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from catalog.policy.actor import Actor

LONGEST_FILENAME = 255
LONGEST_NOTE = 5_000
INGEST_ATTEMPTS = 8


@dataclass(frozen=True)
class Given:
    """A file as its giver names it. Names are data: no key is made from them."""

    filename: str
    role: str = AssetRole.MAIN
    language: str | None = None
    sha256: str | None = None


def check_given(given: Given) -> tuple[Fault, ...]:
    """Return what does not hold of a file's name, role and hash."""
    faults = []
    name = given.filename
    if not name.strip() or len(name) > LONGEST_FILENAME or "\x00" in name:
        faults.append(Fault("filename", "bad_filename"))
    if given.role not in set(AssetRole):
        faults.append(Fault("role", "unknown_value", {"allowed": [str(r) for r in AssetRole]}))
    digest = given.sha256
    if digest is not None and (len(digest) != 64 or not set(digest) <= set("0123456789abcdef")):  # noqa: PLR2004 - hexadecimal digits of SHA-256
        faults.append(Fault("sha256", "not_a_sha256"))
    return tuple(faults)


def attach(
    session: Session,
    *,
    by: str | None,
    resource_id: str,
    version_id: str,
    blob_id: str,
    given: Given,
) -> str:
    """Give a version a file whose bytes are stored; enqueue its ingest; return the asset's id.

    Asset row, event and job are one transaction: the caller's.
    """
    faults = check_given(given)
    if faults:
        raise Invalid(faults)
    blob = session.get(Blob, blob_id)
    if blob is None:
        raise NotFound("not_found", what="blob")
    blob.marked_at = None
    place = session.scalar(
        select(func.count()).select_from(VersionAsset).where(VersionAsset.version_id == version_id)
    )
    asset = Asset(
        id=new_id(),
        resource_id=resource_id,
        blob_id=blob_id,
        filename=given.filename,
        role=given.role,
        language=given.language,
        declared_sha256=given.sha256,
        created_at=clock.now(),
        created_by=by,
    )
    session.add(asset)
    session.flush()
    session.add(VersionAsset(version_id=version_id, asset_id=asset.id, position=place or 0))
    events.record(session, resource_id=resource_id, by=by, action="give_file", note=given.filename)
    enqueue_ingest(session, blob_id)
    return asset.id


def enqueue_ingest(session: Session, blob_id: str) -> None:
    """Have the worker look at a blob; steps that are done are not done again."""
    jobs.enqueue(session, jobs.JobKind.INGEST, blob_id, most_attempts=INGEST_ATTEMPTS)


def remove(session: Session, *, by: Actor, resource_id: str, asset_id: str) -> None:
    """Take a file out of a draft. The bytes stay until a sweep finds nobody points at them."""
    resource, version = latest(session, resource_id)
    link = session.get(VersionAsset, (version.id, asset_id))
    demand(by, Action.RESOURCE_EDIT, standing_of(resource, version))
    if link is None:
        raise NotFound("not_found", what="asset")
    editable(session, by=by, resource_id=resource_id)
    asset = session.get_one(Asset, asset_id)
    session.delete(link)
    session.flush()
    others = select(VersionAsset.version_id).where(VersionAsset.asset_id == asset_id)
    if session.scalar(others) is None:
        session.execute(delete(Asset).where(Asset.id == asset_id))
    events.record(
        session,
        resource_id=resource_id,
        by=by.person_id,
        action="remove_file",
        note=asset.filename,
    )


def describe(
    session: Session,
    *,
    by: Actor,
    resource_id: str,
    asset_id: str,
    role: str,
    language: str | None,
) -> None:
    """Say anew what a file of a draft is to its resource, and in which language.

    Where another version holds the file too, this one gets a row of its own over the same bytes:
    what is published stays as it is. Raises Invalid, NotFound, Conflict.
    """
    _resource, version = editable(session, by=by, resource_id=resource_id)
    link = session.get(VersionAsset, (version.id, asset_id))
    if link is None:
        raise NotFound("not_found", what="asset")
    asset = session.get_one(Asset, asset_id)
    given = Given(asset.filename, role, read_tag(language), asset.declared_sha256)
    faults = check_given(given)
    if faults:
        raise Invalid(faults)
    others = select(VersionAsset.version_id).where(
        VersionAsset.asset_id == asset_id, VersionAsset.version_id != version.id
    )
    if session.scalar(others.limit(1)) is not None:
        asset = _copied(session, asset)
        session.add(VersionAsset(version_id=version.id, asset_id=asset.id, position=link.position))
        session.delete(link)
    asset.role, asset.language = given.role, given.language
    version.revision += 1
    version.updated_at = clock.now()
    events.record(
        session,
        resource_id=resource_id,
        by=by.person_id,
        action="describe_file",
        note=asset.filename,
    )


def _copied(session: Session, asset: Asset) -> Asset:
    names = [column.key for column in Asset.__table__.columns if column.key != "id"]
    copy = Asset(id=new_id(), **{name: getattr(asset, name) for name in names})
    session.add(copy)
    session.flush()
    return copy


def read_tag(language: str | None) -> str | None:
    """Return a language tag as it is spelled, None for none. Raises Invalid."""
    if not language:
        return None
    try:
        return normalise_tag(language)
    except ValueError:
        raise Invalid((Fault("language", "unknown_language"),)) from None


def detach_all(session: Session, version_id: str) -> None:
    """Take all files out of a version whose files are to be replaced, as the bulk import does."""
    listed = set(
        session.scalars(select(VersionAsset.asset_id).where(VersionAsset.version_id == version_id))
    )
    session.execute(delete(VersionAsset).where(VersionAsset.version_id == version_id))
    elsewhere = select(VersionAsset.asset_id).where(VersionAsset.asset_id.in_(listed))
    alone = listed.difference(session.scalars(elsewhere))
    session.execute(delete(Asset).where(Asset.id.in_(alone)))


def release(session: Session, *, by: Actor, resource_id: str, asset_id: str, note: str) -> None:
    """Let a held file be taken. Raises Invalid without a note, Conflict when it is not held."""
    resource, version = latest(session, resource_id)
    demand(by, Action.FILE_RELEASE, standing_of(resource, version))
    asset, blob = _asset(session, resource_id, asset_id)
    if blob.verdict != "hold":
        raise Conflict("not_held", verdict=blob.verdict)
    if not note.strip():
        raise Invalid((Fault("note", "required"),))
    if len(note) > LONGEST_NOTE:
        raise Invalid((Fault("note", "too_long", {"longest": LONGEST_NOTE}),))
    asset.released_at = clock.now()
    asset.released_by = by.person_id
    asset.release_note = note.strip()
    events.record(
        session, resource_id=resource_id, by=by.person_id, action="release", note=note.strip()
    )
    touch(session, [resource_id])


def retry(session: Session, *, by: Actor, resource_id: str, asset_id: str) -> None:
    """Run the failed steps of a file again."""
    resource, version = latest(session, resource_id)
    demand(by, Action.FILE_RETRY, standing_of(resource, version))
    _, blob = _asset(session, resource_id, asset_id)
    session.execute(
        update(BlobStep)
        .where(BlobStep.blob_id == blob.id, BlobStep.state == StepState.FAILED)
        .values(state=StepState.WAITING, attempts=0, last_error=None, progress=0.0)
    )
    enqueue_ingest(session, blob.id)


def used_bytes(session: Session, institution: str) -> int:
    """Return how much of the store an institution's files take, each blob counted once."""
    from_institution = (
        select(Blob.id, Blob.size)
        .join(Asset, Asset.blob_id == Blob.id)
        .join(Resource, Resource.id == Asset.resource_id)
        .where(Resource.institution_id == institution)
        .distinct()
        .subquery()
    )
    return session.scalar(select(func.coalesce(func.sum(from_institution.c.size), 0))) or 0


def _asset(session: Session, resource_id: str, asset_id: str) -> tuple[Asset, Blob]:
    row = session.execute(
        select(Asset, Blob)
        .join(Blob, Blob.id == Asset.blob_id)
        .where(Asset.id == asset_id, Asset.resource_id == resource_id)
    ).one_or_none()
    if row is None:
        raise NotFound("not_found", what="asset")
    return row[0], row[1]
