"""The seam to stored bytes: what every store promises, whatever it is made of.

StoreError
├── ObjectMissing       there is nothing finished under the key
├── ObjectCorrupt       what is there is not what was promised
├── ObjectBusy          another writer has the unfinished object
├── StoreUnavailable    the store does not answer; trying again may help
├── StoreDenied         the store is there and will not have us: credentials, rights, a missing bucket
├── StoreFull           no room left; what was durable before stays so
└── UnsupportedStore    this program cannot open such a store

An object is either unfinished (an upload that goes on) or finished (readable, never changed).
Nothing half-written is ever readable.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

UNSAFE_BYTES = 8 * 1024 * 1024
"""At most this much is received and not yet durable, and lost with a killed portal."""

PART_BYTES = 5 * 1024 * 1024
"""An append that ends at a multiple of this costs a store least: S3 takes no smaller part."""

LINK_SECONDS = 15 * 60
"""How long an address that the store itself answers can be begun to be fetched."""


class StoreError(Exception):
    """A refusal of a store, with a stable code and the key it is about."""

    code = "store_error"

    def __init__(self, key: str = "", *, because: str = "") -> None:
        super().__init__(f"{self.code} {key} {because}".strip())
        self.key = key
        self.because = because


class ObjectMissing(StoreError):
    """There is nothing finished under the key."""

    code = "object_missing"


class ObjectCorrupt(StoreError):
    """What is there is not what was promised: another size, or bytes gone."""

    code = "object_corrupt"


class ObjectBusy(StoreError):
    """Another writer has the unfinished object right now."""

    code = "object_busy"


class StoreUnavailable(StoreError):
    """The store does not answer or fails; trying again may help."""

    code = "store_unavailable"


class StoreDenied(StoreError):
    """The store is there and will not have us. Its code says why, and an operator has to act.

    `store_denied`: no credentials, wrong ones, or too few rights; `bucket_missing`: no such bucket;
    `store_refused`: anything else that trying again does not mend.
    """

    def __init__(self, code: str, key: str = "", *, because: str = "") -> None:
        self.code = code
        super().__init__(key, because=because)


class StoreFull(StoreError):
    """There is no room left. What was reported durable stays."""

    code = "store_full"


class UnsupportedStore(StoreError):
    """This program cannot open such a store."""

    code = "unsupported_store"


@dataclass(frozen=True)
class Stored:
    """A finished object; `size` in bytes, `sha256` in hexadecimal where the store has computed it."""

    key: str
    size: int
    sha256: str | None = None


@dataclass(frozen=True)
class Listed:
    """An object as a sweep sees it."""

    key: str
    size: int
    modified: datetime
    finished: bool


@dataclass(frozen=True)
class ByteRange:
    """Bytes from `start` up to but not including `end`."""

    start: int
    end: int


class Append(Protocol):
    """`MediaStore.append` to one key."""

    def __call__(
        self, offset: int, chunks: Iterable[bytes], *, durable: Callable[[int], None]
    ) -> int:
        """Write on from `offset`; return the durable offset."""


class MediaStore(Protocol):
    """Bytes in, bytes out, by key. One writer at a time for an unfinished object is the catalogue's
    promise (a lease per upload); a store refuses a second one with ObjectBusy where it can see it.
    """

    locks: bool
    """Whether a writer has an object locked while he writes, and no longer than he lives. Without
    that, what he had sent may still arrive when another writes already."""

    def append(
        self, key: str, offset: int, chunks: Iterable[bytes], *, durable: Callable[[int], None]
    ) -> int:
        """Write an unfinished object from `offset` on, dropping what lies beyond it.

        `offset` is one that was reported, or any since the last part that was reported: a store
        whose parts cannot be read back refuses another with ObjectCorrupt.

        At most every `UNSAFE_BYTES`, and at the end, the bytes are made durable and `durable` is
        called with the new offset, which is also returned. When `chunks` raises, what came before
        is made durable and reported, and the exception goes on. `chunks` are asked for only once
        the object is held against others, and nothing is changed before the first of them: so a
        writer can look once more whether the object is still his to write (receiving.py).

        Raises ObjectCorrupt when `offset` lies beyond what is there, StoreFull, StoreUnavailable,
        ObjectBusy.
        """

    def writer(self, key: str) -> Append:
        """Return `append` for one who writes to an unfinished object again and again.

        What it saw there the last time is not asked for again. So it is for one who knows at each
        append that nobody else has written since: by a lease (receiving.py). After a failure it
        looks anew.
        """

    def unfinished_size(self, key: str) -> int:
        """Return how many bytes of an unfinished object are there; 0 when there is none."""

    def finish(self, key: str, *, size: int) -> Stored:
        """Make an unfinished object of `size` bytes readable, durably. Doing so twice is fine.

        Raises ObjectCorrupt when it has another size, ObjectMissing when there is none.
        """

    def abandon(self, key: str) -> None:
        """Drop an unfinished object, if there is one."""

    def put(self, key: str, source: BinaryIO) -> Stored:
        """Store a whole object at once, durably, over what is there. Raises as `append`."""

    def read(self, key: str, span: ByteRange | None = None) -> Iterator[bytes]:
        """Give the bytes of a finished object in pieces.

        Raises ObjectMissing and StoreUnavailable when called, not at the first piece.
        """

    def stat(self, key: str) -> Stored:
        """Return what is known of a finished object. Raises ObjectMissing."""

    def delete(self, key: str) -> None:
        """Drop a finished object, if there is one."""

    def keys(self, prefix: str = "") -> Iterator[Listed]:
        """Give all objects whose key begins with `prefix`, in no order, for sweeps."""

    def path(self, key: str) -> Path | None:
        """Return a local file that holds a finished object, where there is one. Raises ObjectMissing."""

    def link(self, key: str, *, media_type: str, disposition: str) -> str | None:
        """Return an address of the store itself from which anyone may fetch a finished object for
        `LINK_SECONDS`, told the type and Content-Disposition given here; None where there is none.

        A secret while it lives: it is never logged. Whether the object exists is not asked.
        """

    def free_bytes(self) -> int | None:
        """Return the room that is left, None where that cannot be known.

        Asks the store, once and not for long. Raises StoreUnavailable, StoreDenied.
        """
