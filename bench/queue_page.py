"""The queue of the desk with 10^5 submissions against the same page with ten, on both databases.

Run: .venv/bin/python -m bench.queue_page [--small]      (10^3 only, SQLite only)

The same program, the app called in process, takes turns: the page with ten submissions, then of
the long queue its first page, one in the middle and its last, each reached by its key. Told are
the 95th percentiles, and their ratio to that of the page with ten; the target is 1.5 at most.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from bench.figures import in_turn, run_of, show, small
from catalog import queue
from config.logs import configure
from portal.app import create_app
from portal.moderate.waiting import told
from scripts.services.__main__ import start_all
from tests.factories.databases import Databases, databases_of
from tests.factories.house import House, build_house
from tests.factories.queue import lengthen

if TYPE_CHECKING:
    from collections.abc import Callable

LONG, LESS = 100_000, 1_000
FEW = 10
DONE = 200
ROUNDS = 200
TARGET = 1.5
HUNDREDTHS = 100
PAGE = 10


def house_of(home: Path, number: int, url: str) -> House:
    """Make a house in which so many submissions wait; PostgreSQL has counted its rows by then."""
    house = build_house(home, CARAVAN_DATABASE_URL=url)
    rid = house.bring_to("submitted")
    with house.services.database.unit_of_work() as session:
        lengthen(session, rid, number - 1)
        if session.connection().dialect.name == "postgresql":
            session.connection().exec_driver_sql("ANALYZE")
    return house


def asking(house: House, path: str) -> Callable[[], None]:
    """Return what asks for a page of the desk as a curator."""
    client = create_app(house.services.settings, house.services).test_client()
    headers = {"Authorization": f"Bearer {house.tokens['curator']}"}

    def ask() -> None:
        assert client.get(path, headers=headers).status_code == DONE

    return ask


def p95(took: list[float]) -> float:
    """Return the 95th percentile."""
    return statistics.quantiles(took, n=HUNDREDTHS)[94]


def places(house: House, number: int) -> dict[str, str]:
    """Return the addresses of the first page, of one in the middle and of the last."""
    by = house.actors["curator"]
    found = {"first": "/moderate"}
    with house.services.database.reading() as session:
        for name, page in (("middle", number // 2 // PAGE), ("last", number // PAGE - 1)):
            _total, entries = queue.waiting(session, by=by, page=page, per_page=PAGE)
            found[name] = f"/moderate?after={told(entries[-1].key)}"
    return found


def measure(name: str, number: int, databases: Databases) -> bool:
    """Print the figures of one database; say whether the target is met."""
    with tempfile.TemporaryDirectory() as folder:
        short = house_of(Path(folder) / "few", FEW, databases.empty())
        long = house_of(Path(folder) / "many", number, databases.empty())
        ways = {"ten": asking(short, "/moderate")}
        ways |= {place: asking(long, path) for place, path in places(long, number).items()}
        took = {way: p95(seconds) for way, seconds in in_turn(ROUNDS, ways).items()}
        short.services.close()
        long.services.close()
    show(f"{name}, ten: p95", f"{1000 * took['ten']:.1f} ms")
    met = True
    for way in ("first", "middle", "last"):
        ratio = took[way] / took["ten"]
        met = met and ratio <= TARGET
        show(
            f"{name}, {number}, {way} page: p95",
            f"{1000 * took[way]:.1f} ms, {ratio:.2f} times that of ten",
        )
    return met


def main() -> int:
    """Measure on SQLite, and on PostgreSQL but in the small run."""
    less = small(__doc__)
    number = LESS if less else LONG
    configure(as_json=False, level="WARNING")
    met = True
    with run_of("bench.queue_page"), ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for kind in ("sqlite",) if less else ("sqlite", "postgres"):
            found = databases_of(kind, folder / kind, lambda name: start_all((name,), stack)[0])
            met = measure(kind, number, stack.enter_context(found)) and met
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
