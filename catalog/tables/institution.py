"""Institutions, which give, take, or do both."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from catalog.tables.base import Base


class Institution(Base):
    """A museum or another house; the id is a short word chosen by an admin."""

    __tablename__ = "institution"

    id: Mapped[str] = mapped_column(primary_key=True)
    country: Mapped[str]
    created_at: Mapped[datetime]
    index_revision: Mapped[int] = mapped_column(default=0)


class InstitutionName(Base):
    """The name in one language."""

    __tablename__ = "institution_name"

    institution_id: Mapped[str] = mapped_column(
        ForeignKey("institution.id", ondelete="CASCADE"), primary_key=True
    )
    language: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
