"""The outbox of search: whatever enters a document raises the revision and enqueues an index job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from catalog import jobs
from catalog.among import among
from catalog.tables.asset import Asset, VersionAsset
from catalog.tables.concept import VersionSubject
from catalog.tables.resource import Resource, Version

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sqlalchemy.orm import Session

INDEX_PRIORITY = 10
"""Before ingest: what a curator has published should be found within seconds."""


def touch(session: Session, resource_ids: Iterable[str], *, first: bool = False) -> None:
    """Raise the index revision of resources and enqueue their index jobs, in this transaction.

    `first`: this transaction has made the resources, so that no job of theirs can wait yet.
    """
    ids = sorted(set(resource_ids))
    if not ids:
        return
    session.execute(
        update(Resource)
        .where(among(Resource.id, ids))
        .values(index_revision=Resource.index_revision + 1)
        .execution_options(synchronize_session=False)
    )
    jobs.enqueue_each(session, jobs.JobKind.INDEX, ids, priority=INDEX_PRIORITY, first=first)


def touch_blob(session: Session, blob_id: str) -> None:
    """Do the same for the public resources that hold a file with these bytes."""
    holders = (
        select(Resource.id)
        .join(Version, Version.resource_id == Resource.id)
        .join(VersionAsset, VersionAsset.version_id == Version.id)
        .join(Asset, Asset.id == VersionAsset.asset_id)
        .where(Asset.blob_id == blob_id, Version.number == Resource.published_number)
    )
    touch(session, session.scalars(holders))


def touch_institution(session: Session, institution_id: str) -> None:
    """Do the same for all public resources of an institution whose names or country changed."""
    touch(
        session,
        session.scalars(
            select(Resource.id).where(
                Resource.institution_id == institution_id, Resource.published_number.is_not(None)
            )
        ),
    )


def touch_subjects(session: Session, concept_ids: Collection[str]) -> None:
    """Do the same for the public resources with one of these subjects."""
    if not concept_ids:
        return
    touch(
        session,
        session.scalars(
            select(Resource.id)
            .join(Version, Version.resource_id == Resource.id)
            .join(VersionSubject, VersionSubject.version_id == Version.id)
            .where(
                VersionSubject.concept_id.in_(concept_ids),
                Version.number == Resource.published_number,
            )
        ),
    )
