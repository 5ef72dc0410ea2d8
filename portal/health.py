"""Whether each part answers, for `/readyz` and for `caravan doctor`."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalog.resources import reading
from storage.store import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    from portal.services import Services


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
        raise RuntimeError(found.code)
    return f"{found.documents} documents"
