"""A bulk import until all of it is found, against Elasticsearch's own bulk calls of the same documents.

Run: .venv/bin/python -m bench.bulk_import [--small]

It starts Elasticsearch and PostgreSQL. Lists of lines without files are imported and published
(`caravan import --publish`, each line with its log), some alone, and then their index jobs alone, which
tells where the time goes. Then in turn: a list while a worker, a program of its own, works off the index
jobs, as it is in use; and the documents of that list sent raw, in the bodies that a rebuild makes. What
counts is the list with the worker, from the first line read to the last resource found. Target: half as
quick as raw, at least 0.3.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bench.figures import run_of, show_rate, show_ratio, small
from bench.many import SEEDS, Words, many
from bench.rebuild import LEAST, bodies_of, send_raw
from bench.serving import ROOT
from catalog import jobs, people
from catalog.jobs import JobKind
from catalog.uploads import Limits
from ingest.bulk import Importer
from portal.handlers import worker
from scripts.services.__main__ import start_all
from search import indexer
from search.elastic.connection import Connection

if TYPE_CHECKING:
    from portal.services import Services

LINES, FEWER_LINES = 5000, 300
ROUNDS = 3
LOOK_SECONDS = 0.05
ALONE, JOBS, BESIDE, RAW = "import alone", "index jobs alone", "import, found", "raw"


class Lists:
    """Lists of lines that were never there before, and who brings them in."""

    def __init__(self, services: Services, folder: Path) -> None:
        """Bring in as the curator of a house of `bench.many`."""
        with services.database.reading() as session:
            person = people.person_by_email(session, "curator@example.org")
            curator = people.actor_of(session, person.id) if person else None
        if curator is None:
            raise SystemExit("the house has no curator")
        limits = Limits(services.settings.limits.max_upload_bytes, None)
        self._importer = Importer(
            services.database,
            services.store,
            curator,
            "lanzhou",
            publish=True,
            limits=limits,
        )
        self._folder, self._words, self._lines = folder, Words(), 0

    def written(self, number: int) -> Path:
        """Write a list of so many lines."""
        listed = self._folder / f"{self._lines}.jsonl"
        lines = (_line(self._words, self._lines + line) for line in range(number))
        listed.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        self._lines += number
        return listed

    def bring_in(self, listed: Path) -> set[str]:
        """Import a list; return the ids of the resources."""
        return {outcome.id for outcome in self._importer.run(listed) if outcome.id}


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


def apart(services: Services, lists: Lists, number: int) -> dict[str, float]:
    """Import a list, and index it; return the seconds of each."""
    listed = lists.written(number)
    began = time.perf_counter()
    lists.bring_in(listed)
    imported = time.perf_counter()
    worker(services).work_off(JobKind.INDEX)
    return {ALONE: imported - began, JOBS: time.perf_counter() - imported}


def together(services: Services, raw: Connection, lists: Lists, number: int) -> dict[str, float]:
    """Import a list while the worker indexes, and send the same documents raw; return the seconds."""
    listed = lists.written(number)
    began = time.perf_counter()
    ids = lists.bring_in(listed)
    _all_found(services)
    found = time.perf_counter()
    if len(ids) != number:
        raise SystemExit(f"{len(ids)} lines of {number} came in")
    bodies = bodies_of(services, ids)
    bare = time.perf_counter()
    send_raw(raw, "raw", bodies)
    return {BESIDE: found - began, RAW: time.perf_counter() - bare}


def rounds_of(way: Callable[[], dict[str, float]]) -> dict[str, list[float]]:
    """Go so many rounds of a way, after one that does not count; return the seconds of each."""
    rounds = [way() for _ in range(ROUNDS + 1)][1:]
    return {name: [each[name] for each in rounds] for name in rounds[0]}


@contextmanager
def working(environ: Mapping[str, str]) -> Iterator[None]:
    """Let a worker of the real program work until the block ends."""
    process = subprocess.Popen(
        [sys.executable, "-m", "portal.cli", "worker"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environ},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(60)


def _all_found(services: Services) -> None:
    """Wait until no index job is left."""
    while True:
        with services.database.reading() as session:
            if not jobs.waiting_count(session, JobKind.INDEX):
                return
        time.sleep(LOOK_SECONDS)


def main() -> int:
    """Start the servers, measure."""
    number = FEWER_LINES if small(__doc__) else LINES
    with ExitStack() as stack:
        running = start_all(("elasticsearch", "postgresql"), stack)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        home = folder / "home"
        environ = {name: value for each in running for name, value in each.settings.items()}
        services = many(SEEDS, environ, home)
        stack.callback(services.close)
        indexer.rebuild(services.database, services.engine)
        raw = Connection(services.settings.search.url, ca_file=None, api_key=None)
        stack.callback(raw.close)
        stack.enter_context(run_of(f"bench.bulk_import, lists of {number} lines"))
        lists = Lists(services, folder)
        environ["CARAVAN_HOME"] = str(home)
        gc.freeze()  # as the commands do (portal/cli/opening.py)
        took = rounds_of(lambda: apart(services, lists, number))
        with working(environ):
            took |= rounds_of(lambda: together(services, raw, lists, number))
        for name, seconds in took.items():
            show_rate(name, seconds, number, "lines")
        ratio = show_ratio(
            "import until all is found, by raw", took[BESIDE], took[RAW], "target 0.5, at least 0.3"
        )
    return 0 if ratio >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
