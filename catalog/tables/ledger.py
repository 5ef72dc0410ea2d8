"""The heads of the event chains, noted apart, so that a chain cut short is seen."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from catalog.tables.base import Base


class LedgerHead(Base):
    """The last number and hash of one resource's chain."""

    __tablename__ = "ledger_head"

    resource_id: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int]
    hash: Mapped[str]
