"""A finished object on its way out: a line that breaks is taken up again, and never passes for the
end.
"""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Any

from storage.s3.refusals import BROKEN, ConditionFailed, told
from storage.store import ObjectCorrupt, StoreUnavailable

if TYPE_CHECKING:
    from storage.s3.bucket import Bucket
    from storage.store import ByteRange

PIECE_BYTES = 256 * 1024
BREAKS = 3
"""A line that breaks so often within one object is no line."""
PAUSE_SECONDS = 0.3


class Reading:
    """The bytes of an object, in pieces. `close` gives the connection back."""

    def __init__(self, bucket: Bucket, key: str, span: ByteRange | None) -> None:
        """Open it. Raises ObjectMissing, ObjectCorrupt when it ends before `span`, and as `told`."""
        self._bucket, self._key = bucket, key
        self._at = span.start if span else 0
        self._end: int | None = span.end if span else None
        self._etag = ""
        self._breaks = 0
        self._body: Any = None
        self._open()

    def __iter__(self) -> Reading:
        """Give itself."""
        return self

    def __next__(self) -> bytes:
        """Return the next piece. Raises StoreUnavailable when the line breaks again and again."""
        while self._at < (self._end or 0):
            try:
                piece: bytes = self._body.read(PIECE_BYTES)
            except BROKEN as error:
                self._again(type(error).__name__)
                continue
            if not piece:
                self._again("the answer ended too early")
                continue
            self._at += len(piece)
            return piece
        self.close()
        raise StopIteration

    def close(self) -> None:
        """Let go of the connection."""
        if self._body is not None:
            self._body.close()

    def _open(self) -> None:
        asked: dict[str, Any] = {"Bucket": self._bucket.name, "Key": self._bucket.place(self._key)}
        if self._at or self._end is not None:
            end = "" if self._end is None else self._end - 1
            asked["Range"] = f"bytes={self._at}-{end}"
        if self._etag:
            asked["IfMatch"] = self._etag
        with told(self._key):
            answer = self._bucket.client.get_object(**asked)
        self._body, self._etag = answer["Body"], answer["ETag"]
        length = answer["ContentLength"]
        if self._end is None:
            self._end = self._at + length
        if length != self._end - self._at:
            self.close()
            raise ObjectCorrupt(self._key, because="the object ends too early")

    def _again(self, because: str) -> None:
        """Ask for the rest, if it is still the same object."""
        self.close()
        self._breaks += 1
        if self._breaks > BREAKS:
            raise StoreUnavailable(self._key, because=because)
        time.sleep(random.uniform(0.5, 1.5) * PAUSE_SECONDS * self._breaks)  # noqa: S311 - chance
        try:
            self._open()
        except ConditionFailed as error:
            raise ObjectCorrupt(self._key, because="changed while it was read") from error
