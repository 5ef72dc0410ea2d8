"""PostgreSQL's own disk is full: its database lies on a small file system in memory."""

from __future__ import annotations

import os
import random
import string
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from sqlalchemy import create_engine, func, make_url, select, text

from catalog.tables.resource import Resource
from scripts.services import part, postgresql
from tests.factories.house import VALUES, House, build_house
from tests.journeys.conftest import Running, raised

if TYPE_CHECKING:
    from collections.abc import Iterator

MIB = 1024 * 1024
ROOM = 64 * MIB
MOST_GIVEN = 100
ENOUGH = 3
MOUNTED = (
    'mount -t tmpfs -o size="$1",mode=700 tmpfs "$2" && chown "$3" "$2" && shift 3 && exec "$@"'
)
"""In a name space of the server's own, which goes with it. Where nothing may be mounted the server
does not start, and the test fails with what `unshare` or `mount` said."""


@dataclass
class Scene:
    """A house whose records are on a disk that can be filled."""

    house: House
    portal: Running
    disk: Path

    def fill(self) -> None:
        room = os.statvfs(self.disk)
        with (self.disk / "filler").open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, room.f_bavail * room.f_frsize)

    def empty(self) -> None:
        (self.disk / "filler").unlink()

    def count(self) -> int:
        with self.house.services.database.reading() as session:
            return session.scalar(select(func.count()).select_from(Resource)) or 0


def on_a_small_disk(place: Path) -> list[str]:
    """Return the words before the server's own: as its user again, who is not root."""
    user = part.account("postgres")
    alone = [] if user else ["--user", "--map-root-user"]
    back = [] if user else ["unshare", "--user", f"--map-user={os.getuid()}"]
    return [
        *("unshare", *alone, "--mount", "--propagation", "private"),
        *("sh", "-c", MOUNTED, "sh", str(ROOM), str(place), user or "0"),
        *back,
    ]


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with ExitStack() as stack:
        folder = stack.enter_context(part.scratch("postgresql-small"))
        place = folder / "small"
        place.mkdir()
        server = postgresql.start(folder, before=on_a_small_disk(place))
        stack.callback(server.stop)
        url = make_url(server.settings["CARAVAN_DATABASE_URL"])
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as owner:
            owner.execute(text(f"CREATE TABLESPACE small LOCATION '{place}'"))
            owner.execute(text("CREATE DATABASE small TABLESPACE small"))
        engine.dispose()
        address = url.set(database="small").render_as_string(hide_password=False)
        house = build_house(tmp_path / "home", CARAVAN_DATABASE_URL=address)
        stack.callback(house.services.close)
        portal = raised(house, tmp_path / "home", "--no-worker", CARAVAN_DATABASE_URL=address)
        portal.start()
        stack.callback(portal.stop)
        yield Scene(house, portal, Path(f"/proc/{server.pid}/root{place}"))


def long_values(number: int) -> dict[str, object]:
    """What does not fit into the gaps of pages that there are: text that cannot be packed."""
    chance = random.Random(number)
    words = "".join(chance.choices(string.ascii_letters, k=20_000))
    return {**VALUES, "description": dict.fromkeys(("en", "fr", "es"), words)}


def test_a_full_disk_of_the_database_is_a_sentence_and_nothing_is_half_done(scene: Scene) -> None:
    portal = scene.portal
    rid = scene.house.bring_to("in_review")
    before = scene.count()
    with portal.client("contributor") as giver, portal.client("curator") as curator:

        def give(number: int) -> httpx.Response:
            return giver.post("/resources", json=long_values(number))

        assert give(0).status_code == 201
        scene.fill()
        answers: list[httpx.Response] = []
        full: list[httpx.Response] = []
        while len(full) < ENOUGH:
            assert len(answers) < MOST_GIVEN, "the disk was never full"
            answers.append(give(len(answers) + 1))
            full += [each for each in answers[-1:] if each.status_code != 201]
        for each in full:
            assert (each.status_code, each.json()["code"]) == (507, "store_full"), each.text
            assert len(each.json()["detail"]) > 20
        assert scene.count() == before + 1 + len(answers) - len(full)

        decision = curator.post(f"/resources/{rid}/decision", json={"decision": "publish"})
        state = curator.get(f"/resources/{rid}").json()["state"]
        if decision.status_code == 200:  # there may have been room in a page for it, all of it
            assert state == "published"
        else:
            assert (decision.status_code, decision.json()["code"]) == (507, "store_full")
            assert state == "in_review"
            events = curator.get(f"/resources/{rid}/events").json()["results"]
            assert not [each for each in events if each["action"] == "publish"]
        for address in ("/", "/?kind=film", "/healthz", "/readyz"):
            assert httpx.get(portal.address + address, timeout=60).status_code == 200, address

        scene.empty()
        assert give(MOST_GIVEN).status_code == 201
        if state == "in_review":
            again = curator.post(f"/resources/{rid}/decision", json={"decision": "publish"})
            assert again.json()["state"] == "published"
    assert portal.run("audit") == "The log holds.\n"
