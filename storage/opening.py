"""The store that a setting names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from storage.store import UnsupportedStore

if TYPE_CHECKING:
    from storage.store import MediaStore


def open_store(url: str, *, public_endpoint: str | None = None) -> MediaStore:
    """Return the store for `file:FOLDER` or `s3://BUCKET[/PREFIX][?endpoint=URL&region=REGION]`.

    `public_endpoint` is the address of an S3 store as visitors reach it. Raises UnsupportedStore
    for another scheme, StoreUnavailable or StoreDenied when the store cannot be used.
    """
    scheme, _, rest = url.partition(":")
    # Imported late: a portal on one kind of store loads the libraries of no other.
    if scheme == "file":
        from storage.local import LocalStore

        return LocalStore(Path(rest))
    if scheme == "s3":
        from storage.s3.store import S3Store

        return S3Store(url, public_endpoint=public_endpoint)
    raise UnsupportedStore(because=scheme)
