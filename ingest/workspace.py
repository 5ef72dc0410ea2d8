"""One file's private folder: what is made of it stands here until the store has it, then vanishes."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.sandbox import Finished, Limits, ToolFailed, run
from ingest.verdict import Faulty

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


LEAST_FREE = 16 * 1024 * 1024
"""Bytes: with less left on the disk, a failure is the disk's."""
PREFIX = "caravan-"
STALE_SECONDS = 24 * 3600
"""What a killed worker left behind is dropped when nothing in it was touched for this long."""


def _nowhere(share: float) -> None:
    """Take progress for nobody."""


@dataclass(frozen=True)
class Workspace:
    """A file to look at, `source`, and a folder to write in. Programs see nothing else."""

    source: Path
    folder: Path
    progress: Callable[[float], None] = field(default=_nowhere)
    least_free: int = LEAST_FREE

    def run(
        self,
        argv: Sequence[str],
        *,
        limits: Limits | None = None,
        watch: Callable[[], None] | None = None,
    ) -> Finished:
        """Run a program over the file. Raises ToolFailed, ToolTimedOut, ToolExceeded.

        Raises OSError where the disk is full or there is no such program: then the file is not to
        blame.
        """
        try:
            return run(argv, limits=limits, reads=(self.source,), writes=self.folder, watch=watch)
        except ToolFailed:
            self._check_room()
            raise

    def call(self, task: str, *, limits: Limits | None = None, **arguments: Any) -> Any:  # noqa: ANN401 - JSON
        """Run a decoder of ours, `module:function`, in a child, and return its JSON result.

        Raises Faulty when the file is at fault: by the decoder's word, by time, or by its crash;
        OSError where the disk is full or the decoder lacks something on this machine.
        """
        try:
            finished = run(
                [sys.executable, "-I", "-m", "ingest.child", task],
                limits=limits,
                reads=(self.source,),
                writes=self.folder,
                stdin=json.dumps(arguments).encode(),
            )
        except ToolFailed as error:
            self._check_room()
            raise Faulty(error.code, because=error.stderr[-300:]) from error
        answer = json.loads(finished.stdout)
        if "unable" in answer:
            raise OSError(errno.ENOPKG, answer["unable"])
        if "fault" in answer:
            self._check_room()
            raise Faulty(answer["fault"], **answer["facts"])
        return answer["result"]

    def _check_room(self) -> None:
        if shutil.disk_usage(self.folder).free < self.least_free:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.folder))

    def file(self, name: str) -> Path:
        """Return a path in the folder."""
        return self.folder / name


@contextmanager
def workspace(
    source: Path,
    *,
    parent: Path | None = None,
    progress: Callable[[float], None] = _nowhere,
) -> Iterator[Workspace]:
    """Make a private folder for one file, and drop it with all that is left in it."""
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent)).resolve()
    try:
        yield Workspace(source.resolve(), folder, progress)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def drop_stale(parent: Path, *, older_than: float = STALE_SECONDS) -> int:
    """Drop the folders of workers that were killed; return how many."""
    before, dropped = time.time() - older_than, 0
    for folder in parent.glob(f"{PREFIX}*"):
        with contextlib.suppress(FileNotFoundError):
            touched = max(each.lstat().st_mtime for each in (folder, *folder.rglob("*")))
            if touched < before:
                shutil.rmtree(folder, ignore_errors=True)
                dropped += 1
    return dropped
