"""Bulk writes: bodies of bounded size, pauses when the cluster is busy, nothing older than is known.

The index compares versions itself (`external`), so that writes may come late, twice, and from any
number of processes. What was removed leaves a tombstone that no search sees, for the cluster
forgets the version of what it deletes after a minute.
"""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeVar

from search import layout
from search.elastic.connection import of_status
from search.elastic.schema import as_json, external_version, to_index, tombstone
from search.engine import EngineRefused, EngineUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from concurrent.futures import Future

    from search.elastic.connection import Connection
    from search.engine import Document

T = TypeVar("T")

MOST_BYTES: Final = 5_000_000
"""Of one bulk body; a larger document goes alone."""
MOST_ITEMS: Final = 500
_TRIES: Final = 5
_FIRST_PAUSE: Final = 0.2
_PASSING: Final = frozenset({"busy", "unreachable"})
"""What a short pause may mend. After a time-out the queue tries again, later than we would."""
_BAD_REQUEST, _MISSING, _CONFLICT, _TOO_MANY, _UNAVAILABLE = 400, 404, 409, 429, 503


@dataclass(frozen=True)
class Item:
    """One document or tombstone on its way, with the version that the index compares."""

    id: str
    version: int
    body: bytes

    def lines(self) -> bytes:
        """Return the two lines of a bulk body."""
        told = {"_id": self.id, "version": self.version, "version_type": "external"}
        return as_json({"index": told}) + b"\n" + self.body + b"\n"


@dataclass(frozen=True)
class Body:
    """What one bulk request carries, and whether nothing comes after it."""

    items: tuple[Item, ...]
    last: bool


@dataclass
class Sent:
    """What became of items: ids that were stored, the indexes they went to, or that none is there."""

    stored: set[str] = field(default_factory=set)
    indexes: set[str] = field(default_factory=set)
    missing: bool = False


def documents_as_items(documents: Iterable[Document]) -> Iterator[Item]:
    """Yield the items of documents, each made when it is asked for.

    An id may come twice: the index compares versions within a body as well.
    """
    for document in documents:
        version = external_version(document.version, layout.LIVE)
        yield Item(document.id, version, to_index(document))


def ends_as_items(ends: Mapping[str, int]) -> Iterator[Item]:
    """Yield a tombstone for each id."""
    for document_id, end in ends.items():
        version = external_version(end, layout.GONE)
        yield Item(document_id, version, tombstone(document_id, end))


def in_bodies(items: Iterable[Item]) -> Iterator[Body]:
    """Cut items into bodies of at most `MOST_BYTES` and `MOST_ITEMS`.

    A body is given as soon as the item after it is there, and not a body later: it is on its way
    while the next is made.
    """
    body: list[Item] = []
    size = 0
    for item in items:
        if body and (size + len(item.body) > MOST_BYTES or len(body) >= MOST_ITEMS):
            yield Body(tuple(body), last=False)
            body, size = [], 0
        body.append(item)
        size += len(item.body)
    if body:
        yield Body(tuple(body), last=True)


def sent_ahead(requests: Iterable[Callable[[], T]]) -> Iterator[T]:
    """Make the next request while one is on its way; give the answers one by one, in order.

    So the cluster works at the same time as we. Raises what a request raises, and sends no further.
    """
    with ThreadPoolExecutor(1, "bulk") as line:
        under_way: Future[T] | None = None
        for request in requests:
            if under_way is not None:
                yield under_way.result()
            under_way = line.submit(request)
        if under_way is not None:
            yield under_way.result()


def send(connection: Connection, alias: str, items: Sequence[Item], *, refresh: bool) -> Sent:
    """Write items to an alias, those that a busy cluster put off again after a pause.

    Raises `EngineUnavailable`, when all pauses are used up, or at once for what no pause mends, and
    `EngineRefused` for a document that the mapping does not take.
    """
    sent = Sent()
    left = list(items)
    for tries_left in reversed(range(_TRIES)):
        try:
            answer = _bulk(connection, alias, left, refresh=refresh)
            left = _put_off(answer, left, sent)
        except EngineUnavailable as error:
            if error.code not in _PASSING or not tries_left:
                raise
        if not left or sent.missing:
            return sent
        if tries_left:
            _pause(_TRIES - 1 - tries_left)
    raise EngineUnavailable("busy")


def _bulk(
    connection: Connection, alias: str, items: Sequence[Item], *, refresh: bool
) -> dict[str, Any]:
    body = b"".join(item.lines() for item in items)
    return connection.ask(
        lambda client: client.perform_request(
            "POST",
            f"/{alias}/_bulk",
            # Never an index that the cluster makes up, with fields that it guesses.
            params={
                "require_alias": "true",
                "refresh": "true" if refresh else "false",
                # Of each item what is read below: the whole answer is a sixth of the body.
                "filter_path": "items.index._index,items.index.status,items.index.error.type",
            },
            headers={
                "content-type": "application/x-ndjson",
                "accept": "application/json",
            },
            body=body,
        )
    )


def _put_off(answer: dict[str, Any], items: Sequence[Item], sent: Sent) -> list[Item]:
    """Note what became of each item; return those to send again."""
    left = []
    for item, told in zip(items, answer["items"], strict=True):
        outcome = told["index"]
        status, kind = outcome["status"], str(outcome.get("error", {}).get("type", ""))
        if status == _MISSING:
            sent.missing = True
        elif status in (_TOO_MANY, _UNAVAILABLE) and kind != "cluster_block_exception":
            left.append(item)
        elif status == _CONFLICT or "error" not in outcome:
            sent.indexes.add(outcome["_index"])
            if status != _CONFLICT:
                sent.stored.add(item.id)
        elif status == _BAD_REQUEST:
            raise EngineRefused("document", id=item.id, kind=kind)
        else:
            raise of_status(status, kind)
    return left


def _pause(number: int) -> None:
    time.sleep(_FIRST_PAUSE * 2**number * random.uniform(0.5, 1.5))  # noqa: S311 - jitter
