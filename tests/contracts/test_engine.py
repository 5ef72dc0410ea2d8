"""The contract of search engines, run against each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from search.opening import open_engine
from tests.contracts.engine_contract import MANY, EngineContract

if TYPE_CHECKING:
    from search.engine import SearchEngine
    from tests.contracts.engine_contract import Fresh, Open


@pytest.fixture(scope="module", params=["embedded"])
def fresh(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Fresh:
    """A new index at each call."""

    def new() -> Open:
        home = tmp_path_factory.mktemp(request.param)
        return lambda: open_engine("embedded:", home)

    return new


@pytest.fixture(scope="module")
def full(fresh: Fresh) -> SearchEngine:
    """An index of 2,000 documents that no test changes."""
    engine = fresh()()
    engine.rebuild(MANY)
    return engine


class TestEngine(EngineContract):
    """Every engine behind the seam."""
