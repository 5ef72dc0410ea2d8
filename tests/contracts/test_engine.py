"""The contract of search engines, run against each of them: the real servers included."""

from __future__ import annotations

import resource
import secrets
import shutil
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING

import httpx
import pytest

from scripts.services import elasticsearch, part
from search.elastic import writing
from search.opening import open_engine
from tests.contracts.engine_contract import MANY, EngineContract
from tests.contracts.engine_fault_contract import Breakable, FaultContract
from tests.contracts.engine_late_contract import LateContract
from tests.factories.wire import Wire
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


@pytest.fixture
def breakable(fresh: Fresh, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Breakable]:
    """An index that can be stopped, and closed to writes."""
    opened = fresh()
    assert isinstance(opened, partial)
    url, home = opened.args
    if url == "embedded:":
        yield Breakable(opened, partial(_unreadable, home / "search"), _no_byte_more)
        return
    monkeypatch.setattr(writing, "_FIRST_PAUSE", 0.02)
    index = opened.keywords["index"]
    wire = Wire(int(url.rpartition(":")[2]))
    over = _elastic(f"http://127.0.0.1:{wire.port}", index, tmp_path)
    yield Breakable(over, partial(_refusing, wire), partial(_blocked, url, index))
    wire.close()


@contextmanager
def _unreadable(root: Path) -> Iterator[None]:
    """Have what names the index be no file: that root cannot read either."""
    named, kept = root / "current", root.parent / "kept"
    named.rename(kept)
    named.mkdir()
    yield
    named.rmdir()
    kept.rename(named)


@contextmanager
def _no_byte_more() -> Iterator[None]:
    """Let this process write into no file: a limit that binds root too (setrlimit(2))."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def _refusing(wire: Wire) -> Iterator[None]:
    wire.refuse()
    yield
    wire.well()


@contextmanager
def _blocked(url: str, index: str) -> Iterator[None]:
    def block(value: bool | None) -> None:
        asked = {"index.blocks.write": value}
        httpx.put(f"{url}/{index}/_settings", json=asked, timeout=60).raise_for_status()

    block(True)
    yield
    block(None)


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


class TestFaults(FaultContract):
    """What befalls an engine while it is asked."""
