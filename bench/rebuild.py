"""A rebuild of the index against Elasticsearch's own bulk calls of the same bodies.

Run: .venv/bin/python -m bench.rebuild [--small]

It starts Elasticsearch and PostgreSQL, fills a catalogue with resources, and takes turns:
`rebuild` reads all of them, makes their documents and fills a new index, which is swapped in; `raw`
sends the very bodies that a rebuild sends, made beforehand, to a new index of the same mapping and
swaps it in. Target: half as quick as raw, at least 0.3.
"""

from __future__ import annotations

import gc
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from bench.figures import in_turn, run_of, show, show_rate, show_ratio, show_seconds, small
from bench.many import many
from scripts.services.__main__ import start_all
from search import indexer
from search.elastic.connection import Connection
from search.elastic.shelf import Shelf
from search.elastic.writing import documents_as_items, in_bodies

if TYPE_CHECKING:
    from portal.services import Services

RESOURCES, FEWER_RESOURCES = 1920, 640
ROUNDS = 3
LEAST = 0.3


def bodies_of(services: Services, ids: set[str] | None = None) -> list[bytes]:
    """Return the bodies that a rebuild sends; with `ids`, of those documents only."""
    documents = indexer.all_documents(services.database)
    wanted = (each for each in documents if ids is None or each.id in ids)
    return [
        b"".join(item.lines() for item in body.items)
        for body in in_bodies(documents_as_items(wanted))
    ]


def send_raw(connection: Connection, prefix: str, bodies: list[bytes]) -> None:
    """Fill a new index by bulk calls alone, and swap it in."""
    shelf = Shelf(connection, prefix)
    name = shelf.begin_building()
    for body in bodies:
        answer = connection.ask(
            lambda client, body=body: client.perform_request(  # type: ignore[misc]
                "POST",
                f"/{shelf.building}/_bulk",
                headers={"content-type": "application/x-ndjson", "accept": "application/json"},
                body=body,
            )
        )
        if answer["errors"]:
            raise SystemExit("the cluster did not take a raw document")
    shelf.swap(name)


def rebuild(services: Services, raw: Connection, rounds: int) -> bool:
    """Rebuild and send raw in turn; say whether the least was reached."""
    bodies = bodies_of(services)
    number = sum(body.count(b"\n") // 2 for body in bodies)
    show("resources", f"{number}, {sum(map(len, bodies)) / number / 1000:.1f} KB each in a body")
    took = in_turn(
        rounds,
        {
            "rebuild": lambda: indexer.rebuild(services.database, services.engine),
            "raw": lambda: send_raw(raw, "raw", bodies),
        },
    )
    for name, seconds in took.items():
        show_seconds(name, seconds)
        show_rate(name, seconds, number, "documents")
    ratio = show_ratio("rebuild, by raw", took["rebuild"], took["raw"], "target 0.5, at least 0.3")
    return ratio >= LEAST


def main() -> int:
    """Start the servers, fill the catalogue, measure."""
    less = small(__doc__)
    with ExitStack() as stack:
        running = start_all(("elasticsearch", "postgresql"), stack)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        environ = {name: value for each in running for name, value in each.settings.items()}
        services = many(FEWER_RESOURCES if less else RESOURCES, environ, folder / "home")
        stack.callback(services.close)
        raw = Connection(services.settings.search.url, ca_file=None, api_key=None)
        stack.callback(raw.close)
        stack.enter_context(run_of("bench.rebuild"))
        gc.freeze()  # as the commands do (portal/cli/opening.py)
        enough = rebuild(services, raw, ROUNDS)
    return 0 if enough else 1


if __name__ == "__main__":
    sys.exit(main())
