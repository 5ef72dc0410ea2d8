"""The contract of search engines, run against each of them: the real servers included."""

from __future__ import annotations

import secrets
import shutil
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

import pytest

from scripts.services import elasticsearch, part
from search.opening import open_engine
from tests.contracts.engine_contract import MANY, EngineContract
from tests.contracts.engine_late_contract import LateContract
from tests.journeys.beside import forget_indexes
from tests.warming import warm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from scripts.services.part import Running
    from search.engine import SearchEngine
    from tests.contracts.engine_contract import Fresh, Open

NEWER_JAVA = elasticsearch.java_home(elasticsearch.LEAST_JAVA[9])
ENGINES = ["embedded", "elastic", *(["elastic9"] if NEWER_JAVA else [])]
"""The second leg on a server of the next major version runs where a JDK for it is found."""


@pytest.fixture(scope="module")
def newer() -> Iterator[Callable[[], Running]]:
    """Start the newer server when it is first asked for."""
    with ExitStack() as stack:
        started: list[Running] = []

        def start() -> Running:
            if not started:
                folder = stack.enter_context(part.scratch("elasticsearch9"))
                started.append(elasticsearch.start(folder, version=elasticsearch.NEWER))
                stack.callback(started[0].stop)
            return started[0]

        yield start


@pytest.fixture(scope="module", params=ENGINES)
def fresh(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    real: Callable[[str], Running],
    newer: Callable[[], Running],
) -> Fresh:
    """A new index at each call."""
    if request.param == "embedded":
        return lambda: _embedded(tmp_path_factory.mktemp("embedded"))
    server = real("elasticsearch") if request.param == "elastic" else newer()
    url, run = server.settings["CARAVAN_SEARCH_URL"], secrets.token_hex(4)
    first = open_engine(url, tmp_path_factory.getbasetemp(), index=f"t-{run}-warm")
    first.write(MANY[:50])
    warm(first)
    numbers = iter(range(10_000))
    return lambda: _elastic(url, f"t-{run}-{next(numbers)}", tmp_path_factory.getbasetemp())


@pytest.fixture
def examples(request: pytest.FixtureRequest) -> int:
    """A history takes a tenth of a second in this process, and some seconds on a cluster."""
    return 15 if request.node.callspec.params["fresh"] == "embedded" else 3


@pytest.fixture
def lose() -> Callable[[Open], None]:
    """Delete an index with all its names, as somebody might by mistake."""

    def delete(opened: partial[SearchEngine]) -> None:
        url, home = opened.args
        if url == "embedded:":
            shutil.rmtree(home)
        else:
            forget_indexes(url, opened.keywords["index"])

    return delete  # type: ignore[return-value]


def _embedded(home: Path) -> Open:
    return partial(open_engine, "embedded:", home)


def _elastic(url: str, index: str, home: Path) -> Open:
    return partial(open_engine, url, home, index=index)


@pytest.fixture(scope="module")
def full(fresh: Fresh) -> SearchEngine:
    """An index of 2,000 documents that no test changes."""
    engine = fresh()()
    engine.rebuild(MANY)
    return engine


class TestEngine(EngineContract):
    """Every engine behind the seam."""


class TestLate(LateContract):
    """What comes late, twice and together."""
