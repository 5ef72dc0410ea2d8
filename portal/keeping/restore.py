"""Restore: a snapshot back into an empty house, every file proved by its hash on the way.

Files go first, the catalogue last and in one transaction: a run that is killed leaves an empty
catalogue, and the next one goes on behind the files that are there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalog import dumping, jobs, ledger
from catalog.errors import Conflict
from portal.keeping.folder import BackupUnfit, Copied, Folder, digest_of, read_lines
from storage.hashing import RunningHash
from storage.store import ObjectMissing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from catalog.database import Database
    from catalog.dumping import Row
    from storage.store import MediaStore


@dataclass(frozen=True)
class Restored:
    """What came back: counts of rows and objects, and how many places the log does not prove at."""

    rows: int
    objects: int
    findings: int


def check(
    folder: Folder,
    *,
    name: str | None = None,
    seen: Callable[[int, int], None] = lambda _done, _total: None,
) -> tuple[str, ...]:
    """Read every file of a snapshot; return the keys of those that are missing or damaged.

    Raises BackupUnfit when the snapshot itself is.
    """
    path, told = folder.snapshot(name)
    faults = []
    for done, each in enumerate(_media(path), 1):
        place = folder.file(each.sha256)
        if not folder.has(each.sha256, each.size) or digest_of(place) != each.sha256:
            faults.append(each.key)
        seen(done, told.objects)
    return tuple(faults)


def restore(
    database: Database,
    store: MediaStore,
    folder: Folder,
    *,
    name: str | None = None,
    seen: Callable[[int, int], None] = lambda _done, _total: None,
) -> Restored:
    """Bring a snapshot, by default the newest, into an unused catalogue and its store.

    Raises Conflict `not_empty`, BackupUnfit, StoreError. The index is filled by a job.
    """
    path, told = folder.snapshot(name)
    with database.reading() as session:
        if not dumping.is_unused(session):
            raise Conflict("not_empty")
    for done, each in enumerate(_media(path), 1):
        _bring(store, folder, each)
        seen(done, told.objects)
    with database.unit_of_work() as session:
        rows = dumping.load(session, told.revision, _rows(path))
        jobs.enqueue(session, jobs.JobKind.REBUILD, "all", priority=20)
    with database.reading() as session:
        findings = sum(1 for _ in ledger.prove(session))
    return Restored(rows, told.objects, findings)


def _bring(store: MediaStore, folder: Folder, each: Copied) -> None:
    """Put one file into the store, unless it is there already from a run before."""
    if _is_there(store, each):
        return
    place = folder.file(each.sha256)
    if not folder.has(each.sha256, each.size) or digest_of(place) != each.sha256:
        raise BackupUnfit("backup_damaged", what=each.sha256)
    with place.open("rb") as file:
        stored = store.put(each.key, file)
    if stored.size != each.size or (stored.sha256 or each.sha256) != each.sha256:
        raise BackupUnfit("backup_damaged", what=each.sha256)


def _is_there(store: MediaStore, each: Copied) -> bool:
    try:
        if store.stat(each.key).size != each.size:
            return False
    except ObjectMissing:
        return False
    running = RunningHash()
    for piece in store.read(each.key):
        running.update(piece)
    return running.hexdigest() == each.sha256


def _media(path: Path) -> Iterator[Copied]:
    return (Copied(**line) for line in read_lines(path / "media.jsonl.gz"))


def _rows(path: Path) -> Iterator[Row]:
    return ((name, values) for name, values in read_lines(path / "catalogue.jsonl.gz"))
