"""People, the roles they hold, their tokens, and failed sign-ins counted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from catalog.tables.base import Base


class Person(Base):
    """Somebody with an account."""

    __tablename__ = "person"

    id: Mapped[str] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    """Folded to lower case."""
    name: Mapped[str]
    password_hash: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    session_epoch: Mapped[int] = mapped_column(default=0)
    """Raised to sign out everywhere: a session of an older epoch is void."""
    language: Mapped[str | None]
    """The language of the pages when the person last signed in; mails are written in it."""
    created_at: Mapped[datetime]


class RoleHeld(Base):
    """A role at an institution, or, with none, for the whole site."""

    __tablename__ = "role_held"

    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    role: Mapped[str]
    institution_id: Mapped[str | None] = mapped_column(ForeignKey("institution.id"))

    __table_args__ = (UniqueConstraint("person_id", "role", "institution_id"),)


class Token(Base):
    """A bearer token, of which only the SHA-256 is kept."""

    __tablename__ = "token"

    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(default="")
    scopes: Mapped[list[str]] = mapped_column(default=list)
    """Empty: all that the account may."""
    created_at: Mapped[datetime]
    last_used_on: Mapped[datetime | None]


class SignInAttempt(Base):
    """A failed sign-in, by keyed digests of the account named and of the address it came from."""

    __tablename__ = "sign_in_attempt"

    id: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str]
    address: Mapped[str]
    at: Mapped[datetime]

    __table_args__ = (
        Index("ix_sign_in_attempt_account_at", "account", "at"),
        Index("ix_sign_in_attempt_address_at", "address", "at"),
    )
