"""What every search engine must do while it cannot be asked, or cannot be written.

An index that is deleted: engine_late_contract.py. Slowness is of a cluster alone
(tests/search/elastic, tests/journeys/test_faults_search.py): between the embedded engine and its
files there is nothing that could take its time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from search.engine import EngineUnavailable
from tests.contracts.engine_documents import ask, titled

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from search.engine import SearchEngine


@dataclass(frozen=True)
class Breakable:
    """An index of its own, and what can befall it while a block runs.

    `stopped`: nobody answers, or the files cannot be read. `read_only`: what is there can be read,
    and nothing can be written.
    """

    opened: Callable[[], SearchEngine]
    stopped: Callable[[], AbstractContextManager[None]]
    read_only: Callable[[], AbstractContextManager[None]]


def writes(engine: SearchEngine) -> tuple[Callable[[], Any], ...]:
    """All that changes an index."""
    return (
        lambda: engine.write([titled("late", "Magnets")]),
        lambda: engine.write([titled("late", "Magnets")], ended={"a": 7}),
        lambda: engine.remove(["a"], 7),
        lambda: engine.rebuild([titled("new", "Magnets")]),
    )


def refused(acts: tuple[Callable[[], Any], ...]) -> set[str]:
    """Each act is refused as something that may be tried again; return the codes."""
    codes = set()
    for number, act in enumerate(acts):
        with pytest.raises(EngineUnavailable) as told:
            pytest.fail(f"act {number} gave {act()!r}")
        codes.add(told.value.code)
    return codes


class FaultContract:
    """A subclass gives `breakable`."""

    def test_an_engine_that_is_away_says_so_at_every_call_and_is_afterwards_as_before(
        self, breakable: Breakable
    ) -> None:
        engine, other = breakable.opened(), breakable.opened()
        engine.rebuild([titled("a", "Magnets"), titled("b", "Water")])
        reads: tuple[Callable[[], Any], ...] = (
            lambda: engine.search(ask("magnets")),
            lambda: engine.suggest("mag", "en"),
            engine.versions,
        )
        with breakable.stopped():
            assert "" not in refused((*reads, *writes(engine)))
            for each in (engine, other, breakable.opened()):
                assert not each.health().ok
        for each in (engine, other):
            assert (each.health().ok, each.health().documents) == (True, 2)
            assert not each.health().needs_rebuild
            assert each.versions() == {"a": 1, "b": 1}
            found = each.search(ask("magnets"))
            assert ([hit.id for hit in found.hits], found.known) == (["a"], True)
        # What was refused may be brought again.
        assert engine.write([titled("late", "Magnets")]) == 1
        assert engine.rebuild([titled("a", "Magnets"), titled("late", "Magnets")]) == 2
        assert other.versions() == {"a": 1, "late": 1}

    def test_what_cannot_be_written_is_searched_as_before_and_written_again_afterwards(
        self, breakable: Breakable
    ) -> None:
        engine, other = breakable.opened(), breakable.opened()
        engine.rebuild([titled("a", "Magnets"), titled("b", "Water")])
        with breakable.read_only():
            assert "" not in refused(writes(engine)[:3])
            for each in (engine, other):
                found = each.search(ask("magnets"))
                assert ([hit.id for hit in found.hits], found.known) == (["a"], True)
                assert [told.text for told in each.suggest("mag", "en")] == ["Magnets"]
                assert each.versions() == {"a": 1, "b": 1}
                assert each.health().documents == 2
        assert engine.health().ok
        assert engine.write([titled("late", "Magnets")], ended={"a": 2}) == 1
        assert other.versions() == {"b": 1, "late": 1}
