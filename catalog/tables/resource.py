"""A resource, the thing given, and its versions. One version is published; one may be on its way."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from catalog.tables.base import Base


class Resource(Base):
    """What stays the same for good: the id, who gave it, and whether it was withdrawn."""

    __tablename__ = "resource"

    id: Mapped[str] = mapped_column(primary_key=True)
    institution_id: Mapped[str] = mapped_column(ForeignKey("institution.id"), index=True)
    source_id: Mapped[str | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str | None]
    published_number: Mapped[int | None]
    """The number of the version that is public, if any."""
    first_published_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None]
    withdrawn_reason: Mapped[str | None]
    index_revision: Mapped[int] = mapped_column(default=0)
    """Raised by whatever enters the search document, so that a late index job never wins."""

    __table_args__ = (
        UniqueConstraint("institution_id", "source_id"),
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_reason IS NULL)", name="withdrawal_has_a_reason"
        ),
        Index("ix_resource_created_at", "created_at"),
    )


class Version(Base):
    """One wording of a resource, with its own state."""

    __tablename__ = "version"

    id: Mapped[str] = mapped_column(primary_key=True)
    resource_id: Mapped[str] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"))
    number: Mapped[int]
    state: Mapped[str]
    revision: Mapped[int] = mapped_column(default=1)
    """Raised by every change; the API's ETag."""
    kind: Mapped[str]
    language: Mapped[str | None]
    ages_from: Mapped[int | None]
    ages_to: Mapped[int | None]
    country: Mapped[str | None]
    year: Mapped[int | None]
    licence: Mapped[str | None]
    credit: Mapped[str | None]
    access: Mapped[str | None]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Fields by kind, as `config.kinds` defines them."""
    created_at: Mapped[datetime]
    created_by: Mapped[str | None]
    updated_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    submitted_by: Mapped[str | None]
    published_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("resource_id", "number"),
        CheckConstraint("(ages_from IS NULL) = (ages_to IS NULL)", name="ages_come_in_pairs"),
        CheckConstraint("ages_from <= ages_to", name="ages_in_order"),
        Index("ix_version_state_submitted_at", "state", "submitted_at", "id"),
        Index(
            "uq_version_one_open",
            "resource_id",
            unique=True,
            sqlite_where=text("state IN ('draft','submitted','in_review','changes_asked')"),
            postgresql_where=text("state IN ('draft','submitted','in_review','changes_asked')"),
        ),
    )
