"""Files on their way in: begun, given to one writer at a time (`writers`), finished or dropped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from catalog import assets, blobs, clock, writers
from catalog.errors import Conflict, Fault, Invalid, NotFound, QuotaExceeded
from catalog.ids import new_id
from catalog.policy.actions import Action
from catalog.resources.drafts import editable, lock_resource
from catalog.tables.institution import Institution
from catalog.tables.resource import Resource
from catalog.tables.upload import Upload

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy.orm import Session

    from catalog.assets import Given
    from catalog.policy.actor import Actor


@dataclass(frozen=True)
class Limits:
    """What one file and one institution may take, in bytes; None is without bound."""

    file_bytes: int
    institution_bytes: int | None = None


@dataclass(frozen=True)
class UploadView:
    """An upload. `received` bytes of `length` are safe in the store under `key`."""

    id: str
    resource_id: str
    key: str
    filename: str
    role: str
    language: str | None
    length: int
    received: int
    hash_state: bytes | None
    declared_sha256: str | None
    metadata_header: str
    expires_at: datetime
    token: int
    interrupted: bool
    finished: bool
    asset_id: str | None


def begin(
    session: Session,
    *,
    by: Actor,
    resource_id: str,
    given: Given,
    length: int,
    limits: Limits,
    key_of: Callable[[str], str],
    metadata_header: str = "",
) -> UploadView:
    """Begin an upload to a draft. Size, quota and the right to give are checked before any byte.

    `key_of` makes the store's key from the blob's id. Raises Invalid, QuotaExceeded, NotPermitted,
    NotFound, Conflict.
    """
    resource, _version = editable(session, by=by, resource_id=resource_id, action=Action.FILE_GIVE)
    faults = assets.check_given(given)
    if faults:
        raise Invalid(faults)
    if length > limits.file_bytes:
        fault = Fault("length", "too_large", {"most_bytes": limits.file_bytes})
        raise Invalid((fault,), code="too_large")
    demand_room(session, resource.institution_id, length, limits)
    blob_id = new_id()
    row = Upload(
        id=new_id(),
        resource_id=resource_id,
        person_id=by.person_id,
        blob_id=blob_id,
        key=key_of(blob_id),
        filename=given.filename,
        role=given.role,
        language=assets.read_tag(given.language),
        length=length,
        declared_sha256=given.sha256,
        metadata_header=metadata_header,
        created_at=clock.now(),
        expires_at=clock.now() + writers.KEPT,
    )
    session.add(row)
    session.flush()
    return _view(row)


def demand_room(session: Session, institution: str, length: int, limits: Limits) -> None:
    """Raise QuotaExceeded where `length` bytes more would be above what an institution may fill."""
    if limits.institution_bytes is None:
        return
    session.get(Institution, institution, with_for_update=True)  # one at a time
    coming = session.scalar(
        select(func.coalesce(func.sum(Upload.length), 0))
        .join(Resource, Resource.id == Upload.resource_id)
        .where(
            Resource.institution_id == institution,
            Upload.finished_at.is_(None),
            Upload.expires_at > clock.now(),
        )
    )
    taken = assets.used_bytes(session, institution) + (coming or 0)
    if taken + length > limits.institution_bytes:
        raise QuotaExceeded("quota_exceeded", institution=institution)


def upload(session: Session, *, by: Actor, upload_id: str) -> UploadView:
    """Return one's own upload; NotFound for another's, Conflict `upload_expired` when it is over."""
    return _view(_own(session, by, upload_id, lock=False))


def unfinished(session: Session, *, by: Actor, resource_id: str) -> tuple[UploadView, ...]:
    """Return one's own uploads to a resource that can be gone on with, the oldest first."""
    rows = session.scalars(
        select(Upload)
        .where(
            Upload.resource_id == resource_id,
            Upload.person_id == by.person_id,
            Upload.finished_at.is_(None),
            Upload.expires_at > clock.now(),
        )
        .order_by(Upload.created_at, Upload.id)
    )
    return tuple(_view(row) for row in rows)


def lease(
    session: Session,
    *,
    by: Actor,
    upload_id: str,
    offset: int,
    holder: str | None = None,
    has_ended: Callable[[str], bool] = writers.nobody_knows,
) -> UploadView:
    """Take the lease to write on from `offset`, as the process `holder`.

    It holds no longer than its time, nor than the process that took it, where `has_ended` knows of
    that one's end. Raises Conflict: `upload_busy`, another writes; `offset_mismatch`;
    `upload_finished`; and what `editable` raises, when the resource was handed over meanwhile:
    before a byte more is sent.
    """
    row = _own_and_resource(session, by, upload_id)
    if row.finished_at is not None:
        raise Conflict("upload_finished")
    editable(session, by=by, resource_id=row.resource_id, action=Action.FILE_GIVE)
    writers.demand_free(row, has_ended)
    if offset != row.received:
        raise Conflict("offset_mismatch", offset=row.received)
    writers.take(row, holder)
    session.flush()
    return _view(row)


def finish(
    session: Session,
    *,
    by: Actor,
    upload_id: str,
    token: int,
    sha256: str | None,
    is_sure: bool = True,
) -> str:
    """Make an asset of an upload whose bytes are whole in the store; return its id.

    Blob, asset, event and ingest job are this one transaction. Doing so twice gives the same id.
    `sha256` is of what was acknowledged. Where it is not sure that the store has that and nothing
    else, it is only what the file is declared to be, and ingest reads the bytes before anybody may
    have them.
    Raises Conflict when the resource is no draft any more, or another has the lease.
    """
    row = _own_and_resource(session, by, upload_id)
    if row.asset_id is not None:
        return row.asset_id
    if row.lease_token != token:
        raise Conflict("upload_busy")
    _resource, version = editable(
        session, by=by, resource_id=row.resource_id, action=Action.FILE_GIVE
    )
    known = sha256 if is_sure else None
    declared = row.declared_sha256 or (None if is_sure else sha256)
    kept = blobs.keep(session, blob_id=row.blob_id, key=row.key, size=row.length, sha256=known)
    asset_id = assets.attach(
        session,
        by=by.person_id,
        resource_id=row.resource_id,
        version_id=version.id,
        blob_id=kept,
        given=assets.Given(row.filename, row.role, row.language, declared),
    )
    row.asset_id, row.finished_at, row.lease_until = asset_id, clock.now(), None
    version.revision += 1
    return asset_id


def cut(session: Session, *, by: Actor, upload_id: str, length: int) -> UploadView:
    """Set the length of an upload to what has come, where nobody knew it before."""
    row = _own(session, by, upload_id)
    row.length = length
    session.flush()
    return _view(row)


def drop(
    session: Session,
    *,
    by: Actor,
    upload_id: str,
    has_ended: Callable[[str], bool] = writers.nobody_knows,
) -> str:
    """End an upload and return the key of what there is of it, for the store to drop."""
    row = _own(session, by, upload_id)
    writers.demand_free(row, has_ended)
    key = row.key
    finished = row.finished_at is not None
    session.delete(row)
    return "" if finished else key


def _own_and_resource(session: Session, by: Actor, upload_id: str) -> Upload:
    """Lock the resource first and then the upload, as everybody does."""
    lock_resource(session, _own(session, by, upload_id, lock=False).resource_id)
    return _own(session, by, upload_id)


def _own(session: Session, by: Actor, upload_id: str, *, lock: bool = True) -> Upload:
    row = session.get(Upload, upload_id, with_for_update=lock or None)
    if row is None or row.person_id != by.person_id:
        raise NotFound("not_found", what="upload")
    if row.expires_at < clock.now() and row.finished_at is None:
        raise Conflict("upload_expired")
    return row


def _view(row: Upload) -> UploadView:
    return UploadView(
        id=row.id,
        resource_id=row.resource_id,
        key=row.key,
        filename=row.filename,
        role=row.role,
        language=row.language,
        length=row.length,
        received=row.received,
        hash_state=row.hash_state,
        declared_sha256=row.declared_sha256,
        metadata_header=row.metadata_header,
        expires_at=row.expires_at,
        token=row.lease_token,
        interrupted=row.interrupted,
        finished=row.finished_at is not None,
        asset_id=row.asset_id,
    )
