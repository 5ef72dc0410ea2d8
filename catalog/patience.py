"""A connection to PostgreSQL that gives up a server which says nothing.

A server that has frozen, or a line that swallows what is sent, ends no connection: without a limit
of our own a request would wait for good, and the pool be full of such. The kernel's own limits
(keepalives, `tcp_user_timeout`) notice a host that is gone, but none that still takes bytes.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import psycopg

if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import TypeVar

    T = TypeVar("T")

SILENT_SECONDS = 45
"""How long a statement may bring no word. Longer than it may wait for a lock (30 s)."""
PING_SECONDS = 5
"""How long the question may take whether a pooled connection is still good."""


class Patient(psycopg.Connection[Any]):
    """Closes itself and raises OperationalError when the server has been silent too long."""

    def wait(self, gen: Generator[Any, Any, T], *more: Any, **named: Any) -> T:  # noqa: ANN401 - as psycopg's
        """Wait as psycopg does, which looks up every tenth of a second, but not for good.

        Only the pool's question is asked without a transaction; every unit of work has one.
        """
        seconds = PING_SECONDS if self.autocommit else SILENT_SECONDS
        try:
            return super().wait(_while_it_speaks(gen, seconds), *more, **named)
        except SilentError:
            self.pgconn.finish()
            raise


class SilentError(psycopg.OperationalError):
    """Nothing came from the server for too long."""


def _while_it_speaks(gen: Generator[Any, Any, T], seconds: float) -> Generator[Any, Any, T]:
    """Hand on what psycopg asks of the socket; `ready` is nothing where only time has passed."""
    heard, ready = time.monotonic(), None
    while True:
        try:
            asked = gen.send(ready)
        except StopIteration as done:
            value: T = done.value
            return value
        ready = yield asked
        if ready:
            heard = time.monotonic()
        elif time.monotonic() - heard > seconds:
            gen.close()
            raise SilentError(f"the server has said nothing for {seconds} s")
