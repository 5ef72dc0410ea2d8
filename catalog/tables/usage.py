"""How often resources were found and taken, by month; no addresses and no people."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from catalog.tables.base import Base


class Usage(Base):
    """How often a resource was found or taken in one month, by readers of one language.

    `month` is its first day. `country` is that of the reader's institution, empty where none is
    known. No foreign key, as with downloads: what was counted stays counted.
    """

    __tablename__ = "usage"

    month: Mapped[date] = mapped_column(primary_key=True)
    resource_id: Mapped[str] = mapped_column(primary_key=True)
    measure: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    country: Mapped[str] = mapped_column(primary_key=True, default="")
    times: Mapped[int] = mapped_column(default=0)

    __table_args__ = (Index("ix_usage_resource_id_month", "resource_id", "month"),)
