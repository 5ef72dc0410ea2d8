"""Moving all media to another store while the portal runs.

Objects are copied, never taken away; what has been copied and proved is noted in the home, so that a
run that was cut goes on. Passes are made until one finds nothing new. Then the setting is changed
and everything restarted; a last run with the old address picks up what came in between.
"""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalog import holdings
from config.urls import hide_credentials
from storage.hashing import RunningHash
from storage.store import ObjectCorrupt, ObjectMissing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from catalog.database import Database
    from catalog.holdings import Holding
    from storage.store import MediaStore

PIECE_BYTES = 1024 * 1024
MOST_PASSES = 20
"""A house that is given files faster than they can be copied is told so, instead of for ever."""


@dataclass(frozen=True)
class Moved:
    """What a run has done. `faults` are keys whose bytes are missing or damaged in the old store."""

    objects: int
    copied: int
    copied_bytes: int
    faults: tuple[str, ...]
    settled: bool
    """Whether the last pass found nothing new."""


class Journal:
    """Keys whose bytes are in the new store, with their hashes: one line each, in the home."""

    def __init__(self, home: Path, url: str) -> None:
        """Open the journal of moves to `url`."""
        name = hashlib.sha256(url.encode()).hexdigest()[:16]
        self.path = home / f"moving-{name}.jsonl"
        self._known = dict(self._read())
        if not self.path.exists():
            self.path.write_text(json.dumps({"to": hide_credentials(url)}) + "\n", encoding="utf-8")

    def _read(self) -> Iterator[tuple[str, str]]:
        if not self.path.exists():
            return
        with self.path.open(encoding="utf-8") as lines:
            for line in lines:
                try:
                    told = json.loads(line)
                except ValueError:
                    continue  # the last line of a run that was killed
                if "key" in told:
                    yield told["key"], told["sha256"]

    def has(self, holding: Holding) -> bool:
        """Whether these very bytes have been moved."""
        known = self._known.get(holding.key)
        return known is not None and holding.sha256 in (None, known)

    def note(self, key: str, sha256: str) -> None:
        """Note that an object is in the new store."""
        self._known[key] = sha256
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"key": key, "sha256": sha256}) + "\n")


def move(
    database: Database,
    source: MediaStore,
    target: MediaStore,
    journal: Journal,
    *,
    seen: Callable[[int, int], None] = lambda _done, _total: None,
) -> Moved:
    """Copy what the catalogue knows from `source` to `target`, pass after pass.

    Raises StoreError; what was copied stays noted.
    """
    copied = copied_bytes = 0
    for _ in range(MOST_PASSES):
        with database.reading() as session:
            wanted = tuple(holdings.holdings(session))
        left = [each for each in wanted if not journal.has(each)]
        faults = []
        done = len(wanted) - len(left)
        fresh = 0
        for holding in left:
            if _copy(source, target, journal, holding):
                fresh += 1
                copied_bytes += holding.size
            else:
                faults.append(holding.key)
            done += 1
            seen(done, len(wanted))
        copied += fresh
        if fresh == 0:
            return Moved(len(wanted), copied, copied_bytes, tuple(faults), settled=True)
    return Moved(len(wanted), copied, copied_bytes, tuple(faults), settled=False)


def _copy(source: MediaStore, target: MediaStore, journal: Journal, holding: Holding) -> bool:
    """Copy one object and prove it; False when the old store does not hold what it ought to."""
    try:
        pieces = _Pieces(source.read(holding.key))
        stored = target.put(holding.key, io.BufferedReader(pieces, PIECE_BYTES))
    except (ObjectMissing, ObjectCorrupt):
        return False
    digest = pieces.sha256
    if stored.size != holding.size or digest != (holding.sha256 or digest):
        target.delete(holding.key)
        return False
    journal.note(holding.key, digest)
    return True


class _Pieces(io.RawIOBase):
    """The pieces of an object as a file that hashes while it is read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        super().__init__()
        self._pieces, self._left, self._running = pieces, b"", RunningHash()

    @property
    def sha256(self) -> str:
        return self._running.hexdigest()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill a buffer; 0 at the end."""
        if not self._left:
            self._left = next(self._pieces, b"")
            self._running.update(self._left)
        count = min(len(buffer), len(self._left))
        buffer[:count] = self._left[:count]
        self._left = self._left[count:]
        return count
