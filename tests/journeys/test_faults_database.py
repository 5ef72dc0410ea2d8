"""The line to PostgreSQL cut in mid-transaction, and the database away, beside a portal and a worker."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from sqlalchemy import func, make_url, select

from catalog import ledger
from catalog.jobs import JobKind
from catalog.tables.event import Event
from catalog.tables.job import Job
from catalog.tables.resource import Resource, Version
from tests.factories.databases import databases_of
from tests.factories.house import VALUES, House
from tests.factories.wire import Trouble, Wire
from tests.journeys.axe import COLOURS, EVERYTHING, ask, findings
from tests.journeys.beside import MAIN, worker
from tests.journeys.browsing import Visit
from tests.journeys.conftest import Running, raised, until
from tests.journeys.furnished import Sight
from tests.journeys.lines import TUS, begin, patch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

    from scripts.services.part import Running as Server


HASTY = (
    "from datetime import timedelta; import catalog.patience, catalog.writers;"
    "catalog.patience.PING_SECONDS = 1; catalog.patience.SILENT_SECONDS = 6;"
    f"catalog.writers.LEASE = timedelta(seconds=3); {MAIN}"
)
"""A portal whose leases of uploads end after 3 seconds, where they last 15 elsewhere; it gives up a
silent database after 6, where it takes 45."""
LONG_SECONDS = 40
"""Ample for what takes seven: a question, and one connection anew."""
PLACES = (0.02, 0.2, 0.4, 0.6, 0.8, 0.97, 0.999)
"""Where in the talk of a whole request its line is cut."""


@dataclass
class Scene:
    """A portal whose way to the database can be broken; `house` has one that cannot."""

    house: House
    portal: Running
    wire: Wire

    def count(self, table: Any, *where: Any) -> int:
        with self.house.services.database.reading() as session:
            return session.scalar(select(func.count()).select_from(table).where(*where)) or 0


@pytest.fixture(scope="module")
def scene(
    real: Callable[[str], Server], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("faults")
    with (
        databases_of("postgres", folder / "databases", real) as databases,
        databases.house(folder / "home") as house,
    ):
        url = make_url(house.services.settings.database.url)
        assert url.port is not None
        wire = Wire(url.port)
        through = url.set(port=wire.port).render_as_string(hide_password=False)
        portal = raised(house, folder / "home", "--no-worker", CARAVAN_DATABASE_URL=through)
        portal.program = ("-c", HASTY)
        portal.start()
        yield Scene(house, portal, wire)
        portal.stop()
        wire.close()


def test_a_database_that_went_and_came_back_needs_no_restart(scene: Scene) -> None:
    rid = scene.house.bring_to("published")
    address = f"{scene.portal.address}/resources/{rid}"
    with worker(scene.portal) as process:

        def idle() -> bool:
            return scene.count(Job, Job.state.in_(("ready", "running"))) == 0

        until(idle, 60)
        scene.wire.refuse()
        for _ in range(3):
            assert httpx.get(address, timeout=60).status_code == 503
        assert httpx.get(f"{scene.portal.address}/healthz").status_code == 200
        ready = httpx.get(f"{scene.portal.address}/readyz", timeout=60)
        assert (ready.status_code, ready.json()["parts"]["database"]) == (503, False)
        later = scene.house.bring_to("published")
        scene.wire.well()
        assert httpx.get(address, timeout=60).status_code == 200
        assert httpx.get(f"{scene.portal.address}/readyz", timeout=60).status_code == 200
        until(idle, 60)
        assert process.poll() is None
    done = (Job.kind == JobKind.INDEX, Job.state == "done")
    assert scene.count(Job, *done, Job.subject == later) == 1


def test_the_page_without_a_database_is_for_everybody(scene: Scene, browser: Browser) -> None:
    """In both directions of writing, light and dark; and for who was signed in when it went."""
    sight = Sight(f"/resources/{scene.house.bring_to('published')}", "contributor")
    wrong: list[str] = []
    for tag in ("en", "ar"):
        visit = Visit(browser, scene.portal, tag)
        visit.page_of(sight.who)
        scene.wire.refuse()
        try:
            page = visit.opened(sight)
        finally:
            scene.wire.well()
        for scheme, options in (("light", EVERYTHING), ("dark", COLOURS)):
            page.emulate_media(color_scheme=scheme)
            ask(page, options)
            wrong += findings(page, f"{tag}, {scheme}")
        assert page.locator("main a.btn.solid").get_attribute("href") == sight.path
        wrong += visit.said
        visit.close()
    assert wrong == []


def test_a_database_that_hangs_is_given_up_and_taken_again(scene: Scene) -> None:
    """What is sent is swallowed, and no connection ends: neither side's kernel sees a fault."""
    rid = scene.house.bring_to("published")
    address = f"{scene.portal.address}/resources/{rid}"
    with scene.portal.client("contributor") as giver:
        assert httpx.get(address, timeout=60).status_code == 200
        made = scene.count(Resource)
        scene.wire.begin(Trouble(hangs=True))
        try:
            told = httpx.get(address, timeout=LONG_SECONDS)
            assert (told.status_code, int(told.headers["Retry-After"]) > 0) == (503, True)
            assert httpx.get(f"{scene.portal.address}/healthz").status_code == 200
            ready = httpx.get(f"{scene.portal.address}/readyz", timeout=LONG_SECONDS)
            assert (ready.status_code, ready.json()["parts"]["database"]) == (503, False)
        finally:
            scene.wire.drop()  # what was swallowed never comes
            scene.wire.well()
        assert httpx.get(address, timeout=60).status_code == 200
        assert giver.post("/resources", json=VALUES).status_code == 201
    assert scene.count(Resource) == made + 1


def talk(scene: Scene, act: Callable[[], Any]) -> dict[str, int]:
    """Return how many bytes pass to and from the database while `act` goes well."""
    scene.wire.begin(Trouble())
    act()
    return dict(scene.wire.passed)


def cuts(passed: dict[str, int]) -> list[Trouble]:
    """Return cuts all over a talk, in both directions: at the end only the last answer is lost."""
    up = [Trouble(cut_up=int(passed["up"] * share)) for share in PLACES]
    return up + [Trouble(cut_down=int(passed["down"] * share)) for share in PLACES]


def refused(answer: httpx.Response) -> bool:
    """Whether the database could not be had; anything else than that or success is a fault."""
    if answer.is_success:
        return False
    assert (answer.status_code, answer.json()["code"]) == (503, "database_busy"), answer.text
    assert int(answer.headers["Retry-After"]) > 0
    return True


def test_a_resource_is_made_whole_or_not_at_all(scene: Scene) -> None:
    with scene.portal.client("contributor") as giver:

        def give() -> httpx.Response:
            return giver.post("/resources", json=VALUES)

        passed = talk(scene, give)
        made = scene.count(Resource)
        lost = 0
        for trouble in cuts(passed):
            scene.wire.begin(trouble)
            lost += refused(give())
            scene.wire.begin(Trouble())
            assert give().status_code == 201, "the next request works, whatever befell the last"
    assert lost >= len(PLACES), "most cuts are felt"
    more = scene.count(Resource) - made
    # Where only the answer to COMMIT was lost, the resource is there though its giver does not know.
    assert 2 * len(cuts(passed)) - lost <= more <= 2 * len(cuts(passed))
    with scene.house.services.database.reading() as session:
        assert list(ledger.prove(session)) == []
        whole = session.scalars(
            select(Resource.id)
            .join(Version, Version.resource_id == Resource.id)
            .join(Event, Event.resource_id == Resource.id)
            .distinct()
        ).all()
    assert len(whole) == scene.count(Resource) == scene.count(Version)
    with scene.portal.client("contributor") as giver:
        for rid in whole:
            told = giver.get(f"/resources/{rid}").json()
            assert (told["title"], told["subjects"]) == (VALUES["title"], VALUES["subjects"])


def test_a_decision_is_made_once_with_its_event_and_its_index_job(scene: Scene) -> None:
    decision = {"decision": "publish"}
    with scene.portal.client("curator") as curator:

        def decide(rid: str) -> httpx.Response:
            return curator.post(f"/resources/{rid}/decision", json=decision)

        first = scene.house.bring_to("in_review")
        passed = talk(scene, lambda: decide(first).raise_for_status())
        for trouble in cuts(passed):
            rid = scene.house.bring_to("in_review")
            scene.wire.begin(trouble)
            answer = decide(rid)
            scene.wire.begin(Trouble())
            state = curator.get(f"/resources/{rid}").json()["state"]
            indexed = scene.count(Job, Job.kind == JobKind.INDEX, Job.subject == rid)
            events = curator.get(f"/resources/{rid}/events").json()["results"]
            published = [each for each in events if each["action"] == "publish"]
            if state == "in_review":
                assert refused(answer)
                assert (indexed, published) == (0, [])
                assert decide(rid).json()["state"] == "published"
            else:
                assert (state, indexed, len(published)) == ("published", 1, 1)


def test_an_upload_goes_on_from_what_was_noted(scene: Scene) -> None:
    content = bytes(range(256)) * 8_000
    path = begin(scene.portal, scene.house.give(), len(content))
    passed = talk(scene, lambda: patch(scene.portal, path, 0, content))
    begun = {}
    for trouble in cuts(passed)[::3]:
        rid = scene.house.give()
        begun[rid] = begin(scene.portal, rid, len(content))
        scene.wire.begin(trouble)
        refused(patch(scene.portal, begun[rid], 0, content))
        scene.wire.begin(Trouble())
    for rid, place in begun.items():
        until(partial(gone_on, scene, place, content), 60)
        with scene.portal.client("contributor") as giver:
            files = giver.get(f"/resources/{rid}/assets").json()["results"]
        assert [each["sha256"] for each in files][1:] == [hashlib.sha256(content).hexdigest()]


def gone_on(scene: Scene, path: str, content: bytes) -> bool:
    """Send the rest. A lease that could not be given back ends by itself, in seconds; till then: 423."""
    with scene.portal.client("contributor") as giver:
        told = giver.head(path.removeprefix("/api/v1"), headers=TUS)
    if told.status_code != 200:
        assert told.status_code == 423
        return False
    offset = int(told.headers["Upload-Offset"])
    if offset == len(content):
        return True
    answer = patch(scene.portal, path, offset, content[offset:])
    assert answer.status_code in (204, 423), answer.text
    return bool(answer.status_code == 204)
