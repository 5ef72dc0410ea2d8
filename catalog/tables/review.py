"""A curator's work on a version: who has claimed it, how it ended, what was ticked, and the notes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from catalog.tables.base import Base


class Review(Base):
    """One claim, from taking into review to its end. At most one is open for a version."""

    __tablename__ = "review"

    id: Mapped[str] = mapped_column(primary_key=True)
    version_id: Mapped[str] = mapped_column(
        ForeignKey("version.id", ondelete="CASCADE"), index=True
    )
    curator_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    claimed_at: Mapped[datetime]
    lapses_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    """publish, ask_changes, decline, give_back or lapse."""
    note: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) = (outcome IS NULL)", name="end_has_an_outcome"),
        Index(
            "uq_review_one_open",
            "version_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )


class Note(Base):
    """A remark anchored to a field, to a page of a file, or to a second of it."""

    __tablename__ = "note"

    id: Mapped[str] = mapped_column(primary_key=True)
    resource_id: Mapped[str] = mapped_column(
        ForeignKey("resource.id", ondelete="CASCADE"), index=True
    )
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    text: Mapped[str]
    field: Mapped[str | None]
    asset_id: Mapped[str | None] = mapped_column(ForeignKey("asset.id", ondelete="CASCADE"))
    page: Mapped[int | None]
    second: Mapped[float | None]
    answers: Mapped[str | None] = mapped_column(index=True)
    """The note that this one answers. No foreign key: a dump brings rows in any order, and notes go
    with their resource alone."""
    private: Mapped[bool] = mapped_column(default=False)
    """For curators only; the giver does not see it."""
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("field IS NULL OR asset_id IS NULL", name="one_anchor"),
        CheckConstraint(
            "(page IS NULL AND second IS NULL) OR asset_id IS NOT NULL", name="place_needs_a_file"
        ),
    )


class ReviewTick(Base):
    """A point of the checklist that a curator has looked at with their own eyes, in one review."""

    __tablename__ = "review_tick"

    review_id: Mapped[str] = mapped_column(
        ForeignKey("review.id", ondelete="CASCADE"), primary_key=True
    )
    point_id: Mapped[str] = mapped_column(
        ForeignKey("checklist_point.id", ondelete="CASCADE"), primary_key=True
    )
    at: Mapped[datetime]
