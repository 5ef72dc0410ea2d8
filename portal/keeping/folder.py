"""The folder of a backup: files by their hash, and a snapshot of the catalogue for each run.

    media/ab/abcd...            one file a content, named by its SHA-256, shared by all snapshots
    snapshots/20261125T161500Z/ catalogue.jsonl.gz, media.jsonl.gz, snapshot.json
    lock

A snapshot appears whole, by a rename, after all its files are there.
"""

from __future__ import annotations

import fcntl
import gzip
import json
import os
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalog.errors import CatalogError
from storage.hashing import RunningHash

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FORMAT = 1
PIECE_BYTES = 1024 * 1024


class BackupUnfit(CatalogError):
    """The folder is no backup, is damaged, or is being written by another run."""


@dataclass(frozen=True)
class Snapshot:
    """What a snapshot says of itself; digests are SHA-256 of the two lists as they lie there."""

    format: int
    created_at: str
    revision: str
    rows: int
    objects: int
    bytes: int
    catalogue_sha256: str
    media_sha256: str


@dataclass(frozen=True)
class Copied:
    """One object of a snapshot: under which key it belongs into the store; `size` in bytes."""

    key: str
    size: int
    sha256: str


class Folder:
    """One backup folder."""

    def __init__(self, root: Path) -> None:
        """Use `root`; nothing is made before something is written."""
        self.root = root
        self._media, self._snapshots = root / "media", root / "snapshots"

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the folder alone. Raises BackupUnfit `backup_busy`, `backup_strange`."""
        self._media.mkdir(parents=True, exist_ok=True)
        self._snapshots.mkdir(exist_ok=True)
        with (self.root / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise BackupUnfit("backup_busy", folder=str(self.root)) from None
            for left in (*self._media.glob(".new-*"), *self._snapshots.glob(".new-*")):
                shutil.rmtree(left) if left.is_dir() else left.unlink()
            yield

    def file(self, sha256: str) -> Path:
        """Return where the file of that hash lies, or would."""
        return self._media / sha256[:2] / sha256

    def has(self, sha256: str, size: int) -> bool:
        """Whether a file of that hash is there in full size."""
        try:
            return self.file(sha256).stat().st_size == size
        except FileNotFoundError:
            return False

    def keep(self, pieces: Iterable[bytes], expected: str | None) -> tuple[str, int] | None:
        """Write a file durably; return hash and size, None when it is not of the hash expected."""
        running, size = RunningHash(), 0
        descriptor, name = tempfile.mkstemp(dir=self._media, prefix=".new-")
        draft = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                for piece in pieces:
                    running.update(piece)
                    size += len(piece)
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            digest = running.hexdigest()
            if expected is not None and digest != expected:
                return None
            target = self.file(digest)
            target.parent.mkdir(exist_ok=True)
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
        return digest, size

    @contextmanager
    def new_snapshot(self, name: str) -> Iterator[Path]:
        """Give a folder to fill; it becomes the snapshot `name` at the end of the block."""
        draft = Path(tempfile.mkdtemp(dir=self._snapshots, prefix=".new-"))
        yield draft
        draft.chmod(0o750)
        draft.replace(self._snapshots / name)
        descriptor = os.open(self._snapshots, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def names(self) -> list[str]:
        """Return the names of all snapshots, oldest first."""
        if not self._snapshots.is_dir():
            return []
        return sorted(each.name for each in self._snapshots.iterdir() if each.name[0] != ".")

    def snapshot(self, name: str | None = None) -> tuple[Path, Snapshot]:
        """Return one, by default the newest, with its lists proved against their digests.

        Raises BackupUnfit `backup_missing`, `backup_damaged`.
        """
        names = self.names()
        if not names or (name is not None and name not in names):
            raise BackupUnfit("backup_missing", folder=str(self.root))
        path = self._snapshots / (name or names[-1])
        try:
            told = Snapshot(**json.loads((path / "snapshot.json").read_text(encoding="utf-8")))
            whole = (
                told.format == FORMAT
                and digest_of(path / "catalogue.jsonl.gz") == told.catalogue_sha256
                and digest_of(path / "media.jsonl.gz") == told.media_sha256
            )
        except (OSError, TypeError, ValueError):
            whole = False
        if not whole:
            raise BackupUnfit("backup_damaged", what=path.name)
        return path, told


def write_lines(path: Path, values: Iterable[Any]) -> int:
    """Write values as JSON, one a line, packed and durably; return how many."""
    count = 0
    with path.open("wb") as file:
        # No name and no time inside: the same lines give the same bytes.
        with gzip.GzipFile(fileobj=file, mode="wb", mtime=0, filename="") as packed:
            for value in values:
                packed.write(json.dumps(value, ensure_ascii=False).encode() + b"\n")
                count += 1
        file.flush()
        os.fsync(file.fileno())
    return count


def read_lines(path: Path) -> Iterator[Any]:
    """Give the values of such a list."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def write_told(path: Path, told: Snapshot) -> None:
    """Write what a snapshot says of itself."""
    with path.open("w", encoding="utf-8") as file:
        json.dump(asdict(told), file, indent=1)
        file.flush()
        os.fsync(file.fileno())


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    running = RunningHash()
    for piece in pieces_of(path):
        running.update(piece)
    return running.hexdigest()


def pieces_of(path: Path) -> Iterator[bytes]:
    """Give the bytes of a file in pieces."""
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            yield piece
