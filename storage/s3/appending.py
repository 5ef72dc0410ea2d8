"""Writing on at an offset: what lies beyond is dropped, full parts are sent, the rest is a piece."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.s3.draft import NO_PART, covered, joined
from storage.s3.parts import LARGEST_OBJECT, part_at, part_start
from storage.store import PART_BYTES, ObjectCorrupt, StoreError, StoreFull

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from storage.s3.draft import Draft, Part, Piece

MOST_PIECES = 16
"""With so many pieces in a part they are made one: a thin line brings one of 64 KB every 2 s."""


class Appending:
    """One append under way: the open part, its pieces, and what has come behind them."""

    def __init__(self, draft: Draft, offset: int, durable: Callable[[int], None]) -> None:
        """Look at what is there; raises ObjectCorrupt when it does not reach up to `offset`."""
        self._draft, self._durable = draft, durable
        self._part = part_at(offset)
        self._safe = offset
        self._there = there(draft, offset)
        self._pieces: list[Piece] = []
        self._buffer = bytearray()

    def take(self, chunks: Iterable[bytes]) -> int:
        """Take all chunks; whatever ends them but the store itself, what came becomes durable.

        What lies beyond the offset is cut off only when the first chunk is there, so that a writer
        who has lost his right meanwhile can say so in time (MediaStore.append).
        """
        cut = False
        try:
            for chunk in chunks:
                cut = cut or self._cut()
                self._feed(memoryview(chunk))
        except StoreError:
            raise
        except BaseException:
            if cut:
                self._settle()
            raise
        if not cut:
            self._cut()
        self._settle()
        return self._safe

    def _cut(self) -> bool:
        self._pieces = cut(self._draft, *self._there, self._safe)
        return True

    def _feed(self, chunk: memoryview) -> None:
        while chunk:
            room = part_start(self._part + 1) - self._safe - len(self._buffer)
            taken = min(room, PART_BYTES - len(self._buffer), len(chunk))
            self._buffer += chunk[:taken]
            chunk = chunk[taken:]
            if taken == room:
                self._send_part()
            elif len(self._buffer) == PART_BYTES:
                self._settle()

    def _send_part(self) -> None:
        """Send the open part, which is full, and open the next."""
        end = part_start(self._part + 1)
        if end > LARGEST_OBJECT:
            raise StoreFull(self._draft.key, because="an object has at most 10,000 parts")
        before = joined(self._draft, self._pieces, part_start(self._part), self._safe)
        self._draft.send_part(self._part, b"".join((before, self._buffer)))
        self._part += 1
        self._pieces = []
        self._report(end)

    def _settle(self) -> None:
        """Keep what is no part yet as a piece; an object without any byte is an empty piece."""
        if not self._buffer and (self._safe or self._pieces):
            return
        last = len(self._pieces) >= MOST_PIECES
        merged = _small(self._pieces, PART_BYTES - len(self._buffer)) if last else []
        start = merged[0].start if merged else self._safe
        before = joined(self._draft, merged, start, self._safe)
        piece = self._draft.write(start, b"".join((before, self._buffer)))
        self._draft.drop(merged[1:])
        self._pieces = [*self._pieces[: len(self._pieces) - len(merged)], piece]
        self._report(piece.end)

    def _report(self, offset: int) -> None:
        self._buffer.clear()
        self._safe = offset
        self._durable(offset)


def _small(pieces: list[Piece], most: int) -> list[Piece]:
    """Return the last pieces that hold at most `most` bytes together."""
    found: list[Piece] = []
    for piece in reversed(pieces):
        most -= piece.size
        if most < 0:
            break
        found.insert(0, piece)
    return found


def there(draft: Draft, offset: int) -> tuple[list[Part], list[Piece]]:
    """Return the parts and pieces from the open part on.

    Raises ObjectCorrupt when the bytes before `offset` are not there, or are in a part that cannot
    be read back.
    """
    number = part_at(offset)
    parts = draft.parts(after=max(number - 2, 0))
    if number > 1 and not any(part.number == number - 1 and part.full for part in parts):
        raise ObjectCorrupt(draft.key, because="offset beyond the end")
    start = part_start(number)
    pieces = draft.pieces(since=start)
    if covered(pieces, start) < offset:
        raise ObjectCorrupt(draft.key, because="offset beyond the end, or never reported")
    return [part for part in parts if part.number >= number], pieces


def cut(draft: Draft, parts: list[Part], pieces: list[Piece], offset: int) -> list[Piece]:
    """Drop what lies beyond `offset`; return the pieces of the open part up to it."""
    draft.drop([piece for piece in pieces if piece.start >= offset])
    kept = []
    for piece in pieces:
        if piece.end <= offset and piece.start < offset:
            kept.append(piece)
        elif piece.start < offset:
            content = draft.read(piece)[: offset - piece.start]
            kept.append(draft.write(piece.start, content))
    # From the last: a process killed on the way leaves an unbroken row.
    for part in reversed([part for part in parts if part.full]):
        draft.send_part(part.number, NO_PART)
    return kept
