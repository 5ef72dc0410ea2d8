"""From which line of a bulk import a resource came, so that the same line again does nothing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from catalog.tables.base import Base


class Imported(Base):
    """The digest of the line that a resource was last brought in from."""

    __tablename__ = "imported"

    resource_id: Mapped[str] = mapped_column(
        ForeignKey("resource.id", ondelete="CASCADE"), primary_key=True
    )
    digest: Mapped[str]
    at: Mapped[datetime]
