"""What may be done with a version: permitted uses by territory and expiry."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from catalog.tables.base import Base


class PermittedUse(Base):
    """One use that is allowed. An empty `territory` is everywhere; `until` None is for good."""

    __tablename__ = "permitted_use"

    version_id: Mapped[str] = mapped_column(
        ForeignKey("version.id", ondelete="CASCADE"), primary_key=True
    )
    use: Mapped[str] = mapped_column(primary_key=True)
    territory: Mapped[str] = mapped_column(primary_key=True, default="")
    until: Mapped[date | None]
