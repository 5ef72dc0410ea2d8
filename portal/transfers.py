"""How many uploads and downloads go on at once, kept below the number of threads.

A thin line holds a thread for hours. Above the cap a transfer is asked to come back, so that the
threads that are left keep the pages quick (DESIGN section 12).
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from catalog.errors import CatalogError

if TYPE_CHECKING:
    from collections.abc import Iterator

RETRY_AFTER_SECONDS = 30


class TooBusy(CatalogError):
    """All places for transfers are taken; `facts["retry_after"]` is in seconds."""


class Transfers:
    """The places for transfers in one process."""

    def __init__(self, places: int) -> None:
        """Take the number of places."""
        self.places = places
        self._taken = 0
        self._lock = threading.Lock()

    @property
    def taken(self) -> int:
        """How many transfers are going on."""
        return self._taken

    def enter(self) -> None:
        """Take a place, or raise TooBusy at once."""
        with self._lock:
            if self._taken >= self.places:
                raise TooBusy("too_busy", retry_after=RETRY_AFTER_SECONDS)
            self._taken += 1

    def leave(self) -> None:
        """Give a place back."""
        with self._lock:
            self._taken -= 1

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place for the length of a block."""
        self.enter()
        try:
            yield
        finally:
            self.leave()

    def guarded(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """Hold the place already taken until `chunks` end or the line drops."""
        return _Guarded(self, chunks)


class _Guarded:
    """An iterator whose `close` the WSGI server calls however the answer ends (PEP 3333)."""

    def __init__(self, transfers: Transfers, chunks: Iterator[bytes]) -> None:
        self._transfers, self._chunks, self._open = transfers, chunks, True

    def __iter__(self) -> _Guarded:
        return self

    def __next__(self) -> bytes:
        return next(self._chunks)

    def close(self) -> None:
        if self._open:
            self._open = False
            self._transfers.leave()
            close = getattr(self._chunks, "close", None)
            if close is not None:
                close()
