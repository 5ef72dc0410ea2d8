"""SHA-256 that runs along with an upload and can be put down and taken up by another process.

hashlib cannot save its state. libcrypto's SHA256_CTX is a plain structure of 112 bytes (FIPS 180-4:
eight words of state, a 64-bit length, a block of 64 bytes, two counters); we copy it. The functions
are deprecated in OpenSSL 3 but kept; a self test at import says whether they do what they did.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import hashlib
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator

CONTEXT_BYTES = 112


def _load() -> ctypes.CDLL | None:
    names = (ctypes.util.find_library("crypto"), "libcrypto.so.3", "libcrypto.so.1.1")
    for name in names:
        if not name:
            continue
        try:
            library = ctypes.CDLL(name)
            library.SHA256_Update.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t)
        except (OSError, AttributeError):
            continue
        return library
    return None


_library = _load()


class RunningHash:
    """A SHA-256 under way. `state()` is None where it cannot be saved."""

    def __init__(self) -> None:
        """Begin at the empty string."""
        self._context = ctypes.create_string_buffer(CONTEXT_BYTES) if _library else None
        self._fallback = None if _library else hashlib.sha256()
        if _library:
            _library.SHA256_Init(self._context)

    @classmethod
    def resume(cls, state: bytes) -> RunningHash:
        """Go on from a saved state. Raises ValueError when it is not one."""
        if _library is None or len(state) != CONTEXT_BYTES:
            message = "not a saved SHA-256 state"
            raise ValueError(message)
        found = cls()
        found._context = ctypes.create_string_buffer(state, CONTEXT_BYTES)
        return found

    def update(self, piece: bytes) -> None:
        """Add bytes."""
        if _library:
            _library.SHA256_Update(self._context, piece, len(piece))
        elif self._fallback is not None:
            self._fallback.update(piece)

    def state(self) -> bytes | None:
        """Return what `resume` takes."""
        return self._context.raw if self._context is not None else None

    def hexdigest(self) -> str:
        """Return the hash of what was added so far; more may follow."""
        if self._fallback is not None:
            return self._fallback.hexdigest()
        assert _library is not None
        assert self._context is not None
        copy = ctypes.create_string_buffer(self._context.raw, CONTEXT_BYTES)
        digest = ctypes.create_string_buffer(32)
        _library.SHA256_Final(digest, copy)
        return digest.raw.hex()


def _self_test() -> bool:
    """Put down a hash in mid-block, take it up, and hold it against hashlib."""
    first, second = b"caravan" * 31, b"museum" * 1009
    try:
        begun = RunningHash()
        begun.update(first)
        state = begun.state()
        if state is None:
            return True
        again = RunningHash.resume(state)
        again.update(second)
        return again.hexdigest() == hashlib.sha256(first + second).hexdigest()
    except (OSError, ValueError):
        return False


if not _self_test():
    _library = None


class HashingReader:
    """A stream that counts and hashes while it is read."""

    def __init__(self, source: BinaryIO, piece_bytes: int = 1024 * 1024) -> None:
        """Read `source` in pieces of `piece_bytes`."""
        self._source, self._piece_bytes = source, piece_bytes
        self._hash = hashlib.sha256()
        self.size = 0

    def __iter__(self) -> Iterator[bytes]:
        """Give the pieces."""
        while piece := self._source.read(self._piece_bytes):
            self._hash.update(piece)
            self.size += len(piece)
            yield piece

    @property
    def sha256(self) -> str:
        """Return the hash of what was read so far, in hexadecimal."""
        return self._hash.hexdigest()
