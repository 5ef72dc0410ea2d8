"""Counting what is found and taken, as COUNTER does and without knowing anybody.

By the COUNTER Code of Practice, release 5 (section 7, "Processing rules"): robots are left out, by
COUNTER's own list; a second click on the same thing within 30 seconds is no second use. Programs
such as curl and wget, which our help tells people to resume with, count where they take a file,
not where they open a page.

Of a visitor nothing is kept but a keyed digest of address and browser, in memory, for those 30
seconds, under a key that each process makes for itself.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections import Counter
from typing import TYPE_CHECKING, cast

from counter_robots import is_machine, is_robot
from flask import current_app, request

from catalog import clock, usage
from catalog.database import DatabaseBusy
from catalog.usage import Measure, Tick
from portal.identity import actor, services
from portal.interface import language

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from flask import Flask

    from catalog.database import Database

AGAIN_SECONDS = 30
"""Of a double click, by the Code of Practice; each click begins the time anew."""
MOST_KEYS = 50_000
"""Clicks remembered; beyond, the oldest are forgotten."""
MOST_WAITING = 2_000
"""Counts that may wait to be written; beyond, they are written at once."""
WRITE_SECONDS = 60.0
LONGEST_NAME = 400
"""Signs of a browser's name that are looked at."""


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
        self._lock = threading.Lock()

    def note(self, tick: Tick) -> None:
        """Count one; written with the next batch."""
        with self._lock:
            self._waiting[tick] += 1
            full = len(self._waiting) >= MOST_WAITING
        if full:
            self.write()

    def write(self) -> None:
        """Write what waits. Where the database is away it waits on; above a limit it is dropped."""
        with self._lock:
            batch, self._waiting = self._waiting, Counter()
        if not batch:
            return
        try:
            with self._database.unit_of_work() as session:
                usage.add(session, batch)
        except DatabaseBusy:
            self._put_back(batch)

    def _put_back(self, batch: Mapping[Tick, int]) -> None:
        with self._lock:
            if len(self._waiting) + len(batch) < MOST_WAITING:
                self._waiting.update(batch)

    def keep_writing(self, stopped: threading.Event) -> None:
        """Write once a minute until told to stop; the portal runs this in a thread of its own."""
        while not stopped.wait(WRITE_SECONDS):
            self.write()


def tally() -> Tally:
    """Return the tally of the app at work."""
    return cast("Tally", current_app.extensions["tally"])


def count_found(resource_id: str) -> None:
    """Count the page of a public resource as opened, unless a robot asks, or the same again."""
    if request.method != "GET" or _fetched_ahead() or is_robot(_browser()):
        return
    if not tally().repeats.is_again(Measure.FOUND, _visitor(), resource_id):
        tally().note(_tick(Measure.FOUND, resource_id))


def is_use(*file: str) -> bool:
    """Whether asking for a file is a use of it that counts: no robot, and not the same again.

    A picture that a page shows by itself is no use: browsers say so in `Sec-Fetch-Dest`.
    """
    name = _browser()
    if _fetched_ahead() or (is_robot(name) and not is_machine(name)):
        return False
    if request.headers.get("Sec-Fetch-Dest") == "image":
        return False
    return not tally().repeats.is_again("file", _visitor(), *file)


def count_taken(resource_id: str) -> None:
    """Count a public resource as taken; several files of it within 30 seconds are one use."""
    if not tally().repeats.is_again(Measure.TAKEN, _visitor(), resource_id):
        tally().note(_tick(Measure.TAKEN, resource_id))


def _tick(measure: Measure, resource_id: str) -> Tick:
    month = clock.now().date().replace(day=1)
    return Tick(month, resource_id, str(measure), language(), _country())


def _country() -> str:
    """Return the country of the reader's institution; "" for visitors, and where there are two."""
    houses = services().reference.shelf().institutions
    found = {houses[each].country for each in actor().institutions if each in houses}
    return found.pop() if len(found) == 1 else ""


def _visitor() -> str:
    return actor().person_id or f"{request.remote_addr}\0{_browser()}"


def _browser() -> str:
    return request.headers.get("User-Agent", "")[:LONGEST_NAME]


def _fetched_ahead() -> bool:
    """Whether a browser asks for what nobody looks at yet."""
    return "prefetch" in request.headers.get("Sec-Purpose", request.headers.get("Purpose", ""))


def install(app: Flask, database: Database) -> None:
    """Give the app its tally."""
    app.extensions["tally"] = Tally(database)
