"""How many searches a minute one address may ask for; counted in memory, in each process."""

from __future__ import annotations

import threading
import time
from collections import deque

from flask import current_app, request

from catalog.errors import CatalogError
from portal.identity import actor, services

WINDOW_SECONDS = 60.0
SIGNED_IN_TIMES = 5
MOST_KEYS = 50_000
"""Addresses remembered; beyond, the oldest are forgotten."""


class TooManyRequests(CatalogError):
    """The limit is reached; `facts["retry_after"]` is in seconds."""


class Window:
    """Counts of the last minute by key."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._seen: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def take(self, key: str, most: int) -> float:
        """Count one; return 0, or the seconds until there is room again."""
        now = time.monotonic()
        with self._lock:
            seen = self._seen.pop(key, deque())
            while seen and seen[0] < now - WINDOW_SECONDS:
                seen.popleft()
            self._seen[key] = seen
            if len(self._seen) > MOST_KEYS:
                self._seen.pop(next(iter(self._seen)))
            if len(seen) >= most:
                return seen[0] + WINDOW_SECONDS - now
            seen.append(now)
            return 0.0


def count_search() -> None:
    """Count a search of whoever asks. Raises TooManyRequests."""
    wait = _wait()
    if wait > 0:
        raise TooManyRequests("too_many_requests", retry_after=int(wait) + 1)


def may_search() -> bool:
    """Count a search that a page can do without; False where there is no room for one more."""
    return _wait() == 0


def _wait() -> float:
    person = actor().person_id
    most = services().settings.limits.searches_per_minute * (SIGNED_IN_TIMES if person else 1)
    window: Window = current_app.extensions["searches"]
    return window.take(person or request.remote_addr or "", most)
