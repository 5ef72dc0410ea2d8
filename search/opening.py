"""The one place where a search engine is chosen, by the address in the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from search.engine import SearchEngine


def open_engine(
    url: str,
    home: Path,
    *,
    index: str = "caravan",
    ca_file: Path | None = None,
    api_key: str | None = None,
) -> SearchEngine:
    """Return the engine for `url`; nothing is connected yet.

    `embedded:` keeps its index in the folder `search` of `home`. An http or https address is that
    of an Elasticsearch cluster, where the names of all indexes begin with `index`. Raises ValueError
    for an address that names no engine, EngineRefused for a certificate file that is none.
    """
    if url == "embedded:":
        # Imported here, so that a portal on another engine does not load tantivy.
        from search.embedded.index import EmbeddedEngine

        return EmbeddedEngine(home / "search")
    if url.startswith(("http://", "https://")):
        # Imported here for the same reason.
        from search.elastic.index import ElasticEngine

        return ElasticEngine(url, index, ca_file=ca_file, api_key=api_key)
    raise ValueError(url)
