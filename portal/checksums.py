"""Checksums that a giver sends along: of one part of an upload, or of the whole file."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from catalog.errors import CatalogError

MOST_CHECKED = 64 * 1024 * 1024
"""Bytes of a PATCH with `Upload-Checksum`, which counts whole or not at all (CONTRACT)."""


class ChecksumMismatch(CatalogError):
    """What came is not what its checksum says: of one PATCH (460) or of the whole file (422)."""


@dataclass(frozen=True)
class Checksum:
    """The value of `Upload-Checksum`: an algorithm of hashlib, and the digest."""

    algorithm: str
    digest: bytes

    @classmethod
    def read(cls, header: str) -> Checksum | None:
        """Read the header; None when it is none, or of an algorithm we do not know."""
        algorithm, _, value = header.partition(" ")
        if algorithm not in ("sha1", "sha256", "md5"):
            return None
        try:
            found = cls(algorithm, base64.b64decode(value, validate=True))
        except ValueError:
            return None
        return found if len(found.digest) == found.begin().digest_size else None

    def begin(self) -> hashlib._Hash:
        """Return a hash of this algorithm, to be fed and held against `digest`."""
        return hashlib.new(self.algorithm, usedforsecurity=False)
