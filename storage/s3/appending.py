"""Writing on at an offset: what lies beyond is dropped, full parts are sent, the rest is a piece."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.s3.draft import NO_PART, Draft, covered, joined
from storage.s3.parts import LARGEST_OBJECT, part_at, part_start
from storage.store import PART_BYTES, ObjectCorrupt, StoreError, StoreFull

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from storage.s3.bucket import Bucket
    from storage.s3.draft import Part, Piece

MOST_PIECES = 16
"""With so many pieces in a part they are made one: a thin line brings one of 64 KB every 2 s."""


class Writing:
    """One who writes on and on: what he saw of the upload is not asked for again.

    Only while nobody else can write to it (`MediaStore.writer`). After a failure he looks anew.
    """

    def __init__(self, bucket: Bucket, key: str) -> None:
        """Know of nothing yet."""
        self._bucket, self._key = bucket, key
        self._known: Appending | None = None

    def append(
        self, offset: int, chunks: Iterable[bytes], *, durable: Callable[[int], None]
    ) -> int:
        """Send full parts under the final key; what is less stays a piece beside it."""
        known, self._known = self._known, None
        if known is None or known.safe != offset:
            known = Appending(Draft(self._bucket, self._key), offset)
        end = known.take(chunks, durable)
        self._known = known
        return end


class Appending:
    """The end of an unfinished object: the open part, its pieces, and what has come behind them.

    Everything up to `safe` is durable.
    """

    def __init__(self, draft: Draft, offset: int) -> None:
        """Look at what is there; raises ObjectCorrupt when it does not reach up to `offset`."""
        self._draft = draft
        self._part = part_at(offset)
        self.safe = offset
        self._beyond: tuple[list[Part], list[Piece]] | None = there(draft, offset)
        self._pieces: list[Piece] = []
        self._coming: list[memoryview] = []
        self._held = 0

    def take(self, chunks: Iterable[bytes], durable: Callable[[int], None]) -> int:
        """Take all chunks; whatever ends them but the store itself, what came becomes durable.

        What lies beyond the offset is cut off only when the first chunk is there, so that a writer
        who has lost his right meanwhile can say so in time (MediaStore.append).
        """
        try:
            for chunk in chunks:
                self._cut()
                self._feed(memoryview(chunk), durable)
        except StoreError:
            raise
        except BaseException:
            if self._beyond is None:
                self._settle(durable)
            raise
        self._cut()
        self._settle(durable)
        return self.safe

    def _cut(self) -> None:
        if self._beyond is not None:
            self._pieces = cut(self._draft, *self._beyond, self.safe)
            self._beyond = None

    def _feed(self, chunk: memoryview, durable: Callable[[int], None]) -> None:
        while chunk:
            room = part_start(self._part + 1) - self.safe - self._held
            taken = min(room, PART_BYTES - self._held, len(chunk))
            self._coming.append(chunk[:taken])
            self._held += taken
            chunk = chunk[taken:]
            if taken == room:
                self._send_part(durable)
            elif self._held == PART_BYTES:
                self._settle(durable)

    def _send_part(self, durable: Callable[[int], None]) -> None:
        """Send the open part, which is full, and open the next."""
        end = part_start(self._part + 1)
        if end > LARGEST_OBJECT:
            raise StoreFull(self._draft.key, because="an object has at most 10,000 parts")
        self._draft.send_part(self._part, self._behind(self._pieces, part_start(self._part)))
        self._part += 1
        self._pieces = []
        self._report(end, durable)

    def _settle(self, durable: Callable[[int], None]) -> None:
        """Keep what is no part yet as a piece; an object without any byte is an empty piece."""
        if not self._held and (self.safe or self._pieces):
            return
        last = len(self._pieces) >= MOST_PIECES
        merged = _small(self._pieces, PART_BYTES - self._held) if last else []
        start = merged[0].start if merged else self.safe
        piece = self._draft.write(start, self._behind(merged, start))
        self._draft.drop(merged)
        self._pieces = [*self._pieces[: len(self._pieces) - len(merged)], piece]
        self._report(piece.end, durable)

    def _behind(self, pieces: list[Piece], start: int) -> bytes:
        """Return what pieces hold from `start` on, and what has come behind them."""
        return b"".join((joined(self._draft, pieces, start, self.safe), *self._coming))

    def _report(self, offset: int, durable: Callable[[int], None]) -> None:
        self._coming.clear()
        self._held = 0
        self.safe = offset
        durable(offset)


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
            draft.drop([piece])
    # From the last: a process killed on the way leaves an unbroken row.
    for part in reversed([part for part in parts if part.full]):
        draft.send_part(part.number, NO_PART)
    return kept
