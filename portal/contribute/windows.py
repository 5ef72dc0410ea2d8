"""What a line brings, in pieces that suit its speed, gathered into windows to be made durable.

A window is at most 5 MiB or two seconds, so that a killed portal loses little more, and the wait for
a slow line holds neither the store nor the database.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, BinaryIO

from werkzeug.exceptions import ClientDisconnected

from storage.store import PART_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

WINDOW_SECONDS = 2.0
WINDOW_BYTES = PART_BYTES
"""Less than a killed portal may lose (`UNSAFE_BYTES`): the rest may be on its way in."""
SMALLEST_READ = 8 * 1024
LARGEST_READ = 1024 * 1024
QUICK_SECONDS = 0.05
"""A read that takes less than this is doubled, one that takes longer is halved."""


def pieces(stream: BinaryIO, most: int, *, at: int = 0) -> Iterator[bytes]:
    """Give what the line brings, up to `most` bytes. A broken line ends it like the body's end.

    `at` is where in the file it begins; no piece reaches over the end of a window.
    """
    size = SMALLEST_READ
    while most > 0:
        began = time.monotonic()
        try:
            piece = stream.read(min(size, most, WINDOW_BYTES - at % WINDOW_BYTES))
        except (OSError, ClientDisconnected):
            return
        if not piece:
            return
        most -= len(piece)
        at += len(piece)
        quick = time.monotonic() - began < QUICK_SECONDS
        size = min(size * 2, LARGEST_READ) if quick else max(size // 2, SMALLEST_READ)
        yield piece


def windows(coming: Iterator[bytes], *, at: int = 0) -> Iterator[list[bytes]]:
    """Gather pieces into windows; those of a quick line end at a multiple of their size.

    So a window is a part of the store, and its bytes are sent once. Where a window lies across two
    parts, the store keeps pieces beside the parts and sends those bytes twice.
    """
    window: list[bytes] = []
    began = time.monotonic()
    for piece in coming:
        window.append(piece)
        at += len(piece)
        if at % WINDOW_BYTES == 0 or time.monotonic() - began > WINDOW_SECONDS:
            yield window
            window, began = [], time.monotonic()
    if window:
        yield window
