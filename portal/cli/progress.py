"""Progress of long commands: a bar on a terminal, a line now and then elsewhere, both on stderr.

Ctrl-C during the work ends it with a sentence that says what is safe and how to go on.
"""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

EVERY_SECONDS = 10.0
"""Between the lines where there is no terminal, as in the log of a timer; quick work says nothing."""
INTERRUPTED = 130
"""What a shell says of a program that Ctrl-C ended: 128 and the number of the signal."""


class Interrupted(click.ClickException):
    """Ctrl-C, with the sentence that says what is safe."""

    exit_code = INTERRUPTED

    def show(self, file: object = None) -> None:
        """Say it, and not that it was an error."""
        del file
        click.echo(self.message, err=True)


@contextmanager
def bar(words: str, *, safe: str = "") -> Iterator[Callable[[int, int], None]]:
    """Give a function that takes how much is done and how much there is.

    `safe` is said on Ctrl-C: what stands, and how to go on. Raises Interrupted then.
    """
    try:
        if Console(stderr=True).is_terminal:
            with _drawn(words) as draw:
                yield draw
        else:
            yield _Lines(words).tell
    except KeyboardInterrupt:
        if not safe:
            raise
        message = f"Stopped. {safe}"
        raise Interrupted(message) from None


@contextmanager
def _drawn(words: str) -> Iterator[Callable[[int, int], None]]:
    console = Console(stderr=True)
    columns = (TextColumn(words), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    # Only where both are one terminal may lines for stdout be led past the bar, through stderr.
    past = sys.stdout.isatty()
    with Progress(*columns, console=console, redirect_stdout=past) as progress:
        task = progress.add_task(words, total=None)

        def draw(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        yield draw


class _Lines:
    """Tells every ten seconds how far it is."""

    def __init__(self, words: str) -> None:
        self._words, self._told_at = words, time.monotonic()

    def tell(self, done: int, total: int) -> None:
        """Write a line if it is time."""
        now = time.monotonic()
        if now - self._told_at >= EVERY_SECONDS:
            self._told_at = now
            click.echo(f"{self._words}: {done} of {total}", err=True)
