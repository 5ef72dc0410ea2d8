"""A disk that loses its power: of what the system calls did, it keeps only what was fsynced.

POSIX promises no more: bytes of a file are kept by fsync of the file, a name by fsync of its
folder. `Forgetful` stands over the calls of storage/local.py, lets all of them through, and notes
what a power cut would leave. `cut(to)` then writes that state to a new folder. It is stricter than
any file system: each name of the way must have been made durable by its own folder.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest


class Forgetful:
    """What of a folder is durable: bytes by inode, names by the inode of their folder."""

    def __init__(self, root: Path, patch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.bytes: dict[int, bytes] = {}
        self.names: dict[int, dict[str, tuple[int, bool]]] = {}
        self._held: list[int] = []
        self._fsync = os.fsync
        patch.setattr(os, "fsync", self.fsync)
        descriptor = os.open(root, os.O_RDONLY)
        self.top = os.fstat(descriptor).st_ino
        os.close(descriptor)

    def fsync(self, descriptor: Any) -> None:
        """Note what this call makes durable; the folder's names with what they point at now."""
        number = descriptor if isinstance(descriptor, int) else descriptor.fileno()
        link = Path(f"/proc/self/fd/{number}")
        path = link.readlink()
        # Held open, so that no other file gets the number of one that is gone; opened anew, since
        # a copy of the descriptor would share its lock.
        self._held.append(os.open(link, os.O_RDONLY))
        inode = os.fstat(number).st_ino
        if path.is_dir():
            self.names[inode] = {
                each.name: (each.inode(), each.is_dir()) for each in os.scandir(path)
            }
        else:
            self.bytes[inode] = path.read_bytes()
        self._fsync(number)

    def cut(self, to: Path) -> Path:
        """Write what a power cut would leave now to the folder `to`."""
        shutil.rmtree(to, ignore_errors=True)
        self._restore(self.top, to)
        return to

    def close(self) -> None:
        """Let go of what was held."""
        for number in self._held:
            os.close(number)

    def _restore(self, inode: int, to: Path) -> None:
        to.mkdir()
        for name, (number, is_folder) in self.names.get(inode, {}).items():
            if is_folder:
                self._restore(number, to / name)
            else:
                # Of a file whose name is durable and whose bytes are not, nothing is left.
                (to / name).write_bytes(self.bytes.get(number, b""))
