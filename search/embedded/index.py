"""`SearchEngine` over a folder: tantivy inside this process, nothing to install or to start."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from search.embedded import reading, writing
from search.embedded.compile import in_state
from search.embedded.shelf import Pointer, Shelf
from search.engine import EngineUnavailable, Health
from search.layout import GONE, LIVE, SUGGEST
from search.portions import portions
from search.stages import find, nothing, planned
from search.suggest import beginnings, chosen_from

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    import tantivy

    from search.engine import Document, Query, Results, Suggestion
    from search.stages import Answer, Step

_MOST_SUGGESTED_FROM: Final = 200


class EmbeddedEngine:
    """Searches the index below `root`. One object may serve all threads of a process."""

    def __init__(self, root: Path) -> None:
        """Touch nothing yet: a portal may start before there is an index."""
        self._shelf = Shelf(root)
        self._writing = threading.RLock()
        self._building: tantivy.Index | None = None
        self._counting = threading.Lock()
        self._requests = 0

    @property
    def requests(self) -> int:
        """How many requests this object has made of tantivy."""
        return self._requests

    def search(self, query: Query) -> Results:
        """Answer a query; see `SearchEngine.search`."""
        steps = planned(query)
        used = self._shelf.in_use()
        if used is None:
            return nothing(query)
        index, whole = used
        searcher = index.searcher()

        def ask(step: Step) -> Answer:
            self._count()
            return reading.answer(searcher, step)

        with _translated():
            return replace(find(ask, steps, query), known=whole)

    def suggest(self, prefix: str, lang: str, *, limit: int = 10) -> tuple[Suggestion, ...]:
        """Return what begins so; see `SearchEngine.suggest`."""
        index = self._shelf.current()
        if index is None:
            return ()
        with _translated():
            searcher = index.searcher()
            self._count()
            entries = [
                entry
                for begin in beginnings(prefix, lang)
                for entry in searcher.terms_with_prefix(
                    SUGGEST, begin, in_state(LIVE), _MOST_SUGGESTED_FROM
                )
            ]
        return chosen_from(entries, lang, limit=limit)

    def write(
        self, documents: Iterable[Document], *, ended: Mapping[str, int] | None = None
    ) -> int:
        """Store documents; see `SearchEngine.write`."""
        stored = 0
        last: tuple[Document, ...] = ()
        for portion in portions(documents):
            if last:
                stored += self._put(last, None)
            last = portion
        return stored + self._put(last, ended)

    def _put(self, portion: tuple[Document, ...], ended: Mapping[str, int] | None) -> int:
        given = writing.prepared(portion)
        with self._writing:
            stored, _ = writing.put(self._shelf.current_or_new(), given, ended)
            if self._building is not None:
                writing.put(self._building, given, ended)
            return stored

    def remove(self, ids: Iterable[str], version: int) -> int:
        """Forget documents; see `SearchEngine.remove`."""
        ends = dict.fromkeys(ids, version)
        with self._writing:
            _, gone = writing.put(self._shelf.current_or_new(), (), ends)
            if self._building is not None:
                writing.put(self._building, (), ends)
            return gone

    def rebuild(self, documents: Iterable[Document]) -> int:
        """Build anew and swap; see `SearchEngine.rebuild`.

        What an earlier index knew to be removed stays so, unless `documents` has it again.
        """
        with self._writing:
            if self._building is not None:
                raise EngineUnavailable("busy")
            folder, self._building = self._shelf.begin()
        try:
            return self._build(folder, self._building, iter(documents))
        finally:
            with self._writing:
                self._building = None

    def versions(self) -> Mapping[str, int]:
        """Return id and version of what can be found."""
        index = self._shelf.current()
        if index is None:
            return {}
        with _translated():
            return writing.versions_in(index.searcher(), LIVE)

    def health(self) -> Health:
        """Say how the index is."""
        try:
            pointer = self._shelf.pointer()
            if pointer is None:
                return Health(ok=True, code="empty", documents=0, needs_rebuild=True)
            index = self._shelf.current()
            with _translated():
                known = 0 if index is None else reading.count(index.searcher(), in_state(LIVE))
        except EngineUnavailable as error:
            return Health(ok=False, code=error.code, documents=0, needs_rebuild=True)
        return Health(ok=True, code="ok", documents=known, needs_rebuild=not pointer.complete)

    def version(self) -> str:
        """Return the version of the library inside."""
        return f"tantivy {version('tantivy')}"

    def _build(self, folder: str, index: tantivy.Index, documents: Iterator[Document]) -> int:
        seen: set[str] = set()
        # Writes that come meanwhile wait for one portion.
        for portion in portions(documents):
            seen.update(document.id for document in portion)
            given = writing.prepared(portion)
            with self._writing:
                writing.put(index, given)
        with self._writing:
            before = self._shelf.pointer()
            if before is not None and before.fits:
                self._keep_tombstones(index, seen)
            self._shelf.point_to(Pointer(folder, complete=True))
            keep = {folder} if before is None else {folder, before.folder}
            self._shelf.sweep(keep)
        return len(seen)

    def _keep_tombstones(self, index: tantivy.Index, seen: set[str]) -> None:
        old = self._shelf.current()
        if old is None:
            return
        with _translated():
            ends = writing.versions_in(old.searcher(), GONE)
        writing.put(index, (), {each: end for each, end in ends.items() if each not in seen})

    def _count(self) -> None:
        with self._counting:
            self._requests += 1


@contextmanager
def _translated() -> Iterator[None]:
    """Turn tantivy's errors, which are ValueError and OSError, into the seam's."""
    try:
        yield
    except (OSError, ValueError) as error:
        raise EngineUnavailable("failed") from error
