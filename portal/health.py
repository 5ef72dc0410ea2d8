"""Whether each part answers, for `/readyz` and for `caravan doctor`."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalog.resources import reading
from search.engine import EngineUnavailable
from storage.store import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    from portal.services import Services


DISPENSABLE = frozenset({"search", "storage"})
"""Parts without which a portal stays in service: records and browsing need the database alone."""


MAY_BE_STARTING = frozenset({"unreachable", "timed_out", "busy"})
STARTING_SECONDS = 10.0


@dataclass(frozen=True)
class Part:
    """One part: whether it answers, in how many milliseconds, and what it says of itself."""

    name: str
    ok: bool
    milliseconds: float
    says: str = ""


def parts(services: Services) -> tuple[Part, ...]:
    """Ask every part once."""
    asked: tuple[tuple[str, Callable[[Services], str]], ...] = (
        ("database", _database),
        ("storage", _storage),
        ("search", _search),
    )
    return tuple(_ask(name, question, services) for name, question in asked)


def parts_ready(services: Services) -> dict[str, bool]:
    """Return for each part whether it answers."""
    return {part.name: part.ok for part in parts(services)}


def check_engine(services: Services) -> None:
    """Refuse to start on a search engine that cannot be used as it is set.

    A cluster that is still starting is given `STARTING_SECONDS`. Once a portal runs, the engine may
    come and go. Raises EngineUnavailable.
    """
    until = time.monotonic() + STARTING_SECONDS
    while True:
        found = services.engine.health()
        if found.ok or found.needs_rebuild or found.code == "read_only":
            return
        if found.code not in MAY_BE_STARTING or time.monotonic() > until:
            raise EngineUnavailable(found.code)
        time.sleep(0.5)


def await_index(services: Services) -> None:
    """Wait for the worker that was just started to build an index where there is none yet.

    So the first search of a house whose records came in before it was served finds them. A large
    house is not waited for beyond `STARTING_SECONDS`: its search rests until the index is there.
    """
    with services.database.reading() as session:
        if not reading.published_count(session):
            return
    until = time.monotonic() + STARTING_SECONDS
    while time.monotonic() < until:
        found = services.engine.health()
        if not (found.ok and found.needs_rebuild):
            return
        time.sleep(0.2)


def amber(ready: dict[str, bool]) -> bool:
    """Whether all goes on but what `DISPENSABLE` parts do: the pages of records, and judging."""
    away = {name for name, answers in ready.items() if not answers}
    return bool(away) and away <= DISPENSABLE


def _ask(name: str, question: Callable[[Services], str], services: Services) -> Part:
    began = time.perf_counter()
    try:
        says, ok = question(services), True
    except Exception as error:  # noqa: BLE001 - whatever a part throws, it is not well
        says, ok = f"{type(error).__name__}: {error}"[:300], False
    return Part(name, ok, round(1000 * (time.perf_counter() - began), 1), says)


def _database(services: Services) -> str:
    with services.database.reading() as session:
        count = reading.published_count(session)
    return f"{services.database.url.get_backend_name()}, {count} published"


def _storage(services: Services) -> str:
    free = services.store.free_bytes()
    if free is not None and free <= 0:
        raise StoreError(because="no room left")
    return "room unknown" if free is None else f"{free // 1_000_000} MB free"


def _search(services: Services) -> str:
    found = services.engine.health()
    if not found.ok:
        raise EngineUnavailable(found.code)
    if not found.needs_rebuild:
        return f"{found.documents} documents"
    with services.database.reading() as session:
        if found.documents < reading.published_count(session):
            raise EngineUnavailable("incomplete")
    return f"{found.documents} documents, to be built from the catalogue"
