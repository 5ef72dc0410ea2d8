"""`SearchEngine` over an Elasticsearch cluster, for any number of portals and workers."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Final

from search import layout
from search.elastic import reading
from search.elastic.connection import SEARCH_SECONDS, Connection, IndexMissing
from search.elastic.shelf import Shelf
from search.elastic.writing import (
    Item,
    documents_as_items,
    ends_as_items,
    in_bodies,
    send,
    sent_ahead,
)
from search.engine import EngineUnavailable, Health
from search.stages import find, nothing, planned
from search.suggest import beginnings, chosen_from

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from search.engine import Document, Query, Results, Suggestion
    from search.stages import Answer, Step

_ROUNDS: Final = 6
"""How often a write follows an index that is swapped or deleted beneath it."""
_HEALTH_SECONDS: Final = 2.0


class ElasticEngine:
    """Searches the index of a cluster. One object may serve all threads of a process."""

    def __init__(
        self, url: str, prefix: str, *, ca_file: Path | None = None, api_key: str | None = None
    ) -> None:
        """Connect nothing yet: a portal may start before the cluster does.

        Raises `EngineRefused` (`bad_ca_file`).
        """
        self._connection = Connection(url, ca_file=ca_file, api_key=api_key)
        self._shelf = Shelf(self._connection, prefix)
        self._rebuilding = threading.Lock()

    @property
    def requests(self) -> int:
        """How many requests this object has made of the cluster."""
        return self._connection.requests

    def search(self, query: Query) -> Results:
        """Answer a query within `SEARCH_SECONDS`; see `SearchEngine.search`."""
        steps = planned(query)
        until = time.monotonic() + SEARCH_SECONDS

        def found_in(alias: str) -> Results:
            def ask(step: Step) -> Answer:
                left = until - time.monotonic()
                return reading.answer(self._connection, alias, step, seconds=left)

            return find(ask, steps, query)

        with suppress(IndexMissing):
            return found_in(self._shelf.whole)
        try:
            return replace(found_in(self._shelf.alias), known=False)
        except IndexMissing:
            self._refuse_outdated(until - time.monotonic())
            return nothing(query)

    def suggest(self, prefix: str, lang: str, *, limit: int = 10) -> tuple[Suggestion, ...]:
        """Return what begins so; see `SearchEngine.suggest`."""
        begins = beginnings(prefix, lang)
        if not begins:
            return ()
        try:
            entries = reading.beginning_so(
                self._connection, self._shelf.alias, begins, seconds=SEARCH_SECONDS
            )
        except IndexMissing:
            return ()
        return chosen_from(entries, lang, limit=limit)

    def write(
        self, documents: Iterable[Document], *, ended: Mapping[str, int] | None = None
    ) -> int:
        """Store documents; see `SearchEngine.write`."""
        given = documents_as_items(documents)
        ends = {} if ended is None else ended
        return len(self._everywhere(chain(given, ends_as_items(ends))) - set(ends))

    def remove(self, ids: Iterable[str], version: int) -> int:
        """Forget documents; see `SearchEngine.remove`."""
        ends = dict.fromkeys(ids, version)
        if not ends:
            return 0
        live = reading.live_among(self._connection, self._shelf.alias, list(ends))
        return len(live & self._everywhere(ends_as_items(ends)))

    def rebuild(self, documents: Iterable[Document]) -> int:
        """Build anew and swap; see `SearchEngine.rebuild`.

        Writes and removals that any process makes meanwhile go to both. What an earlier index knew
        to be removed stays so, unless `documents` has it again. A rebuild that begins later, in
        whatever process, ends this one, which then raises `EngineUnavailable` (`superseded`).
        """
        if not self._rebuilding.acquire(blocking=False):
            raise EngineUnavailable("busy")
        try:
            name = self._shelf.begin_building()
            try:
                number = self._fill(name, documents)
                self._shelf.swap(name)
            except BaseException:
                self._shelf.abandon(name)
                raise
            return number
        finally:
            self._rebuilding.release()

    def versions(self) -> Mapping[str, int]:
        """Return id and version of what can be found."""
        try:
            return dict(reading.versions_in(self._connection, self._shelf.alias, layout.LIVE))
        except IndexMissing:
            return {}

    def health(self) -> Health:
        """Say how the index is."""
        until = time.monotonic() + _HEALTH_SECONDS
        try:
            look = self._shelf.look(seconds=_HEALTH_SECONDS)
            if look.current is None:
                code = "outdated" if look.others else "empty"
                return Health(ok=code == "empty", code=code, documents=0, needs_rebuild=True)
            known = reading.count(
                self._connection, self._shelf.alias, seconds=until - time.monotonic()
            )
        except EngineUnavailable as error:
            return Health(ok=False, code=error.code, documents=0, needs_rebuild=False)
        writable = not look.current.read_only
        return Health(
            ok=writable,
            code="ok" if writable else "read_only",
            documents=known,
            needs_rebuild=not look.current.complete,
        )

    def version(self) -> str:
        """Return the versions of the cluster's nodes: more than one while it is upgraded."""
        told = self._connection.ask(
            lambda client: client.nodes.info(metric="http", filter_path="nodes.*.version"),
            seconds=_HEALTH_SECONDS,
        )
        found = sorted({node["version"] for node in told.get("nodes", {}).values()})
        return f"Elasticsearch {', '.join(found) or 'of unknown version'}"

    def _everywhere(self, items: Iterable[Item]) -> set[str]:
        """Write to the index in use and to one being built; return the ids that the first took.

        With the last body all can be found: an index has one shard, which it makes anew.
        """
        requests = (
            partial(self._body_everywhere, body.items, refresh=body.last)
            for body in in_bodies(items)
        )
        return set().union(*sent_ahead(requests))

    def _body_everywhere(self, body: Sequence[Item], *, refresh: bool) -> set[str]:
        """Write until every index that has one of the two names has the items.

        The names are looked up after the write: a rebuild that takes its name later than that reads
        the catalogue later too, and so finds what is written here.
        """
        alias = self._shelf.alias
        sent = send(self._connection, alias, body, refresh=refresh)
        stored, reached = sent.stored, sent.indexes
        for _ in range(_ROUNDS):
            left = self._not_in(reached)
            if not left:
                return stored
            for each in left:
                sent = send(self._connection, each, body, refresh=refresh and each == alias)
                reached |= sent.indexes
                stored |= sent.stored if each == alias else set()
        raise EngineUnavailable("busy")

    def _not_in(self, reached: Collection[str]) -> list[str]:
        """Return which of the two names has another index now; makes the first where there is none."""
        named = self._shelf.named()
        if self._shelf.alias not in named:
            self._shelf.begin_first()
            named[self._shelf.alias] = ""
        return [name for name, index in named.items() if index not in reached]

    def _fill(self, name: str, documents: Iterable[Document]) -> int:
        seen: set[str] = set()
        bodies = in_bodies(documents_as_items(_noted(documents, seen)))
        for _ in sent_ahead(partial(self._into, name, body.items) for body in bodies):
            pass
        try:
            gone = dict(reading.versions_in(self._connection, self._shelf.alias, layout.GONE))
        except IndexMissing:
            gone = {}
        ended = ends_as_items({each: gone[each] for each in gone if each not in seen})
        for body in in_bodies(ended):
            self._into(name, body.items)
        return len(seen)

    def _into(self, name: str, body: Sequence[Item]) -> None:
        """Write to the index being built. Raises `EngineUnavailable` (`superseded`)."""
        sent = send(self._connection, self._shelf.building, body, refresh=False)
        if sent.missing or sent.indexes != {name}:
            raise EngineUnavailable("superseded")

    def _refuse_outdated(self, seconds: float) -> None:
        """Tell an index of another mapping, or of another program, from none at all."""
        if self._shelf.look(seconds=seconds).others:
            raise EngineUnavailable("outdated")


def _noted(documents: Iterable[Document], seen: set[str]) -> Iterator[Document]:
    """Give documents, and add their ids to `seen`."""
    for document in documents:
        seen.add(document.id)
        yield document
