"""Engines on the real cluster, each under a name of its own."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import pytest

from search.elastic.index import ElasticEngine
from tests.contracts.engine_documents import titled
from tests.warming import warm

if TYPE_CHECKING:
    from collections.abc import Callable

    from scripts.services.part import Running


_WARM: set[str] = set()


class Place:
    """A name on the cluster; each opening stands for another process."""

    def __init__(self, url: str) -> None:
        self.url, self.prefix = url, f"own-{secrets.token_hex(4)}"

    def open(self) -> ElasticEngine:
        return ElasticEngine(self.url, self.prefix)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        told = Request(  # noqa: S310 - our own server
            f"{self.url}/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urlopen(told, timeout=60) as answer:  # noqa: S310 - the same
            return json.load(answer)

    def indexes(self) -> set[str]:
        return set(self.ask("GET", f"{self.prefix}*"))


@pytest.fixture
def place(real: Callable[[str], Running]) -> Place:
    server = real("elasticsearch")
    url = server.settings["CARAVAN_SEARCH_URL"]
    if url not in _WARM:
        _WARM.add(url)
        first = Place(url).open()
        first.write([titled("a", "Magnets in motion")])
        warm(first)
    return Place(url)
