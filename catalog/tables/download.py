"""What was taken, by day; no addresses and no people."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from catalog.tables.base import Base


class Download(Base):
    """How often one file was taken on one day. `rendition` is empty for the original."""

    __tablename__ = "download"

    day: Mapped[date] = mapped_column(primary_key=True)
    resource_id: Mapped[str] = mapped_column(primary_key=True)
    asset_id: Mapped[str] = mapped_column(primary_key=True)
    rendition: Mapped[str] = mapped_column(primary_key=True, default="")
    times: Mapped[int] = mapped_column(default=0)
