"""The append-only log of what was done to a resource. Triggers forbid changing or deleting a row."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DDL, event
from sqlalchemy.orm import Mapped, mapped_column

from catalog.tables.base import Base


class Event(Base):
    """One line of the log, chained to the line before it by `hash`."""

    __tablename__ = "event"

    resource_id: Mapped[str] = mapped_column(primary_key=True)
    """No foreign key: the log outlives a deleted draft."""
    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str | None]
    """Opaque id of a person, so that a person can be forgotten; None for the machine."""
    action: Mapped[str]
    note_digest: Mapped[str | None]
    previous_hash: Mapped[str]
    hash: Mapped[str]


class EventNote(Base):
    """The words of a line, apart from it, so that they can be erased and the chain still proves."""

    __tablename__ = "event_note"

    resource_id: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    salt: Mapped[str]
    text: Mapped[str]


APPEND_ONLY = {
    "sqlite": (
        """CREATE TRIGGER event_no_update BEFORE UPDATE ON event
        BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END""",
        """CREATE TRIGGER event_no_delete BEFORE DELETE ON event
        BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END""",
    ),
    "postgresql": (
        """CREATE OR REPLACE FUNCTION event_append_only() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'the log is append-only'; END $$""",
        """CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON event
        FOR EACH STATEMENT EXECUTE FUNCTION event_append_only()""",
    ),
}
"""Statements by database that make the log append-only; also run by the first migration."""

for _dialect, _statements in APPEND_ONLY.items():
    for _statement in _statements:
        event.listen(Event.__table__, "after_create", DDL(_statement).execute_if(dialect=_dialect))
