"""What search is made of: public versions, read many at once, with the text of their files."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from catalog.among import among
from catalog.resources.rows import public_pairs, resource_views
from catalog.tables.asset import FileText
from catalog.tables.resource import Resource

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from sqlalchemy.orm import Session

    from catalog.resources.views import ResourceView


@dataclass(frozen=True)
class TextSegment:
    """A piece of a file's text, at a page or at a second of it."""

    text: str
    page: int | None = None
    second: float | None = None


@dataclass(frozen=True)
class FileWords:
    """The text of one file of a resource."""

    asset_id: str
    language: str | None
    segments: tuple[TextSegment, ...]


def index_revisions(session: Session, ids: Collection[str]) -> dict[str, int]:
    """Return the index revisions of resources in whatever state; of what is no more, none."""
    asked = select(Resource.id, Resource.index_revision).where(among(Resource.id, ids))
    return dict(session.execute(asked).tuples().all())


def published_ids(session: Session) -> dict[str, int]:
    """Return id -> index revision of all that search should find."""
    return dict(
        session.execute(
            select(Resource.id, Resource.index_revision).where(
                Resource.published_number.is_not(None), Resource.withdrawn_at.is_(None)
            )
        )
        .tuples()
        .all()
    )


def public_versions(session: Session, ids: Collection[str]) -> tuple[ResourceView, ...]:
    """Return what to index of some resources, in at most eight statements, however many.

    Those that are not public by now are left out.
    """
    return resource_views(session, public_pairs(session, ids), with_steps=False)


def texts_of_files(session: Session, views: Collection[ResourceView]) -> dict[str, FileText]:
    """Return the text of the files of some versions by their bytes, packed, in one statement."""
    blobs = {asset.blob_id for view in views for asset in view.assets}
    rows = session.scalars(select(FileText).where(among(FileText.blob_id, blobs)))
    return {row.blob_id: row for row in rows}


def words_of_files(view: ResourceView, texts: Mapping[str, FileText]) -> Iterator[FileWords]:
    """Give the text of the files of a version; each is unpacked when it is asked for."""
    by_blob = {asset.blob_id: asset for asset in view.assets}
    for blob_id, asset in by_blob.items():
        if blob_id in texts:
            text = texts[blob_id]
            yield FileWords(asset.id, asset.language or text.language, unpack(text.content))


def pack(segments: Collection[TextSegment]) -> bytes:
    """Compress the text of a file for its row."""
    listed = [[segment.text, segment.page, segment.second] for segment in segments]
    return zlib.compress(json.dumps(listed, ensure_ascii=False).encode("utf-8", "replace"))


def unpack(content: bytes) -> tuple[TextSegment, ...]:
    """Give back what `pack` compressed."""
    return tuple(
        TextSegment(text, page, second)
        for text, page, second in json.loads(zlib.decompress(content))
    )
