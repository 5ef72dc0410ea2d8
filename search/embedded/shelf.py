"""The folders of the index: one that answers, at times one being built, and a pointer between.

<root>/current                  the pointer: folder and whether it was built whole, swapped at once
<root>/<fingerprint>-<number>/  an index of one schema; a changed schema begins another
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import tantivy

from search.embedded.schema import SCHEMA, fingerprint
from search.engine import EngineUnavailable

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Pointer:
    """Which folder answers, and whether a rebuild has filled it from the whole catalogue."""

    folder: str
    complete: bool

    @property
    def fits(self) -> bool:
        """Whether it is of the schema that this program writes."""
        return self.folder.startswith(f"{fingerprint()}-")


class Shelf:
    """The folders below `root`. Opened indexes are kept until the pointer moves on."""

    def __init__(self, root: Path) -> None:
        """Know the folder; nothing is read or made yet."""
        self._root = root
        self._opened: tuple[str, tantivy.Index] | None = None

    def pointer(self) -> Pointer | None:
        """Return where the pointer points now, or None where nothing was ever written."""
        try:
            told = json.loads((self._root / "current").read_text(encoding="utf-8"))
            return Pointer(told["folder"], told["complete"])
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise EngineUnavailable("damaged") from error

    def current(self) -> tantivy.Index | None:
        """Return the index that answers; see `in_use`."""
        used = self.in_use()
        return None if used is None else used[0]

    def in_use(self) -> tuple[tantivy.Index, bool] | None:
        """Return the index that answers, at its last commit, and whether it was built whole.

        None where there is none yet. Raises `EngineUnavailable` (`outdated` when it is of another
        schema, `damaged`).
        """
        pointer = self.pointer()
        if pointer is None:
            return None
        if not pointer.fits:
            raise EngineUnavailable("outdated")
        try:
            return self._open(pointer.folder), pointer.complete
        except (OSError, ValueError) as error:
            # A rebuild may have swapped and swept between the pointer and the files: look again.
            self._opened = None
            latest = self.pointer()
            if latest is None or latest == pointer:
                raise EngineUnavailable("damaged") from error
            return self.in_use()

    def current_or_new(self) -> tantivy.Index:
        """Return the index that answers, or begin one, not known to be complete."""
        pointer = self.pointer()
        if pointer is None or not pointer.fits:
            folder, index = self.begin()
            self.point_to(Pointer(folder, complete=False))
            return index
        current = self.current()
        if current is None:
            raise EngineUnavailable("damaged")
        return current

    def begin(self) -> tuple[str, tantivy.Index]:
        """Make an empty index in a folder of its own and return both."""
        folder = f"{fingerprint()}-{secrets.token_hex(4)}"
        place = self._root / folder
        try:
            place.mkdir(parents=True)
            return folder, tantivy.Index(SCHEMA, path=str(place))
        except (OSError, ValueError) as error:
            raise EngineUnavailable("unwritable") from error

    def point_to(self, pointer: Pointer) -> None:
        """Swap: readers in every process see the new folder at their next search."""
        unfinished = self._root / f"current.{secrets.token_hex(4)}"
        try:
            with unfinished.open("w", encoding="utf-8") as file:
                json.dump({"folder": pointer.folder, "complete": pointer.complete}, file)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(self._root / "current")
        except OSError as error:
            raise EngineUnavailable("unwritable") from error

    def sweep(self, keep: set[str]) -> None:
        """Delete every folder but `keep`. Files that a reader has mapped stay for that reader."""
        for place in self._root.iterdir():
            if place.is_dir() and place.name not in keep:
                shutil.rmtree(place, ignore_errors=True)

    def _open(self, folder: str) -> tantivy.Index:
        opened = self._opened
        if opened is None or opened[0] != folder:
            opened = (folder, tantivy.Index.open(str(self._root / folder)))
            self._opened = opened
        opened[1].reload()
        return opened[1]
