"""Writes to one index: what is older than what is known changes nothing."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from search.embedded.compile import by_id, in_state
from search.embedded.schema import STAMP, VERSION, stamp_parts, to_index, tombstone
from search.engine import EngineUnavailable
from search.layout import GONE, ID, LIVE, STATE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import tantivy

    from search.engine import Document

_HEAP_BYTES: Final = 32_000_000
_LOCK_SECONDS: Final = 10.0
"""How long to wait for another process's write to end; one takes some 10 ms."""


@dataclass(frozen=True)
class Prepared:
    """A document as tantivy takes it, with what tells whether it is newer."""

    id: str
    version: int
    made: tantivy.Document


def prepared(documents: Iterable[Document]) -> tuple[Prepared, ...]:
    """Make documents ready before the one writer is asked for; of each id the newest."""
    newest: dict[str, Document] = {}
    for document in documents:
        known = newest.get(document.id)
        if known is None or document.version > known.version:
            newest[document.id] = document
    return tuple(Prepared(each.id, each.version, to_index(each)) for each in newest.values())


def put(
    index: tantivy.Index, given: Iterable[Prepared], ended: Mapping[str, int] | None = None
) -> tuple[int, int]:
    """Store what is newer than what is known, and leave tombstones of `ended`, in one commit.

    A tombstone stands at the version of the end, unless a later one is known. Returns how many
    documents were stored, and how many could be found before and cannot be now.
    """
    stored = gone = 0
    with _writer(index) as writer:
        # Read only under the lock, so that nothing comes between the look and the write.
        searcher = index.searcher()
        for each in given:
            version, _ = _known(searcher, each.id)
            if version is not None and each.version <= version:
                continue
            writer.delete_documents_by_term(ID, each.id)
            writer.add_document(each.made)
            stored += 1
        for document_id, end in (ended or {}).items():
            version, state = _known(searcher, document_id)
            if version is not None and (version > end or (version == end and state == GONE)):
                continue
            writer.delete_documents_by_term(ID, document_id)
            writer.add_document(tombstone(document_id, end))
            gone += state == LIVE
    return stored, gone


def versions_in(searcher: tantivy.Searcher, state: str) -> dict[str, int]:
    """Return id and version of all live documents, or of all tombstones."""
    found = searcher.terms_with_prefix(STAMP, "", in_state(state))
    return dict(stamp_parts(stamp) for stamp, _ in found)


def _known(searcher: tantivy.Searcher, document_id: str) -> tuple[int | None, str | None]:
    """Return the version stored or removed, and which of the two it is."""
    hits = searcher.search(by_id(document_id), limit=1, count=False).hits
    if not hits:
        return None, None
    address = hits[0][1]
    version = searcher.fast_field_values(VERSION, [address])[0]
    state = searcher.doc(address).get_first(STATE)
    return (None if version is None else int(version)), state


@contextmanager
def _writer(index: tantivy.Index) -> Iterator[tantivy.IndexWriter]:
    """Give the one writer; commit and wait for merges at the end, undo all after an error.

    Raises `EngineUnavailable` (`busy`, `unwritable`).
    """
    writer = _locked(index)
    try:
        index.reload()
        yield writer
        writer.commit()
    except (OSError, ValueError) as error:
        writer.rollback()
        raise EngineUnavailable("unwritable") from error
    finally:
        writer.wait_merging_threads()
        del writer
    index.reload()


def _locked(index: tantivy.Index) -> tantivy.IndexWriter:
    until = time.monotonic() + _LOCK_SECONDS
    while True:
        try:
            return index.writer(_HEAP_BYTES, 1)
        except ValueError as error:
            if "LockBusy" not in str(error):
                raise EngineUnavailable("unwritable") from error
            if time.monotonic() > until:
                raise EngineUnavailable("busy") from error
            time.sleep(0.02)
