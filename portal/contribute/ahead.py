"""Reading ahead: a whole window goes to the store while the next one comes in.

Never more than `UNSAFE_BYTES` are received and not yet durable, on their way to the store included: a
killed portal loses no more. One window is on its way at a time, and whoever leaves has waited for
it, so that nothing arrives in the store after the lease was given back.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TYPE_CHECKING, Self

from portal.contribute.windows import LARGEST_READ, WINDOW_BYTES
from storage.store import UNSAFE_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future
    from types import TracebackType

ROOM_BYTES = UNSAFE_BYTES - WINDOW_BYTES
"""What may come in while a window is on its way."""


class Ahead:
    """The windows of one PATCH on their way to `keep`, which makes one durable and notes it."""

    def __init__(self, keep: Callable[[list[bytes], bytes | None], None]) -> None:
        """Begin with nothing; a thread is started with the first whole window."""
        self._keep = keep
        self._pool = ThreadPoolExecutor(1, "window")
        self._on_its_way: Future[None] | None = None
        self._came = 0

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Wait for what is on its way; raise what became of it, unless the block itself failed."""
        del kind, at
        self._pool.shutdown()
        if error is None:
            self._await()

    def watch(self, coming: Iterator[bytes]) -> Iterator[bytes]:
        """Give what comes in; ask for more only while there is room. Raises what `keep` raised."""
        while True:
            if self._came + LARGEST_READ > ROOM_BYTES:
                self._await()
            piece = next(coming, None)
            if piece is None:
                return
            self._came += len(piece)
            yield piece

    def put(self, window: list[bytes], state: bytes | None) -> None:
        """Have a window kept: behind the reading when it is whole, else before this returns.

        `state` is that of the hash behind it: hashing goes on with the reading. The windows of a
        thin line are never whole, so it has no thread beside its own. Raises what `keep` raised,
        for this window or the one before it.
        """
        self._await()
        self._came = 0
        if sum(map(len, window)) < WINDOW_BYTES:
            self._keep(window, state)
        else:
            self._on_its_way = self._pool.submit(copy_context().run, self._keep, window, state)

    def _await(self) -> None:
        on_its_way, self._on_its_way = self._on_its_way, None
        if on_its_way is not None:
            on_its_way.result()
