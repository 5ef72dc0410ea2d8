"""The same bytes in something else that was given: what a curator is told before deciding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from catalog.policy.visibility import visible_sql
from catalog.resources.rows import texts_by_version
from catalog.tables.asset import Asset, VersionAsset
from catalog.tables.resource import Resource, Version
from catalog.texts import Multilingual

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from catalog.policy.actor import Actor
    from catalog.resources.views import ResourceView

MOST = 5


@dataclass(frozen=True)
class Twin:
    """Another resource that holds one of the files."""

    id: str
    language: str | None
    title: Multilingual


def twins_of(session: Session, *, by: Actor, view: ResourceView) -> tuple[Twin, ...]:
    """Return others that the actor may see with a file of the same bytes, `MOST` at most.

    One statement, and one more for their titles where there are any.
    """
    blobs = {asset.blob_id for asset in view.assets}
    if not blobs:
        return ()
    rows = session.execute(
        select(Version.id, Version.resource_id, Version.language)
        .join(Resource, Resource.id == Version.resource_id)
        .join(VersionAsset, VersionAsset.version_id == Version.id)
        .join(Asset, Asset.id == VersionAsset.asset_id)
        .where(
            Asset.blob_id.in_(blobs),
            Resource.id != view.id,
            Resource.withdrawn_at.is_(None),
            visible_sql(by),
        )
        .distinct()
        .limit(MOST)
    ).all()
    versions = {resource: (version, tag) for version, resource, tag in rows}
    if not versions:
        return ()
    texts = texts_by_version(session, [version for version, _ in versions.values()], ("title",))
    return tuple(
        Twin(resource, tag, texts.get(version, {}).get("title", Multilingual()))
        for resource, (version, tag) in versions.items()
    )
