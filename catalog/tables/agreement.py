"""Signed "Sharing and Reciprocation" agreements between institutions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from catalog.tables.base import Base


class Agreement(Base):
    """In force from `starts` to `ends`, both days included; None is open."""

    __tablename__ = "agreement"

    id: Mapped[str] = mapped_column(primary_key=True)
    starts: Mapped[date | None]
    ends: Mapped[date | None]
    scope: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("starts <= ends", name="dates_in_order"),)


class AgreementParty(Base):
    """One of the institutions that signed."""

    __tablename__ = "agreement_party"

    agreement_id: Mapped[str] = mapped_column(
        ForeignKey("agreement.id", ondelete="CASCADE"), primary_key=True
    )
    institution_id: Mapped[str] = mapped_column(
        ForeignKey("institution.id"), primary_key=True, index=True
    )
