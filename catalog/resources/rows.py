"""Rows to views: the few statements that read versions with all that belongs to them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from catalog.among import among
from catalog.resources.views import AssetView, RenditionView, ResourceView, StepView, UseView
from catalog.tables.asset import Asset, Blob, BlobStep, Rendition, VersionAsset
from catalog.tables.concept import VersionSubject
from catalog.tables.institution import Institution, InstitutionName
from catalog.tables.resource import Resource, Version
from catalog.tables.rights import PermittedUse
from catalog.tables.text import Text
from catalog.texts import Multilingual

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy.orm import Session


def assets_by_version(
    session: Session, version_ids: Collection[str], *, with_steps: bool = True
) -> dict[str, tuple[AssetView, ...]]:
    """Read the files of versions with renditions and steps: three statements, however many."""
    rows = session.execute(
        select(VersionAsset.version_id, Asset, Blob)
        .join(Asset, Asset.id == VersionAsset.asset_id)
        .join(Blob, Blob.id == Asset.blob_id)
        .where(among(VersionAsset.version_id, version_ids))
        .order_by(VersionAsset.position, Asset.created_at, Asset.id)
    ).all()
    blob_ids = {blob.id for _, _, blob in rows}
    renditions = renditions_by_blob(session, blob_ids) if blob_ids else {}
    steps = _steps_by_blob(session, blob_ids) if blob_ids and with_steps else {}
    found: dict[str, list[AssetView]] = defaultdict(list)
    for version_id, asset, blob in rows:
        found[version_id].append(
            asset_view(asset, blob, steps.get(blob.id, ()), renditions.get(blob.id, ()))
        )
    return {version_id: tuple(assets) for version_id, assets in found.items()}


def asset_view(
    asset: Asset,
    blob: Blob,
    steps: tuple[StepView, ...] = (),
    renditions: tuple[RenditionView, ...] = (),
) -> AssetView:
    """Join the rows of one file. Bytes that are not, or no longer, what was given are refused."""
    reasons, verdict = list(blob.reasons), blob.verdict
    if blob.quarantined_at is not None:
        reasons, verdict = [*reasons, {"code": "quarantined"}], "refuse"
    if asset.declared_sha256 and blob.sha256 and asset.declared_sha256 != blob.sha256:
        reasons, verdict = [*reasons, {"code": "checksum_mismatch"}], "refuse"
    return AssetView(
        id=asset.id,
        blob_id=blob.id,
        filename=asset.filename,
        role=asset.role,
        language=asset.language,
        size=blob.size,
        sha256=blob.sha256,
        key=blob.key,
        media_type=blob.media_type,
        family=blob.family,
        verdict=verdict,
        reasons=tuple(reasons),
        facts=blob.facts,
        released=asset.released_at is not None,
        release_note=asset.release_note,
        created_at=asset.created_at,
        unconfirmed=bool(asset.declared_sha256) and blob.sha256 is None,
        steps=steps,
        renditions=renditions,
    )


def renditions_by_blob(
    session: Session, blob_ids: Collection[str]
) -> dict[str, tuple[RenditionView, ...]]:
    """Read the renditions of blobs, in one statement."""
    found: dict[str, list[RenditionView]] = defaultdict(list)
    rows = session.scalars(
        select(Rendition).where(among(Rendition.blob_id, blob_ids)).order_by(Rendition.name)
    )
    for row in rows:
        found[row.blob_id].append(
            RenditionView(row.name, row.media_type, row.size, row.sha256, row.key, row.facts)
        )
    return {blob_id: tuple(made) for blob_id, made in found.items()}


def _steps_by_blob(session: Session, blob_ids: Collection[str]) -> dict[str, tuple[StepView, ...]]:
    found: dict[str, list[StepView]] = defaultdict(list)
    rows = session.scalars(
        select(BlobStep).where(among(BlobStep.blob_id, blob_ids)).order_by(BlobStep.position)
    )
    for row in rows:
        found[row.blob_id].append(
            StepView(row.name, row.state, row.progress, row.attempts, row.last_error)
        )
    return {blob_id: tuple(steps) for blob_id, steps in found.items()}


def texts_by_version(
    session: Session, version_ids: Collection[str], fields: Collection[str] | None = None
) -> dict[str, dict[str, Any]]:
    """Read texts: version -> field -> Multilingual, and `keyword` -> language -> words."""
    # Plain rows here and below: objects that nobody changes take three times as long to make.
    asked = (
        select(Text.version_id, Text.field, Text.language, Text.value, Text.origin)
        .where(among(Text.version_id, version_ids))
        .order_by(Text.position)
    )
    if fields is not None:
        asked = asked.where(Text.field.in_(fields))
    values: dict[str, dict[str, dict[str, Any]]] = defaultdict(lambda: defaultdict(dict))
    origins: dict[str, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    for version_id, field, tag, value, origin in session.execute(asked).tuples():
        if field == "keyword":
            values[version_id]["keyword"].setdefault(tag, []).append(value)
        else:
            values[version_id][field][tag] = value
            origins[version_id][field][tag] = origin
    return {
        version_id: {
            field: {tag: tuple(words) for tag, words in texts.items()}
            if field == "keyword"
            else Multilingual(texts, origins[version_id][field])
            for field, texts in by_field.items()
        }
        for version_id, by_field in values.items()
    }


def institution_names(session: Session, ids: Collection[str]) -> dict[str, dict[str, str]]:
    """Read the names of institutions by language, in one statement."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    rows = session.scalars(
        select(InstitutionName).where(among(InstitutionName.institution_id, ids))
    )
    for row in rows:
        found[row.institution_id][row.language] = row.value
    return dict(found)


def public_pairs(session: Session, ids: Collection[str]) -> Sequence[tuple[Resource, Version]]:
    """Read resources by id with their public versions, in one statement; the others are left out."""
    asked = (
        select(Resource, Version)
        .join(
            Version,
            (Version.resource_id == Resource.id) & (Version.number == Resource.published_number),
        )
        .where(among(Resource.id, ids), Resource.withdrawn_at.is_(None))
        .order_by(Resource.id)
    )
    return session.execute(asked).tuples().all()


def resource_views(
    session: Session, pairs: Collection[tuple[Resource, Version]], *, with_steps: bool = True
) -> tuple[ResourceView, ...]:
    """Turn rows into views; at most eight statements, however many rows."""
    if not pairs:
        return ()
    ids = [version.id for _, version in pairs]
    houses = {resource.institution_id for resource, _ in pairs}
    texts = texts_by_version(session, ids)
    names = institution_names(session, houses)
    countries: Mapping[str, str] = dict(
        session.execute(
            select(Institution.id, Institution.country).where(among(Institution.id, houses))
        )
        .tuples()
        .all()
    )
    subjects, uses = _subjects(session, ids), _uses(session, ids)
    assets = assets_by_version(session, ids, with_steps=with_steps)
    return tuple(
        ResourceView(
            id=resource.id,
            number=version.number,
            state=version.state,
            revision=version.revision,
            institution=resource.institution_id,
            institution_names=names.get(resource.institution_id, {}),
            institution_country=countries[resource.institution_id],
            source_id=resource.source_id,
            kind=version.kind,
            title=texts.get(version.id, {}).get("title", Multilingual()),
            summary=texts.get(version.id, {}).get("summary", Multilingual()),
            description=texts.get(version.id, {}).get("description", Multilingual()),
            keywords=texts.get(version.id, {}).get("keyword", {}),
            language=version.language,
            subjects=subjects.get(version.id, ()),
            ages=ages_of(version),
            country=version.country,
            year=version.year,
            licence=version.licence,
            credit=version.credit,
            uses=uses.get(version.id, ()),
            access=version.access,
            details=version.details,
            created_at=resource.created_at,
            created_by=version.created_by,
            updated_at=version.updated_at,
            submitted_at=version.submitted_at,
            submitted_by=version.submitted_by,
            published_at=version.published_at,
            index_revision=resource.index_revision,
            published_number=resource.published_number,
            version_id=version.id,
            assets=assets.get(version.id, ()),
        )
        for resource, version in pairs
    )


def ages_of(version: Version) -> tuple[int, int] | None:
    """Return the pair of ages; the table allows both or neither."""
    if version.ages_from is None or version.ages_to is None:
        return None
    return version.ages_from, version.ages_to


def _subjects(session: Session, ids: Collection[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    asked = (
        select(VersionSubject.version_id, VersionSubject.concept_id)
        .where(among(VersionSubject.version_id, ids))
        .order_by(VersionSubject.position)
    )
    for version_id, concept in session.execute(asked).tuples():
        found[version_id].append(concept)
    return {key: tuple(concepts) for key, concepts in found.items()}


def _uses(session: Session, ids: Collection[str]) -> dict[str, tuple[UseView, ...]]:
    found: dict[str, list[UseView]] = defaultdict(list)
    asked = select(
        PermittedUse.version_id, PermittedUse.use, PermittedUse.territory, PermittedUse.until
    ).where(among(PermittedUse.version_id, ids))
    for version_id, use, territory, until in session.execute(asked).tuples():
        found[version_id].append(UseView(use, territory, until))
    return {key: tuple(uses) for key, uses in found.items()}
