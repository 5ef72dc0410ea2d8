"""The runs of the checker that compares stored bytes with their hashes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from catalog.tables.base import Base


class FixityRun(Base):
    """One run; `finished_at` is None while it goes on, and for good when it was killed."""

    __tablename__ = "fixity_run"

    id: Mapped[str] = mapped_column(primary_key=True)
    started_at: Mapped[datetime] = mapped_column(index=True)
    finished_at: Mapped[datetime | None]
    checked: Mapped[int] = mapped_column(default=0)
    faults: Mapped[int] = mapped_column(default=0)
