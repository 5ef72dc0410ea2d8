"""One file's private folder: what is made of it stands here until the store has it, then vanishes."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.sandbox import Finished, Limits, ToolFailed, ToolTimedOut, run
from ingest.verdict import Faulty

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


def _nowhere(share: float) -> None:
    """Take progress for nobody."""


@dataclass(frozen=True)
class Workspace:
    """A file to look at, `source`, and a folder to write in. Programs see nothing else."""

    source: Path
    folder: Path
    progress: Callable[[float], None] = field(default=_nowhere)

    def run(
        self,
        argv: Sequence[str],
        *,
        limits: Limits | None = None,
        watch: Callable[[], None] | None = None,
    ) -> Finished:
        """Run a program over the file. Raises ToolFailed, ToolTimedOut."""
        return run(argv, limits=limits, reads=(self.source,), writes=self.folder, watch=watch)

    def call(self, task: str, *, limits: Limits | None = None, **arguments: Any) -> Any:  # noqa: ANN401 - JSON
        """Run a decoder of ours, `module:function`, in a child, and return its JSON result.

        Raises Faulty when the file is at fault: by the decoder's word, by time, or by its crash.
        """
        try:
            finished = run(
                [sys.executable, "-I", "-m", "ingest.child", task],
                limits=limits,
                reads=(self.source,),
                writes=self.folder,
                stdin=json.dumps(arguments).encode(),
            )
        except ToolTimedOut as error:
            raise Faulty("timed_out") from error
        except ToolFailed as error:
            raise Faulty("damaged", because=error.stderr[-300:]) from error
        answer = json.loads(finished.stdout)
        if "fault" in answer:
            raise Faulty(answer["fault"], **answer["facts"])
        return answer["result"]

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
    folder = Path(tempfile.mkdtemp(prefix="caravan-", dir=parent)).resolve()
    try:
        yield Workspace(source.resolve(), folder, progress)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
