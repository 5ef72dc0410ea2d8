"""Files on their way in: durable offset, state of the running hash, and the lease of one writer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, false
from sqlalchemy.orm import Mapped, mapped_column

from catalog.tables.base import Base


class Upload(Base):
    """One tus upload. `received` bytes are durable in the store under `key`."""

    __tablename__ = "upload"

    id: Mapped[str] = mapped_column(primary_key=True)
    resource_id: Mapped[str] = mapped_column(
        ForeignKey("resource.id", ondelete="CASCADE"), index=True
    )
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    blob_id: Mapped[str] = mapped_column(unique=True)
    """The id the blob will have; made when the upload begins, as the key is."""
    key: Mapped[str] = mapped_column(unique=True)
    filename: Mapped[str]
    role: Mapped[str]
    language: Mapped[str | None]
    length: Mapped[int] = mapped_column(BigInteger)
    received: Mapped[int] = mapped_column(BigInteger, default=0)
    hash_state: Mapped[bytes | None]
    declared_sha256: Mapped[str | None]
    metadata_header: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    lease_token: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    lease_holder: Mapped[str | None]
    """The process that writes, as the portal names it (portal/contribute/holders.py)."""
    interrupted: Mapped[bool] = mapped_column(default=False, server_default=false())
    """A writer fell silent or was left by his store: what he sent last may still arrive there."""
    finished_at: Mapped[datetime | None]
    asset_id: Mapped[str | None]

    __table_args__ = (Index("ix_upload_expires_at", "expires_at"),)
