"""A node that has just started takes longer for its first searches than a search may take."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from search.engine import EngineUnavailable
from tests.contracts.engine_documents import ask

if TYPE_CHECKING:
    from search.engine import SearchEngine

_TRIES = 40


def warm(engine: SearchEngine) -> None:
    """Search with all kinds of clauses until three searches are answered one after the other."""
    answered = 0
    for _ in range(_TRIES):
        try:
            engine.search(ask("nowhere magnetsim", filters={"kind": ("film",)}))
            engine.search(ask('magnets "in motion" mag* -water'))
            engine.suggest("mag", "en")
            answered += 1
        except EngineUnavailable:
            answered = 0
            time.sleep(0.2)
        if answered == 3:
            return
