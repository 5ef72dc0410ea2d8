"""What a curator looks at with their own eyes: points, and their wording in the house's languages."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from catalog.tables.base import Base


class ChecklistPoint(Base):
    """A point. One that came with the program has words of its own until the house gives it some."""

    __tablename__ = "checklist_point"

    id: Mapped[str] = mapped_column(primary_key=True)
    kinds: Mapped[list[str]]
    """Kinds of resource that it is asked of; none: of all."""
    position: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None]
    """Since when it is not asked any more; what was ticked stays."""


class ChecklistWording(Base):
    """The words of a point in one language."""

    __tablename__ = "checklist_wording"

    point_id: Mapped[str] = mapped_column(
        ForeignKey("checklist_point.id", ondelete="CASCADE"), primary_key=True
    )
    language: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
