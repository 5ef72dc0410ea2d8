"""A search page on Elasticsearch against the identical raw request, at 10^4 and at 10^5 resources.

Run: .venv/bin/python -m bench.search_page [--small | --large]      (10^4; small 10^3, large 10^5)

It starts Elasticsearch and PostgreSQL, fills catalogue and index, serves the portal, and takes
turns for each of a few searches:

page by HTTP       a whole page, asked by http.client on a line that is kept
page in process    the same without the line and without gunicorn (the app is called)
engine             what the page asks of `search/engine`: requests, answers, hits
raw by client      the bodies of those requests, sent by the same Elasticsearch client
raw by HTTP        the same bodies, sent by http.client on a line that is kept, the answer read

A search that finds little asks up to three times; the raw way sends as many.
"""

from __future__ import annotations

import argparse
import http.client
import json
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from bench.figures import in_turn, run_of, show, show_ratio, show_seconds
from bench.many import many
from bench.serving import serving
from config.logs import configure
from portal.app import create_app
from scripts.services.__main__ import start_all
from search import indexer
from search.elastic import reading
from search.elastic.compile import request
from search.elastic.connection import Connection
from search.elastic.shelf import Shelf
from search.stages import Answer, Step, find, planned

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from portal.services import Services
    from search.engine import Query, Results, SearchEngine

SIZE, SMALL_SIZE, LARGE_SIZE = 10_000, 1_000, 100_000
"""The large one takes a quarter of an hour to make, and is not among what `make bench` runs."""
ROUNDS = 20
SEARCHES = (
    {"q": "magnetism"},
    {"q": "solar system gravity"},
    {"q": "маятники", "kind": "film"},
    {"q": "磁学", "sort": "newest"},
    {"kind": "exhibit", "country": "UZ"},
    {"q": "eclipses telescopes 1234"},
)


def bodies_of(connection: Connection, alias: str, query: Query) -> list[dict[str, Any]]:
    """Return the bodies of the requests that a search makes."""
    found: list[dict[str, Any]] = []

    def ask(step: Step) -> Answer:
        found.append(request(step))
        return reading.answer(connection, alias, step, seconds=60)

    find(ask, planned(query), query)
    return found


def by_http(port: int) -> Callable[[str, str, bytes | None], bytes]:
    """Return what asks on one line that is kept, and reads the whole answer."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(method: str, path: str, body: bytes | None) -> bytes:
        headers = {} if body is None else {"Content-Type": "application/json"}
        line.request(method, path, body=body, headers=headers)
        answer = line.getresponse()
        content = answer.read()
        if answer.status != http.client.OK:
            raise SystemExit(f"{path} answered {answer.status}")
        return content

    return ask


class Listening:
    """An engine that keeps the last query it was asked."""

    def __init__(self, engine: SearchEngine) -> None:
        """Ask `engine` on behalf of others."""
        self._engine = engine
        self.query: Query | None = None

    def search(self, query: Query) -> Results:
        """Pass the query on."""
        self.query = query
        return self._engine.search(query)

    def __getattr__(self, name: str) -> object:
        """Leave everything else to the engine."""
        return getattr(self._engine, name)


def one(services: Services, app: FlaskClient, listening: Listening, port: int, asked: str) -> None:
    """Measure one search in every way and print it."""
    first = app.get(asked)
    query = listening.query
    if first.status_code != http.client.OK or query is None:
        raise SystemExit(f"{asked} answered {first.status_code}")
    settings = services.settings.search
    connection = Connection(settings.url, ca_file=None, api_key=None)
    alias = Shelf(connection, settings.index).alias
    bodies = bodies_of(connection, alias, query)
    sent = [json.dumps(body).encode() for body in bodies]
    portal, cluster = by_http(port), by_http(urlsplit(settings.url).port or 9200)
    raw_path = f"/{alias}/_search?request_cache=false&allow_partial_search_results=false"

    def by_client() -> None:
        for body in bodies:
            connection.ask(
                lambda client, body=body: client.search(  # type: ignore[misc]
                    index=alias, body=body, allow_partial_search_results=False, request_cache=False
                )
            )

    took = in_turn(
        ROUNDS,
        {
            "page by HTTP": lambda: portal("GET", asked, None),
            "raw by HTTP": lambda: [cluster("POST", raw_path, body) for body in sent],
            "page in process": lambda: app.get(asked).data,
            "raw by client": by_client,
            "engine": lambda: services.engine.search(query),
        },
    )
    total = services.engine.search(query).total
    show(f"## {asked}", f"{total} found, {len(bodies)} requests, {len(first.data) / 1000:.0f} KB")
    for name, seconds in took.items():
        show_seconds(name, seconds)
    show_ratio("raw by HTTP / page by HTTP", took["page by HTTP"], took["raw by HTTP"], "1 is raw")
    show_ratio("raw by client / engine", took["engine"], took["raw by client"], "1 is raw")
    connection.close()


def measure(number: int, environ: dict[str, str], home: Path) -> None:
    """Fill, serve, and measure every search at one size."""
    began = time.monotonic()
    services = many(number, environ, home)
    made = time.monotonic()
    indexer.rebuild(services.database, services.engine)
    print(
        f"{number} resources: made in {made - began:.0f} s, indexed in {time.monotonic() - made:.0f} s"
    )
    listening = Listening(services.engine)
    app = create_app(services.settings, replace(services, engine=listening))  # type: ignore[arg-type]
    with (
        app.test_client() as client,
        serving(home, environ) as portal,
        run_of(f"bench.search_page, {number} resources"),
    ):
        for asked in SEARCHES:
            one(services, client, listening, portal.port, f"/?{urlencode(asked)}")
    services.close()


def main() -> int:
    """Measure at one size, in a database and an index of its own."""
    reader = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    for word in ("small", "large"):
        reader.add_argument(f"--{word}", action="store_true")
    asked = reader.parse_args()
    number = SMALL_SIZE if asked.small else LARGE_SIZE if asked.large else SIZE
    configure(as_json=False, level="WARNING")
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        running = start_all(("elasticsearch", "postgresql"), stack)
        environ = {name: value for each in running for name, value in each.settings.items()}
        measure(
            number, {**environ, "CARAVAN_SEARCHES_PER_MINUTE": "1000000"}, Path(folder) / "home"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
