"""What one process has counted and not written yet: a page that is read writes nothing."""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections import Counter
from typing import TYPE_CHECKING

from catalog import clock, tokens, usage
from catalog.database import DatabaseBusy

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from catalog.database import Database
    from catalog.usage import Tick

AGAIN_SECONDS = 30
"""Of a double click, by the Code of Practice; each click begins the time anew."""
MOST_KEYS = 50_000
"""Clicks remembered; beyond, the oldest are forgotten."""
MOST_WAITING = 2_000
"""Counts that may wait to be written; beyond, they are written at once."""
WRITE_SECONDS = 60.0


class Repeats:
    """Remembers for half a minute who clicked on what."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._key = secrets.token_bytes(16)
        self._seen: dict[bytes, datetime] = {}
        self._lock = threading.Lock()

    def is_again(self, *what: str) -> bool:
        """Whether the same was noted within the last 30 seconds; note it."""
        digest = hashlib.blake2b("\0".join(what).encode(), key=self._key, digest_size=16).digest()
        now = clock.now()
        with self._lock:
            before = self._seen.pop(digest, None)
            self._seen[digest] = now
            while self._seen and self._is_over(next(iter(self._seen.values())), now):
                self._seen.pop(next(iter(self._seen)))
        return before is not None and (now - before).total_seconds() < AGAIN_SECONDS

    def _is_over(self, moment: datetime, now: datetime) -> bool:
        old = abs((now - moment).total_seconds()) >= AGAIN_SECONDS
        return old or len(self._seen) > MOST_KEYS


class Tally:
    """Counts of one process that wait to be written: a page that is read writes nothing."""

    def __init__(self, database: Database) -> None:
        """Have nothing to write yet."""
        self.repeats = Repeats()
        self._database = database
        self._waiting: Counter[Tick] = Counter()
        self._tokens: dict[str, date] = {}
        self._used: set[str] = set()
        self._lock = threading.Lock()

    def note(self, tick: Tick) -> None:
        """Count one; written with the next batch."""
        with self._lock:
            self._waiting[tick] += 1
            full = len(self._waiting) >= MOST_WAITING
        if full:
            self.write()

    def note_token(self, secret: str) -> None:
        """Note that a token was used, once a day; written with the next batch."""
        digest, today = tokens.digest_of(secret), clock.now().date()
        with self._lock:
            if self._tokens.get(digest) != today:
                self._tokens[digest] = today
                self._used.add(digest)

    def write(self) -> None:
        """Write what waits. Where the database is away it waits on; above a limit it is dropped."""
        with self._lock:
            batch, self._waiting = self._waiting, Counter()
            used, self._used = self._used, set()
        if not batch and not used:
            return
        try:
            with self._database.unit_of_work() as session:
                usage.add(session, batch)
                tokens.note_used(session, used)
        except DatabaseBusy:
            self._put_back(batch)
            with self._lock:
                self._used |= used

    def _put_back(self, batch: Mapping[Tick, int]) -> None:
        with self._lock:
            if len(self._waiting) + len(batch) < MOST_WAITING:
                self._waiting.update(batch)

    def keep_writing(self, stopped: threading.Event) -> None:
        """Write once a minute until told to stop; the portal runs this in a thread of its own."""
        while not stopped.wait(WRITE_SECONDS):
            self.write()
