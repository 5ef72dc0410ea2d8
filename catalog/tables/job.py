"""Background work, claimed under a lease. Also the outbox: a job is a row of the same transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from catalog.tables.base import Base


class Job(Base):
    """One piece of work. `token` is the fencing token: raised at every claim."""

    __tablename__ = "job"

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject: Mapped[str]
    """What it is about: an id. Two waiting jobs of one kind on one subject are one."""
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str]
    priority: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    most_attempts: Mapped[int]
    run_at: Mapped[datetime]
    token: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    last_error: Mapped[str | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_job_state_run_at", "state", "priority", "run_at"),
        Index(
            "uq_job_one_waiting",
            "kind",
            "subject",
            unique=True,
            sqlite_where=text("state = 'ready'"),
            postgresql_where=text("state = 'ready'"),
        ),
    )
