"""The proof of the log: every chain is whole, ends at its noted head, and its notes are unchanged."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from sqlalchemy import select

from catalog.events import FIRST, chained_hash, note_digest
from catalog.tables.event import Event, EventNote
from catalog.tables.ledger import LedgerHead
from catalog.tables.resource import Resource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Finding:
    """A place where the log does not prove: `code` is gap, broken_chain, changed_line, changed_note,
    cut, lost_head or no_log.
    """

    resource_id: str
    seq: int
    code: str


def prove(
    session: Session, seen: Callable[[int, int], None] = lambda _done, _total: None
) -> Iterator[Finding]:
    """Walk the whole log, a chain at a time, and yield what does not hold.

    `seen` is told after each chain how many are done, and of how many.
    """
    heads = {head.resource_id: head for head in session.scalars(select(LedgerHead))}
    notes = {(note.resource_id, note.seq): note for note in session.scalars(select(EventNote))}
    lines = session.scalars(
        select(Event).order_by(Event.resource_id, Event.seq).execution_options(yield_per=1000)
    )
    known: set[str] = set()
    for resource_id, chain in groupby(lines, key=lambda line: line.resource_id):
        known.add(resource_id)
        yield from _prove_chain(resource_id, chain, heads.get(resource_id), notes)
        seen(len(known), len(heads))
    for resource_id, head in heads.items():
        if resource_id not in known:
            yield Finding(resource_id, head.seq, "cut")
    for resource_id in session.scalars(select(Resource.id)):
        if resource_id not in known:
            yield Finding(resource_id, 0, "no_log")


def _prove_chain(
    resource_id: str,
    chain: Iterable[Event],
    head: LedgerHead | None,
    notes: dict[tuple[str, int], EventNote],
) -> Iterator[Finding]:
    previous, seq = FIRST, 0
    for line in chain:
        seq += 1
        if line.seq != seq:
            yield Finding(resource_id, line.seq, "gap")
            seq = line.seq
        if line.previous_hash != previous:
            yield Finding(resource_id, seq, "broken_chain")
        if chained_hash(vars(line)) != line.hash:
            yield Finding(resource_id, seq, "changed_line")
        note = notes.get((resource_id, seq))
        if note and note_digest(note.salt, note.text) != line.note_digest:
            yield Finding(resource_id, seq, "changed_note")
        previous = line.hash
    if head is None:
        yield Finding(resource_id, seq, "lost_head")
    elif (head.seq, head.hash) != (seq, previous):
        yield Finding(resource_id, head.seq, "cut")
