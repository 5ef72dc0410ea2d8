"""Progress bars of long commands, on a terminal; elsewhere nothing is drawn."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def bar(words: str) -> Iterator[Callable[[int, int], None]]:
    """Give a function that takes how much is done and how much there is; it draws on stderr."""
    console = Console(stderr=True)
    columns = (TextColumn(words), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    # Only where both are one terminal may lines for stdout be led past the bar, through stderr.
    past = sys.stdout.isatty()
    shown = console.is_terminal
    with Progress(*columns, console=console, disable=not shown, redirect_stdout=past) as progress:
        task = progress.add_task(words, total=None)

        def draw(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        yield draw
