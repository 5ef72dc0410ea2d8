"""The one place where a search engine is chosen, by the address in the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from search.engine import SearchEngine


def open_engine(url: str, home: Path) -> SearchEngine:
    """Return the engine for `url`: `embedded:` keeps its index in the folder `search` of `home`.

    Raises ValueError for an address that names no engine.
    """
    if url == "embedded:":
        # Imported here, so that a portal on another engine does not load tantivy.
        from search.embedded.index import EmbeddedEngine

        return EmbeddedEngine(home / "search")
    raise ValueError(url)
