"""A long queue, made quickly: one submission, and its rows again with ids of their own."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from catalog.tables.asset import Asset, Blob, Rendition, VersionAsset
from catalog.tables.resource import Resource, Version
from catalog.tables.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

BATCH = 1000
ID = ("id", "resource_id", "version_id", "asset_id", "blob_id", "key")
"""Columns that name a thing, and get the number of the copy behind."""


def lengthen(session: Session, resource_id: str, times: int) -> None:
    """Put `times` copies of a submission behind it, a second apart."""
    for asked in _rows_of(resource_id):
        table = asked.columns_clause_froms[0]
        rows = [dict(row._mapping) for row in session.execute(asked)]
        copies = (_copy(row, number) for number in range(times) for row in rows)
        for batch in _batches(copies):
            session.execute(insert(table), batch)  # type: ignore[arg-type]


def _rows_of(resource_id: str) -> Iterator[Select[Any]]:
    version = select(Version.id).where(Version.resource_id == resource_id).scalar_subquery()
    blob = select(Asset.blob_id).where(Asset.resource_id == resource_id).scalar_subquery()
    yield select(Resource.__table__).where(Resource.id == resource_id)
    yield select(Version.__table__).where(Version.resource_id == resource_id)
    yield select(Text.__table__).where(Text.version_id == version)
    yield select(Blob.__table__).where(Blob.id == blob)
    yield select(Rendition.__table__).where(Rendition.blob_id == blob)
    yield select(Asset.__table__).where(Asset.resource_id == resource_id)
    yield select(VersionAsset.__table__).where(VersionAsset.version_id == version)


def _copy(row: dict[str, Any], number: int) -> dict[str, Any]:
    copy = row | {name: f"{row[name]}{number:06d}" for name in ID if row.get(name) is not None}
    if row.get("submitted_at"):
        copy["submitted_at"] = row["submitted_at"] + timedelta(seconds=number + 1)
    if "marked_at" in row:
        copy["sha256"] = hashlib.sha256(copy["id"].encode()).hexdigest()
    return copy


def _batches(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
