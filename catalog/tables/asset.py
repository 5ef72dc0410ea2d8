"""Stored bytes, the files of a resource that point at them, and what was made and learned of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from catalog.tables.base import Base


class Blob(Base):
    """Stored bytes of an original. Several assets may share one: the hash is unique."""

    __tablename__ = "blob"

    id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str | None] = mapped_column(unique=True)
    """Hexadecimal; None until the first ingest step has read the bytes once."""
    created_at: Mapped[datetime]
    media_type: Mapped[str | None]
    family: Mapped[str | None]
    verdict: Mapped[str | None]
    reasons: Mapped[list[Any]] = mapped_column(default=list)
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    marked_at: Mapped[datetime | None]
    """When a sweep first found no asset pointing here."""
    checked_at: Mapped[datetime | None] = mapped_column(index=True)
    """When its bytes were last compared with the hash."""
    quarantined_at: Mapped[datetime | None]
    """When a check first found that they are not what they were; None while they are."""


class Asset(Base):
    """One original file of a resource. Its bytes never change."""

    __tablename__ = "asset"

    id: Mapped[str] = mapped_column(primary_key=True)
    resource_id: Mapped[str] = mapped_column(
        ForeignKey("resource.id", ondelete="CASCADE"), index=True
    )
    blob_id: Mapped[str] = mapped_column(ForeignKey("blob.id"), index=True)
    filename: Mapped[str]
    role: Mapped[str]
    language: Mapped[str | None]
    declared_sha256: Mapped[str | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str | None]
    released_at: Mapped[datetime | None]
    released_by: Mapped[str | None]
    release_note: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("(released_at IS NULL) = (released_by IS NULL)", name="release_has_a_name"),
    )


class VersionAsset(Base):
    """Which files a version holds; versions of one resource may share them."""

    __tablename__ = "version_asset"

    version_id: Mapped[str] = mapped_column(
        ForeignKey("version.id", ondelete="CASCADE"), primary_key=True
    )
    asset_id: Mapped[str] = mapped_column(
        ForeignKey("asset.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    position: Mapped[int] = mapped_column(default=0)


class BlobStep(Base):
    """One step of ingest on one blob: idempotent by (content, step, version of the step)."""

    __tablename__ = "blob_step"

    blob_id: Mapped[str] = mapped_column(
        ForeignKey("blob.id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str] = mapped_column(primary_key=True)
    step_version: Mapped[int]
    state: Mapped[str]
    progress: Mapped[float] = mapped_column(default=0.0)
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None]
    position: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None]


class Rendition(Base):
    """A file made from a blob by us. Can be thrown away and made again."""

    __tablename__ = "rendition"

    blob_id: Mapped[str] = mapped_column(
        ForeignKey("blob.id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str] = mapped_column(primary_key=True)
    media_type: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str]
    key: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    checked_at: Mapped[datetime | None] = mapped_column(index=True)


class FileText(Base):
    """The text of a file, so that search needs no storage. `content` is zlib over JSON segments."""

    __tablename__ = "file_text"

    blob_id: Mapped[str] = mapped_column(
        ForeignKey("blob.id", ondelete="CASCADE"), primary_key=True
    )
    language: Mapped[str | None]
    characters: Mapped[int]
    content: Mapped[bytes]


Index("ix_blob_marked_at", Blob.marked_at)
