"""Many of each: two portals behind nginx, two workers, PostgreSQL, Elasticsearch and an S3 store."""

from __future__ import annotations

import hashlib
import random
import subprocess
import wave
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from sqlalchemy import select

from catalog import clock, people
from catalog.tables.job import Job
from catalog.tables.people import Person
from scripts.services import nginx, part
from search.indexer import differences
from tests.factories.databases import databases_of
from tests.factories.house import PASSWORD, House, build_house
from tests.journeys.beside import bucket_of, held_still, kill, place_on, worker
from tests.journeys.conftest import ROOT, Running, free_port, raised, until
from tests.journeys.lines import begin, offset_of, patch
from tests.journeys.test_by_program import draft
from tests.warming import warm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from scripts.services.part import Running as Server


MIB = 1024 * 1024
LEASE_SECONDS = 2
NOISE = random.Random(8).randbytes(9 * MIB)


class LineLost(Exception):
    """A giver who goes in the middle."""


@dataclass
class Town:
    """Two portals on machines of their own, with a home each; `house` looks into what they share."""

    house: House
    first: Running
    second: Running
    address: str
    """Of nginx, before both."""

    @property
    def both(self) -> tuple[Running, Running]:
        return self.first, self.second

    def through_nginx(self) -> Running:
        return Running(self.first.home, httpx.URL(self.address).port or 0, self.first.tokens)

    def jobs(self, subject: str = "") -> list[Job]:
        with self.house.services.database.reading() as session:
            asked = select(Job).where(Job.subject == subject) if subject else select(Job)
            return list(session.scalars(asked.order_by(Job.created_at)))


@contextmanager
def shipped_site(portals: list[int], home: Path) -> Iterator[str]:
    """Run nginx with what operators get, its names and paths changed as its first lines say."""
    port = part.free_port()
    text = (ROOT / "deploy" / "nginx" / "caravan.conf").read_text("utf-8")
    servers = "\n".join(f"    server 127.0.0.1:{each};" for each in portals)
    for name, value in (
        ("    server 127.0.0.1:8000;        # one line a portal", servers),
        ("listen 80;", f"listen 127.0.0.1:{port};"),
        ("SERVER_NAME;", "127.0.0.1;"),
        ("/var/lib/caravan/media/", f"{home}/media/"),
        ("/opt/caravan/portal/static/", f"{ROOT}/portal/static/"),
    ):
        assert name in text, name
        text = text.replace(name, value)
    with part.scratch("nginx") as folder:
        server = nginx.start(folder, text, port=port)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.stop()


@pytest.fixture(scope="module")
def town(real: Callable[[str], Server], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("many")
    with ExitStack() as stack:
        patched = stack.enter_context(pytest.MonkeyPatch.context())
        search = stack.enter_context(place_on(real("elasticsearch")))
        environ = {
            **search,
            "CARAVAN_STORAGE_URL": bucket_of(real("versitygw"), patched.setenv),
            "CARAVAN_SECRET_KEY": "one secret for all portals of a site",
            "CARAVAN_JOB_LEASE_SECONDS": str(LEASE_SECONDS),
            "CARAVAN_SEND_FILES": "redirect",
            "CARAVAN_TRUSTED_PROXIES": "1",
        }
        databases = stack.enter_context(databases_of("postgres", folder / "databases", real))
        house = stack.enter_context(databases.house(folder / "house", **environ))
        warm(house.services.engine)
        environ["CARAVAN_DATABASE_URL"] = house.services.settings.database.url
        portals = [raised(house, folder / name, "--no-worker", **environ) for name in "ab"]
        ports = [each.port for each in portals]
        address = stack.enter_context(shipped_site(ports, folder / "house"))
        for each in portals:
            each.home.mkdir()
            each.environ += (("CARAVAN_BASE_URL", address),)
            stack.callback(each.stop)
        with ThreadPoolExecutor() as pool:
            list(pool.map(Running.start, portals))
        yield Town(house, *portals, address)


def token_in(page: str) -> str:
    return page.split('name="csrf_token"')[1].split('value="')[1].split('"', maxsplit=1)[0]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five minutes of noise: a second or more of work."""
    target = tmp_path_factory.mktemp("sound") / "noise.wav"
    with wave.open(str(target), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(NOISE)
    return target


def send(portal: Running, rid: str, content: bytes, name: str) -> None:
    path = begin(portal, rid, len(content), filename=name, role="main")
    assert patch(portal, path, 0, content).status_code == 204


def published(giving: Running, judging: Running, rid: str) -> Any:
    """Wait for the workers, hand over at one portal, decide at the other; return the file."""
    with giving.client("contributor") as giver, judging.client("curator") as curator:

        def checked() -> Any:
            listed = giver.get(f"/resources/{rid}/assets").json()["results"]
            return listed[0] if listed and listed[0]["state"] == "done" else None

        asset: Any = until(checked, 120)
        assert asset["verdict"] == "accept", asset["reasons"]
        giver.post(f"/resources/{rid}/submission").raise_for_status()
        curator.post(f"/resources/{rid}/claim").raise_for_status()
        told = curator.post(f"/resources/{rid}/decision", json={"decision": "publish"})
        assert told.json()["state"] == "published"
        return asset


def test_an_upload_begun_at_one_portal_goes_on_at_the_other(town: Town) -> None:
    rid = draft(town.first)
    path = begin(town.first, rid, len(NOISE))
    for portal, end in (
        (town.first, MIB),
        (town.second, 3 * MIB + 7),
        (town.through_nginx(), 5 * MIB),
        (town.first, 8 * MIB + 1),
        (town.second, len(NOISE)),
    ):
        others = [each for each in (*town.both, town.through_nginx()) if each.port != portal.port]
        offset = offset_of(portal, path)
        assert [offset_of(each, path) for each in others] == [offset, offset]
        answer = patch(portal, path, offset, NOISE[offset:end])
        assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, str(end))
    for portal in town.both:
        with portal.client("contributor") as giver:
            files = giver.get(f"/resources/{rid}/assets").json()["results"]
        assert [each["sha256"] for each in files] == [hashlib.sha256(NOISE).hexdigest()]


def test_sessions_and_forms_of_one_portal_hold_at_the_other(town: Town) -> None:
    with httpx.Client(timeout=60) as browser:  # cookies know hosts, not ports

        def signed_in(portal: Running) -> bool:
            return browser.get(f"{portal.address}/contribute").status_code == 200

        form = {"email": "curator@example.org", "password": PASSWORD}
        form["csrf_token"] = token_in(browser.get(f"{town.first.address}/sign-in").text)
        answer = browser.post(f"{town.second.address}/sign-in", data=form)
        assert answer.status_code == 303
        assert [signed_in(each) for each in town.both] == [True, True]
        rid = town.house.bring_to("submitted")
        claim = f"/moderate/{rid}/claim"
        page = browser.get(f"{town.second.address}/moderate/{rid}").text
        for wrong in ("", token_in(page)[:-1] + "?"):
            told = browser.post(town.first.address + claim, data={"csrf_token": wrong})
            assert told.status_code == 400
        told = browser.post(town.first.address + claim, data={"csrf_token": token_in(page)})
        assert told.status_code == 303
        with town.second.client("curator") as curator:
            assert curator.get(f"/resources/{rid}").json()["state"] == "in_review"
        # A new password ends the sessions of before, at every portal.
        with town.house.services.database.unit_of_work() as session:
            asked = select(Person).where(Person.email == "curator@example.org")
            people.set_password(session, session.scalars(asked).one(), PASSWORD)
        assert [signed_in(each) for each in town.both] == [False, False]


def test_a_guesser_of_passwords_is_stopped_by_both_portals_together(town: Town) -> None:
    answers = []
    with httpx.Client(timeout=60) as browser:
        token = token_in(browser.get(f"{town.first.address}/sign-in").text)
        for number in range(12):
            portal = town.both[number % 2]
            told = browser.post(
                f"{portal.address}/sign-in",
                data={"email": "admin@example.org", "password": "wrong", "csrf_token": token},
                headers={"X-Forwarded-For": f"192.0.2.{number}"},
            )
            answers.append(told.status_code)
    assert answers == [422] * 10 + [429] * 2


def test_a_killed_worker_is_replaced_by_the_other_within_one_lease(town: Town, sound: Path) -> None:
    content = sound.read_bytes()
    rid = draft(town.first)
    with worker(town.first) as doomed, worker(town.second) as spare:
        until(lambda: all((each.home / "worker-log").exists() for each in town.both))
        until(lambda: {"sweep"} <= {each.kind for each in town.jobs() if each.state == "done"})
        with held_still(spare):
            send(town.first, rid, content, sound.name)
            with town.house.services.database.reading() as session:
                from catalog.resources import reading

                blob = reading.working_version(session, town.house.actors["contributor"], rid)
            subject = blob.assets[0].blob_id

            def forms() -> Any:
                found = [each for each in town.jobs(subject) if each.kind == "forms"]
                return found[0] if found else None

            until(lambda: (job := forms()) is not None and job.state == "running", 90)
            kill(doomed)
            killed = clock.now()
            held = forms()
        assert (held.state, held.attempts) == ("running", 1)

        taken: Any = until(lambda: (job := forms()).attempts == 2 and job, 30)
        if taken.lease_until is not None:
            waited = (taken.lease_until - killed).total_seconds() - LEASE_SECONDS
            print(f"taken up {waited:.1f} s after the kill")
            after = (taken.lease_until - held.lease_until).total_seconds() - LEASE_SECONDS
            assert after < LEASE_SECONDS
        until(lambda: forms().state == "done", 90)
        ended = {each.kind: (each.state, each.attempts) for each in town.jobs(subject)}
        assert ended == {"ingest": ("done", 1), "forms": ("done", 2)}
        assert len(town.jobs(subject)) == 2
        asset = published(town.first, town.second, rid)
    assert {each["state"] for each in asset["steps"]} == {"done"}
    names = [each["name"] for each in asset["renditions"]]
    assert sorted(set(names)) == sorted(names)
    assert {"waveform", "audio_only"} <= set(names)


def test_what_either_portal_publishes_is_found_at_both_and_taken_from_the_store(
    town: Town, sound: Path, tmp_path: Path
) -> None:
    with worker(town.first), worker(town.second):
        given = {}
        for giving, judging, title, content, name in (
            (town.first, town.second, "Quokka choir", sound.read_bytes(), "noise.wav"),
            (town.second, town.first, "Quokka notes", b"How to sing. " * 50, "notes.txt"),
        ):
            rid = draft(giving, title={"en": title})
            send(giving, rid, content, name)
            given[title] = rid, published(giving, judging, rid)["id"], content

        def found(address: str) -> set[str]:
            told = httpx.get(f"{address}/api/v1/resources?q=quokka", timeout=60).json()
            return {each["title"] for each in told["results"] if not each["near"]}

        for address in (town.first.address, town.second.address, town.address):
            until(lambda address=address: found(address) == set(given), 60)
        services = town.house.services
        until(lambda: differences(services.database, services.engine) == {}, 30)

    rid, asset, content = given["Quokka choir"]
    url = f"{town.address}/resources/{rid}/assets/{asset}/content"
    for _ in range(2):
        answer = httpx.get(url)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (302, "no-store")
        assert answer.headers["Location"].startswith("http://127.0.0.1:")
    resumed(url, content, tmp_path / "taken.wav", "-L")
    logs = "".join((each.home / "log").read_text("utf-8") for each in town.both)
    assert "X-Amz" not in logs


def resumed(url: str, content: bytes, target: Path, *more: str) -> None:
    """Take a file of which a part is there already."""
    target.write_bytes(content[: len(content) // 3 + 1])
    argv = ["curl", "-s", "-f", *more, "-C", "-", "-o", str(target), url]
    subprocess.run(argv, check=True)
    whole = hashlib.sha256(content).hexdigest()
    assert hashlib.sha256(target.read_bytes()).hexdigest() == whole


@pytest.fixture(scope="module")
def single(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, Running, str]]:
    """One portal over a folder, whose files nginx sends."""
    home = tmp_path_factory.mktemp("single") / "home"
    house = build_house(home)
    environ = {"CARAVAN_SEND_FILES": "x-accel:/_media", "CARAVAN_TRUSTED_PROXIES": "1"}
    portal = raised(house, home, "--no-worker", **environ)
    with shipped_site([portal.port], home) as address:
        portal.environ += (("CARAVAN_BASE_URL", address),)
        portal.start()
        yield house, portal, address
        portal.stop()
    house.services.close()


def test_nginx_sends_the_files_of_a_folder_and_goes_on_where_a_line_was_lost(
    single: tuple[House, Running, str], tmp_path: Path
) -> None:
    house, portal, address = single
    rid = house.bring_to("published", content=NOISE)
    whole = hashlib.sha256(NOISE).hexdigest()
    with portal.client() as visitor:
        asset = visitor.get(f"/resources/{rid}/assets").json()["results"][0]["id"]
    path = f"/resources/{rid}/assets/{asset}/content"
    told = httpx.get(portal.address + path)
    hidden = told.headers["X-Accel-Redirect"]
    assert (hidden.startswith("/_media/"), told.content) == (True, b"")
    resumed(address + path, NOISE, tmp_path / "taken.mp4")
    range_of = {"Range": "bytes=100-199", "If-Range": f'"{whole}"'}
    some = httpx.get(address + path, headers=range_of)
    assert (some.status_code, some.content) == (206, NOISE[100:200])
    assert (some.headers["ETag"], "X-Accel-Redirect" in some.headers) == (f'"{whole}"', False)
    assert some.headers["Content-Disposition"].startswith("attachment")
    for path in (hidden, "/_media/", "/metrics"):
        assert httpx.get(address + path).status_code == 404


def test_nginx_passes_an_upload_on_as_it_comes(single: tuple[House, Running, str]) -> None:
    house, portal, address = single
    front = Running(portal.home, free_port(), portal.tokens)
    front.port = httpx.URL(address).port or 0
    path = begin(front, house.give(), len(NOISE))

    def broken() -> Iterator[bytes]:
        yield NOISE[: 7 * MIB]
        until(lambda: offset_of(portal, path) >= 3 * MIB, 30)
        raise LineLost

    with pytest.raises(LineLost):
        patch(front, path, 0, broken(), **{"Content-Length": str(len(NOISE))})

    def finished() -> bool:
        offset = offset_of(front, path)
        assert offset >= 3 * MIB, "what came before the line broke was not held back"
        return bool(patch(front, path, offset, NOISE[offset:]).status_code == 204)

    until(finished, 30)
