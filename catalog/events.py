"""The append-only log: one line for each thing done to a resource, chained by SHA-256.

The hash of a line covers the hash of the line before it, the number, the time, the actor's opaque
id, the action and the digest of the note. The note itself stands in another table with its salt:
erase both and the chain still proves.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from catalog import clock
from catalog.tables.event import Event, EventNote
from catalog.tables.ledger import LedgerHead

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from catalog.inserting import Row

FIRST = "0" * 64
"""What the first line of a chain names as the line before it."""


@dataclass(frozen=True)
class EventLine:
    """One line as people with the right to it read it."""

    seq: int
    at: datetime
    actor: str | None
    action: str
    note: str | None
    hash: str


def record(
    session: Session, *, resource_id: str, by: str | None, action: str, note: str | None = None
) -> EventLine:
    """Append a line for `resource_id`; `by` is a person's id, or None for a command of the house."""
    head = session.get(LedgerHead, resource_id, with_for_update=True)
    seq = head.seq + 1 if head else 1
    salt = secrets.token_hex(16)
    digest = note_digest(salt, note) if note else None
    line = Event(**_line(resource_id, seq, head.hash if head else FIRST, by, action, digest))
    session.add(line)
    if note:
        session.add(EventNote(resource_id=resource_id, seq=seq, salt=salt, text=note))
    if head:
        head.seq, head.hash = seq, line.hash
    else:
        session.add(LedgerHead(resource_id=resource_id, seq=seq, hash=line.hash))
    session.flush()
    return EventLine(seq, line.at, by, action, note, line.hash)


def first_lines(resource_id: str, *, by: str | None, actions: Sequence[str]) -> Iterator[Row]:
    """Give the rows that begin the log of a new resource: a line for each action, and the head."""
    latest = FIRST
    for seq, action in enumerate(actions, 1):
        line = _line(resource_id, seq, latest, by, action, None)
        yield Event, line
        latest = line["hash"]
    yield LedgerHead, {"resource_id": resource_id, "seq": len(actions), "hash": latest}


def _line(
    resource_id: str, seq: int, previous: str, by: str | None, action: str, digest: str | None
) -> dict[str, Any]:
    line = {
        "resource_id": resource_id,
        "seq": seq,
        "at": clock.now(),
        "actor": by,
        "action": action,
        "note_digest": digest,
        "previous_hash": previous,
    }
    return {**line, "hash": chained_hash(line)}


def chained_hash(line: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a line, by the names of its columns, and of the line before it."""
    parts = [
        line["previous_hash"],
        line["resource_id"],
        line["seq"],
        line["at"].isoformat(timespec="microseconds"),
        line["actor"],
        line["action"],
        line["note_digest"],
    ]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode()).hexdigest()


def note_digest(salt: str, note: str) -> str:
    """Return the salted digest of a note."""
    return hashlib.sha256(f"{salt}\n{note}".encode()).hexdigest()


def lines_of(session: Session, resource_id: str) -> tuple[EventLine, ...]:
    """Return the log of one resource, oldest first."""
    rows = session.execute(
        select(Event, EventNote.text)
        .outerjoin(
            EventNote,
            (EventNote.resource_id == Event.resource_id) & (EventNote.seq == Event.seq),
        )
        .where(Event.resource_id == resource_id)
        .order_by(Event.seq)
    )
    return tuple(
        EventLine(line.seq, line.at, line.actor, line.action, note, line.hash)
        for line, note in rows
    )
