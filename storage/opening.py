"""The store that a setting names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from storage.store import UnsupportedStore

if TYPE_CHECKING:
    from storage.store import MediaStore


def open_store(url: str) -> MediaStore:
    """Return the store for `file:FOLDER`. Raises UnsupportedStore for another scheme."""
    scheme, _, rest = url.partition(":")
    if scheme != "file":
        raise UnsupportedStore(because=scheme)
    # Imported late: a portal on one kind of store loads the libraries of no other.
    from storage.local import LocalStore

    return LocalStore(Path(rest))
