"""A rebuild of the index and a bulk import, against Elasticsearch's own bulk calls of the same bodies.

Run: .venv/bin/python -m bench.rebuild [--small]

It starts Elasticsearch and PostgreSQL, fills a catalogue with resources, and takes turns:
`rebuild` reads all of them, makes their documents and fills a new index, which is swapped in; `raw`
sends the very bodies that a rebuild sends, made beforehand, to a new index of the same mapping and
swaps it in. Target: half as quick as raw, at least 0.3.

Then lists of lines without files are imported and published (`caravan import --publish`, each line
with its log), their index jobs are worked off, and the same documents are sent raw in bodies of as
many, list by list. Import and indexing are told apart: most of an import is no indexing.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from bench.figures import in_turn, run_of, show, show_rate, show_ratio, show_seconds, small
from bench.many import Words, many
from catalog import people
from catalog.jobs import JobKind
from catalog.uploads import Limits
from ingest.bulk import Importer
from portal.handlers import worker
from scripts.services.__main__ import start_all
from search import indexer
from search.elastic.connection import Connection
from search.elastic.shelf import Shelf
from search.elastic.writing import documents_as_items, in_bodies

if TYPE_CHECKING:
    from portal.services import Services

RESOURCES, FEWER_RESOURCES = 1920, 640
LINES, FEWER_LINES = 500, 100
ROUNDS = 3
LEAST = 0.3


def bodies_of(services: Services, ids: set[str] | None = None) -> list[bytes]:
    """Return the bodies that a rebuild sends; with `ids`, of those documents only."""
    documents = indexer.all_documents(services.database)
    wanted = (each for each in documents if ids is None or each.id in ids)
    return [
        b"".join(item.lines() for item in body) for body in in_bodies(documents_as_items(wanted))
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


def bring_in(services: Services, raw: Connection, number: int, folder: Path) -> bool:
    """Import lists, index them, and send the same documents raw; say whether the least was reached."""
    with services.database.reading() as session:
        person = people.person_by_email(session, "curator@example.org")
        curator = people.actor_of(session, person.id) if person else None
    if curator is None:
        raise SystemExit("the house has no curator")
    limits = Limits(services.settings.limits.max_upload_bytes, None)
    importer = Importer(services.database, services.store, curator, "lanzhou", True, limits)  # noqa: FBT003
    words = Words()
    took: dict[str, list[float]] = {"import": [], "index jobs": [], "raw": []}
    for round_number in range(ROUNDS):
        listed = folder / f"{round_number}.jsonl"
        lines = (_line(words, round_number * number + line) for line in range(number))
        listed.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        for name, seconds in _one_list(services, raw, importer, listed, number).items():
            took[name].append(seconds)
    for name, seconds in took.items():
        show_rate(f"{name}, lists of {number} lines", seconds, number, "lines")
    ratio = show_ratio("index jobs, by raw", took["index jobs"], took["raw"], "at least 0.3")
    both = [sum(pair) for pair in zip(took["import"], took["index jobs"], strict=True)]
    show_ratio("import with its index jobs, by raw", both, took["raw"], "for comparison")
    return ratio >= LEAST


def _one_list(
    services: Services, raw: Connection, importer: Importer, listed: Path, number: int
) -> dict[str, float]:
    """Return the seconds that each of the three took."""
    began = time.perf_counter()
    ids = {outcome.id for outcome in importer.run(listed) if outcome.id}
    imported = time.perf_counter()
    done = worker(services).work_off(JobKind.INDEX)
    indexed = time.perf_counter()
    if len(ids) != number or done < number:
        raise SystemExit(f"{len(ids)} lines of {number} came in, {done} were indexed")
    bodies = bodies_of(services, ids)
    again = time.perf_counter()
    send_raw(raw, "raw", bodies)
    sent = time.perf_counter() - again
    return {"import": imported - began, "index jobs": indexed - imported, "raw": sent}


def _line(words: Words, number: int) -> dict[str, object]:
    return {
        "source_id": f"bench-{number}",
        "kind": "activity",
        "title": {tag: words.some(tag, number, 40) for tag in ("en", "ru")},
        "summary": {"en": words.some("en", number, 120)},
        "language": "en",
        "licence": "CC-BY-4.0",
        "uses": ["show", "copy"],
        "subjects": ["magnetism"],
        "access": "open",
    }


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
        enough = rebuild(services, raw, ROUNDS)
        enough &= bring_in(services, raw, FEWER_LINES if less else LINES, folder)
    return 0 if enough else 1


if __name__ == "__main__":
    sys.exit(main())
