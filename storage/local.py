"""A directory as a store: a production store, with fsync where a promise is made.

unfinished/KEY grows by appends; finishing renames it to objects/KEY. Renames within one file
system are atomic (POSIX rename), and the folder is fsynced after them, so that a power cut leaves
either the old or the new (https://lwn.net/Articles/457667/).
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import stat
import tempfile
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from storage.hashing import HashingReader
from storage.keys import checked_key, is_key
from storage.store import (
    UNSAFE_BYTES,
    ByteRange,
    Listed,
    ObjectBusy,
    ObjectCorrupt,
    ObjectMissing,
    Stored,
    StoreFull,
    StoreUnavailable,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from storage.store import Append

PIECE_BYTES = 256 * 1024
SPARE_BYTES = 8 * 1024 * 1024
"""Left free for the database, which mostly lies on the same disk and must be able to note what came,
and that something was dropped to make room: twice its write-ahead log (sqlite.org/wal.html)."""
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@contextmanager
def _told(key: str) -> Iterator[None]:
    """Turn errors of the file system into the store's own."""
    try:
        yield
    except FileNotFoundError as error:
        raise ObjectMissing(key) from error
    except BlockingIOError as error:
        raise ObjectBusy(key) from error
    except OSError as error:
        if error.errno in NO_ROOM:
            raise StoreFull(key, because=str(error)) from error
        raise StoreUnavailable(key, because=str(error)) from error


class LocalStore:
    """A `MediaStore` in a folder of the local file system."""

    locks = True

    def __init__(self, root: Path) -> None:
        """Use `root`, making it when needed. Raises StoreUnavailable when it cannot be written."""
        self.root = root
        self._objects, self._unfinished = root / "objects", root / "unfinished"
        with _told(""):
            for folder in (self._objects, self._unfinished):
                folder.mkdir(parents=True, exist_ok=True)
            self._root = root.resolve(strict=True)
            # The two names, and that of the root itself, which may be new as well.
            _sync(self._root)
            with suppress(PermissionError):
                _sync(self._root.parent)

    def append(
        self, key: str, offset: int, chunks: Iterable[bytes], *, durable: Callable[[int], None]
    ) -> int:
        """Write on, durable at every part and at the end."""
        path = self._place(self._unfinished, key)
        self._demand_room(key)
        with _told(key):
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o640)
        with FileIO(descriptor, "r+b") as file:
            with _told(key):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.fstat(file.fileno()).st_size < offset:
                    raise ObjectCorrupt(key, because="offset beyond the end")
                if offset == 0:
                    # Also where the file stands already: who made it may have been killed before.
                    _sync_folders(path.parent, self._unfinished)
            return _Appending(key, file, offset, durable).take(chunks)

    def writer(self, key: str) -> Append:
        """Return `append`: a file is asked for nothing that could be remembered."""
        return partial(self.append, key)

    def unfinished_size(self, key: str) -> int:
        """Return the bytes that are there."""
        try:
            return self._place(self._unfinished, key).stat().st_size
        except FileNotFoundError:
            return 0

    def finish(self, key: str, *, size: int) -> Stored:
        """Rename the unfinished file to its final name."""
        source, target = self._place(self._unfinished, key), self._place(self._objects, key)
        with _told(key):
            try:
                self._rename(source, target, size)
            except FileNotFoundError:
                if not target.exists():
                    raise
                # Renamed by another, who may have been killed before the name was durable.
            _sync_folders(target.parent, self._objects)
        return self._sized(key, size)

    def _rename(self, source: Path, target: Path, size: int) -> None:
        with source.open("rb") as file:
            found = os.fstat(file.fileno()).st_size
            if found != size:
                raise ObjectCorrupt(source.name, because=f"{found} bytes, not {size}")
            os.fsync(file.fileno())
        target.parent.mkdir(parents=True, exist_ok=True)
        source.replace(target)
        _sync(source.parent)

    def abandon(self, key: str) -> None:
        """Drop the unfinished file."""
        with _told(key):
            self._place(self._unfinished, key).unlink(missing_ok=True)

    def put(self, key: str, source: BinaryIO) -> Stored:
        """Write beside, fsync, rename."""
        target = self._place(self._objects, key)
        self._demand_room(key)
        reader = HashingReader(source)
        with _told(key):
            target.parent.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(dir=self._unfinished, prefix="put-")
        draft = Path(name)
        try:
            # What the source itself raises goes on as it is; only our own writing is the store's.
            with os.fdopen(descriptor, "wb") as file:
                for piece in reader:
                    with _told(key):
                        file.write(piece)
                with _told(key):
                    file.flush()
                    os.fsync(file.fileno())
            with _told(key):
                draft.chmod(0o640)
                draft.replace(target)
                _sync_folders(target.parent, self._objects)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        return Stored(key, reader.size, reader.sha256)

    def read(self, key: str, span: ByteRange | None = None) -> Iterator[bytes]:
        """Open at once, then give pieces."""
        path = self._place(self._objects, key)
        with _told(key):
            file = FileIO(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb")
        return _pieces(key, file, span)

    def stat(self, key: str) -> Stored:
        """Return the size of the file."""
        with _told(key):
            found = self._place(self._objects, key).stat(follow_symlinks=False)
        if not stat.S_ISREG(found.st_mode):
            raise ObjectMissing(key)
        return Stored(key, found.st_size)

    def delete(self, key: str) -> None:
        """Drop the file."""
        with _told(key):
            self._place(self._objects, key).unlink(missing_ok=True)

    def keys(self, prefix: str = "") -> Iterator[Listed]:
        """Walk both folders; leftovers of `put` show as unfinished, so that a sweep drops them.

        What has no name of ours is none of ours, and is left alone.
        """
        for folder, finished in ((self._objects, True), (self._unfinished, False)):
            for path in folder.rglob("*"):
                key = path.relative_to(folder).as_posix()
                try:
                    found = path.stat(follow_symlinks=False)
                except FileNotFoundError:
                    continue
                if stat.S_ISREG(found.st_mode) and key.startswith(prefix) and is_key(key):
                    modified = datetime.fromtimestamp(found.st_mtime, UTC)
                    yield Listed(key, found.st_size, modified, finished)

    def path(self, key: str) -> Path:
        """Return the file itself."""
        self.stat(key)
        return self._place(self._objects, key)

    def link(self, key: str, *, media_type: str, disposition: str) -> str | None:
        """Return None: a folder answers nobody."""
        del key, media_type, disposition
        return None

    def free_bytes(self) -> int:
        """Ask the file system."""
        with _told(""):
            return shutil.disk_usage(self.root).free

    def _demand_room(self, key: str) -> None:
        if self.free_bytes() < SPARE_BYTES:
            raise StoreFull(key, because=f"less than {SPARE_BYTES} bytes are left")

    def _sized(self, key: str, size: int) -> Stored:
        found = self.stat(key)
        if found.size != size:
            raise ObjectCorrupt(key, because=f"{found.size} bytes, not {size}")
        return found

    def _place(self, folder: Path, key: str) -> Path:
        """Return the path of a key; a key that is none of ours has no place."""
        try:
            path = folder / checked_key(key)
        except ValueError as error:
            raise ObjectMissing(key, because="not a key") from error
        if not path.parent.resolve().is_relative_to(self._root):
            raise ObjectMissing(key, because="outside the store")
        return path


class _Appending:
    """One append under way: how far it is written, and how far that is durable."""

    def __init__(self, key: str, file: FileIO, offset: int, durable: Callable[[int], None]) -> None:
        self._key, self._file = key, file
        self._durable = durable
        self._written = self._safe = offset

    def take(self, chunks: Iterable[bytes]) -> int:
        """Write all chunks; whatever happens, report what has become durable.

        What lies beyond the offset is cut off only when the first chunk is there, so that a writer
        who has lost his right meanwhile can say so in time (MediaStore.append).
        """
        cut = False
        try:
            for chunk in chunks:
                with _told(self._key):
                    cut = cut or self._cut()
                    self._write(chunk)
                if self._written - self._safe >= UNSAFE_BYTES:
                    self._settle()
        except StoreFull:
            self._settle(best_effort=True)
            raise
        except BaseException:
            self._settle()
            raise
        if not cut:
            with _told(self._key):
                self._cut()
        self._settle()
        return self._safe

    def _cut(self) -> bool:
        """Drop what lies beyond the offset and stand there."""
        self._file.truncate(self._safe)
        self._file.seek(self._safe)
        return True

    def _write(self, chunk: bytes) -> None:
        view = memoryview(chunk)
        while view:
            count = self._file.write(view)
            self._written += count
            view = view[count:]

    def _settle(self, *, best_effort: bool = False) -> None:
        """Make what is written durable and say so."""
        if self._written == self._safe:
            return
        try:
            with _told(self._key):
                os.fsync(self._file.fileno())
        except StoreFull:
            if best_effort:
                return
            raise
        self._safe = self._written
        self._durable(self._safe)


def _pieces(key: str, file: FileIO, span: ByteRange | None) -> Iterator[bytes]:
    with file:
        left = -1
        if span is not None:
            file.seek(span.start)
            left = span.end - span.start
        while left:
            wanted = PIECE_BYTES if left < 0 else min(PIECE_BYTES, left)
            with _told(key):
                piece = file.read(wanted)
            if not piece:
                if left > 0:
                    raise ObjectCorrupt(key, because="the file ends too early")
                return
            left -= len(piece) if left > 0 else 0
            yield piece


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_folders(folder: Path, top: Path) -> None:
    """Make a name durable: its folder and those above it up to `top`, which may be new too."""
    while True:
        _sync(folder)
        if folder == top:
            return
        folder = folder.parent
