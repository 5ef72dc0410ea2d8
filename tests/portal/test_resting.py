"""The portal beside a search engine that hangs, is read-only, lost its index, or has ended.

On a real Elasticsearch of its own, since these tests stop it. They stand in one order.
"""

from __future__ import annotations

import json
import os
import signal
import time
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import pytest

from catalog import clock
from catalog.jobs import MOST_ATTEMPTS, JobKind
from catalog.states import JobState
from catalog.tables.job import Job
from portal.app import create_app
from portal.handlers import worker
from scripts.services import elasticsearch, part
from search.elastic.connection import SEARCH_SECONDS
from search.indexer import differences, look_after
from tests.factories.house import House, build_house
from tests.warming import warm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from scripts.services.part import Running

pytestmark = pytest.mark.timeout(600)
LATER = count(1)


class Cluster:
    """One node that can be stopped, held still, and begun anew at the same address."""

    def __init__(self) -> None:
        self.port = part.free_port()
        self._stack = ExitStack()
        self._running: Running | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        folder = self._stack.enter_context(part.scratch("elasticsearch"))
        self._running = elasticsearch.start(folder, port=self.port)

    def stop(self) -> None:
        if self._running is not None:
            self._running.stop()
        self._running = None

    @contextmanager
    def held_still(self) -> Iterator[None]:
        """It takes connections and answers nothing."""
        assert self._running is not None
        os.killpg(self._running.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(self._running.pid, signal.SIGCONT)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        told = Request(  # noqa: S310 - our own server
            f"{self.url}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urlopen(told, timeout=60) as answer:  # noqa: S310 - the same
            return json.load(answer)

    def close(self) -> None:
        self.stop()
        self._stack.close()


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    made = Cluster()
    try:
        made.start()
        yield made
    finally:
        made.close()


@pytest.fixture(scope="module")
def house(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    built = build_house(tmp_path_factory.mktemp("resting"), CARAVAN_SEARCH_URL=cluster.url)
    built.bring_to("published")
    catch_up(built)
    warm(built.services.engine)
    yield built
    built.services.close()


@pytest.fixture(scope="module")
def app(house: House) -> Flask:
    made = create_app(house.services.settings, house.services)
    made.config["PROPAGATE_EXCEPTIONS"] = False
    return made


def catch_up(house: House) -> None:
    """What a running worker does by itself: an hour later, since rebuilds keep a pause."""
    with clock.at(clock.now() + next(LATER) * timedelta(hours=1)):
        look_after(house.services.database, house.services.engine)
        worker(house.services).work_off()


def index_in_vain(house: House) -> None:
    """Let the index jobs fail until they are dead, as in an outage of some minutes."""
    moment = clock.now()
    for attempt in range(MOST_ATTEMPTS):
        with clock.at(moment + attempt * timedelta(minutes=15)):
            worker(house.services).work_off_kind(JobKind.INDEX)
    with house.services.database.reading() as session:
        dead = session.query(Job).where(Job.state == JobState.DEAD, Job.kind == JobKind.INDEX)
        assert dead.count() > 0


def everything_but_search_goes_on(house: House, app: Flask, number: int) -> None:
    """Pages, downloads, giving and deciding; search says that it rests and offers the catalogue."""
    client = app.test_client()
    rid = house.bring_to("published", title={"en": f"Given meanwhile {number}"})
    assert client.get(f"/resources/{rid}").status_code == 200
    files = client.get(f"/api/v1/resources/{rid}/assets").json["results"]
    taken = client.get(f"/api/v1/resources/{rid}/assets/{files[0]['id']}/content")
    assert (taken.status_code, len(taken.data)) == (200, files[0]["bytes"])

    words = client.get("/?q=magnets")
    assert (words.status_code, words.headers["Retry-After"]) == (503, "10")
    assert "Search is resting." in words.text
    assert 'href="/?kind=film"' in words.text
    assert 'href="/?subject=' in words.text

    front = client.get("/")
    assert (front.status_code, "Search is resting." in front.text) == (200, True)

    kind = client.get("/?kind=film")
    assert (kind.status_code, f"Given meanwhile {number}" in kind.text) == (200, True)
    assert "Given meanwhile" not in client.get("/?kind=exhibit").text
    # A subject stands for its narrower ones: what is given has magnetism.
    broad = client.get("/?subject=physics")
    assert (broad.status_code, f"Given meanwhile {number}" in broad.text) == (200, True)

    problem = client.get("/api/v1/resources?q=magnets")
    assert (problem.status_code, problem.json["code"]) == (503, "search_unavailable")
    assert problem.headers["Retry-After"] == "10"


def readiness(app: Flask) -> tuple[int, str, bool]:
    answer = app.test_client().get("/readyz")
    return answer.status_code, answer.json["state"], answer.json["parts"]["search"]


def titles(app: Flask, words: str) -> set[str]:
    found = app.test_client().get(f"/api/v1/resources?q={words}").json["results"]
    return {each["title"] for each in found if not each["near"]}


def test_beside_a_cluster_a_search_is_found_and_all_is_well(house: House, app: Flask) -> None:
    assert titles(app, "float") == {"Magnets float"}
    assert readiness(app) == (200, "green", True)
    assert differences(house.services.database, house.services.engine) == {}


def test_a_cluster_that_hangs_keeps_nobody_waiting(
    house: House, app: Flask, cluster: Cluster
) -> None:
    assert SEARCH_SECONDS < 2
    with cluster.held_still():
        began = time.monotonic()
        assert app.test_client().get("/?q=magnets").status_code == 503
        assert time.monotonic() - began < SEARCH_SECONDS + 0.8
        everything_but_search_goes_on(house, app, 1)
        assert readiness(app) == (200, "amber", False)
    catch_up(house)
    assert titles(app, "meanwhile") == {"Given meanwhile 1"}
    assert differences(house.services.database, house.services.engine) == {}


def test_an_index_that_is_read_only_is_searched_and_catches_up_afterwards(
    house: House, app: Flask, cluster: Cluster
) -> None:
    cluster.ask("PUT", "/caravan/_settings", {"index.blocks.read_only_allow_delete": True})
    house.bring_to("published", title={"en": "Written late"})
    assert house.services.engine.health().code == "read_only"
    assert readiness(app) == (200, "amber", False)
    assert titles(app, "float") == {"Magnets float"}
    index_in_vain(house)
    catch_up(house)
    assert titles(app, "late") == set()
    cluster.ask("PUT", "/caravan/_settings", {"index.blocks.read_only_allow_delete": None})
    catch_up(house)
    assert titles(app, "late") == {"Written late"}
    assert readiness(app) == (200, "green", True)


def test_an_index_that_was_deleted_is_built_from_the_catalogue(
    house: House, app: Flask, cluster: Cluster
) -> None:
    for name in cluster.ask("GET", "/caravan*"):
        cluster.ask("DELETE", f"/{name}")
    everything_but_search_goes_on(house, app, 2)
    # The first job makes an index of one document: known not to be whole.
    house.index()
    assert house.services.engine.health().needs_rebuild
    catch_up(house)
    assert not house.services.engine.health().needs_rebuild
    assert differences(house.services.database, house.services.engine) == {}
    assert titles(app, "meanwhile") == {"Given meanwhile 1", "Given meanwhile 2"}


def test_a_cluster_that_ended_and_came_back_empty_is_filled_by_itself(
    house: House, app: Flask, cluster: Cluster
) -> None:
    cluster.stop()
    everything_but_search_goes_on(house, app, 3)
    assert readiness(app) == (200, "amber", False)
    index_in_vain(house)
    cluster.start()
    catch_up(house)
    warm(house.services.engine)
    assert readiness(app) == (200, "green", True)
    assert differences(house.services.database, house.services.engine) == {}
    assert len(titles(app, "meanwhile")) == 3
