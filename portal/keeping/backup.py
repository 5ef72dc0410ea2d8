"""Backup: the catalogue of one moment, and every file it speaks of that is not there yet.

The portal goes on meanwhile. The catalogue is read first, in one snapshot of the database; a file
that it names stays in the store for at least a day after nobody points at it any more.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from catalog import clock, dumping, holdings
from catalog.migrating import current_revision
from portal.keeping.folder import (
    FORMAT,
    Copied,
    Folder,
    Snapshot,
    digest_of,
    write_lines,
    write_told,
)
from storage.store import ObjectCorrupt, ObjectMissing

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog.database import Database
    from catalog.holdings import Holding
    from storage.store import MediaStore


@dataclass(frozen=True)
class Backed:
    """What a run has done. `faults` are keys of objects that are missing or damaged."""

    name: str
    objects: int
    copied: int
    copied_bytes: int
    faults: tuple[str, ...]


def back_up(
    database: Database,
    store: MediaStore,
    folder: Folder,
    *,
    seen: Callable[[int, int], None] = lambda _done, _total: None,
) -> Backed:
    """Add a snapshot; copy only what no earlier one has. `seen` hears of objects done and in all.

    An object that is missing or damaged is left out and named; the rest is kept. Raises
    BackupUnfit, StoreUnavailable.
    """
    with folder.writing():
        name = clock.now().strftime("%Y%m%dT%H%M%S%fZ")
        with folder.new_snapshot(name) as draft:
            catalogue = draft / "catalogue.jsonl.gz"
            revision = str(current_revision(database))
            with database.reading() as session:
                rows = write_lines(catalogue, dumping.dump(session))
                wanted = tuple(holdings.holdings(session))
            copying = _Copying(store, folder)
            for done, holding in enumerate(wanted, 1):
                copying.take(holding)
                seen(done, len(wanted))
            media = draft / "media.jsonl.gz"
            write_lines(media, (asdict(each) for each in copying.kept))
            write_told(
                draft / "snapshot.json",
                Snapshot(
                    format=FORMAT,
                    created_at=clock.now().isoformat(),
                    revision=revision,
                    rows=rows,
                    objects=len(copying.kept),
                    bytes=sum(each.size for each in copying.kept),
                    catalogue_sha256=digest_of(catalogue),
                    media_sha256=digest_of(media),
                ),
            )
    return Backed(
        name, len(copying.kept), copying.copied, copying.copied_bytes, tuple(copying.faults)
    )


class _Copying:
    """Files on their way into the folder."""

    def __init__(self, store: MediaStore, folder: Folder) -> None:
        self._store, self._folder = store, folder
        self.kept: list[Copied] = []
        self.faults: list[str] = []
        self.copied = self.copied_bytes = 0

    def take(self, holding: Holding) -> None:
        if holding.sha256 is not None and self._folder.has(holding.sha256, holding.size):
            self.kept.append(Copied(holding.key, holding.size, holding.sha256))
            return
        try:
            found = self._folder.keep(self._store.read(holding.key), holding.sha256)
        except (ObjectMissing, ObjectCorrupt):
            found = None
        if found is None or found[1] != holding.size:
            self.faults.append(holding.key)
            return
        self.kept.append(Copied(holding.key, found[1], found[0]))
        self.copied += 1
        self.copied_bytes += found[1]
