"""The texts of a version in any language, each with its origin."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from catalog.tables.base import Base


class Text(Base):
    """One text: `field` is title, summary, description or keyword; `language` a BCP 47 tag."""

    __tablename__ = "text"

    version_id: Mapped[str] = mapped_column(
        ForeignKey("version.id", ondelete="CASCADE"), primary_key=True
    )
    field: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, default=0)
    """Order among the keywords of one language; 0 for the other fields."""
    value: Mapped[str]
    origin: Mapped[str]
    checked_by: Mapped[str | None]
    """The id of who stands for what a machine had written: said that it is right, or changed it.

    No foreign key, as of all that names a person: the words stay when an account is no more.
    """

    __table_args__ = (
        CheckConstraint("origin IN ('original','human','machine')", name="origin_known"),
    )
