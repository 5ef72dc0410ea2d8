"""A whole Caravan running beside the tests: portal and worker, as `caravan serve` starts them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from playwright.sync_api import sync_playwright

from catalog import people
from tests.factories.house import PASSWORD, build_house
from tests.journeys.browsing import opened
from tests.journeys.furnished import SEARCHES_PER_MINUTE, Furnished, furnish

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Playwright

    from tests.factories.house import House

ROOT = Path(__file__).resolve().parent.parent.parent
PEOPLE = {
    "contributor": ["--role", "contributor", "--institution", "lanzhou"],
    "partner": ["--role", "partner", "--institution", "muscat"],
    "curator": ["--role", "curator"],
    "admin": ["--role", "admin"],
}


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class Running:
    """A Caravan at an address, with tokens of one person a role."""

    home: Path
    port: int
    tokens: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    extra: tuple[str, ...] = ()
    environ: tuple[tuple[str, str], ...] = ()
    program: tuple[str, ...] = ("-m", "portal.cli")

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def run(self, *argv: str, stdin: str = "") -> str:
        done = subprocess.run(
            [sys.executable, "-m", "portal.cli", *argv],
            input=stdin,
            capture_output=True,
            text=True,
            check=True,
            env=self.env,
            cwd=ROOT,
        )
        return done.stdout

    @property
    def env(self) -> dict[str, str]:
        base = {
            name: value for name, value in os.environ.items() if not name.startswith("CARAVAN_")
        }
        return base | {"CARAVAN_HOME": str(self.home), **dict(self.environ)}

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, *self.program, "serve", "--port", str(self.port), *self.extra],
            env=self.env,
            cwd=ROOT,
            stderr=(self.home / "log").open("ab"),
            start_new_session=True,
        )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"{self.address}/healthz").status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
        raise TimeoutError((self.home / "log").read_text()[-2000:])

    def stop(self, number: int = signal.SIGTERM) -> None:
        if self.process is None:
            return
        if number == signal.SIGKILL:
            os.killpg(self.process.pid, number)
        else:
            self.process.send_signal(number)
        self.process.wait(30)
        self.process = None

    def client(self, who: str | None = None) -> httpx.Client:
        headers = {"Authorization": f"Bearer {self.tokens[who]}"} if who else {}
        return httpx.Client(base_url=f"{self.address}/api/v1", headers=headers, timeout=60)


def made(home: Path, *extra: str, **environ: str) -> Running:
    """Make a home with two institutions and four people by the command line."""
    home.mkdir(parents=True, exist_ok=True)
    running = Running(home, free_port(), {}, extra=extra, environ=tuple(environ.items()))
    for name, country in (("lanzhou", "CN"), ("muscat", "OM")):
        running.run("institution", "add", name, "--name", f"en={name}", "--country", country)

    def join(name: str) -> None:
        email = f"{name}@example.org"
        given = ("user", "add", email, "--name", name.title(), *PEOPLE[name], "--password-stdin")
        running.run(*given, stdin=f"{PASSWORD}\n")
        running.tokens[name] = running.run("token", "create", email).split()[-1]

    with ThreadPoolExecutor(2) as pool:  # beside each other, as people do
        list(pool.map(join, PEOPLE))
    return running


def raised(house: House, home: Path, *extra: str, **environ: str) -> Running:
    """Serve a home that was built beside, where the commands themselves are not what is tested."""
    return Running(home, free_port(), house.tokens, extra=extra, environ=tuple(environ.items()))


@pytest.fixture(scope="session")
def caravan(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Give the Caravan that journeys share: portal and worker, four people with passwords."""
    home = tmp_path_factory.mktemp("caravan") / "home"
    house = build_house(home)
    with house.services.database.unit_of_work() as session:
        partner = people.person_by_email(session, "partner@example.org")
        assert partner is not None
        people.set_password(session, partner, PASSWORD)
    house.services.close()
    running = raised(house, home)
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Furnished]:
    """Give a portal over a house with something in every state, and each kind of page of it."""
    home = tmp_path_factory.mktemp("furnished")
    house = build_house(home)
    sights = furnish(house)
    house.services.close()
    limits = {
        "CARAVAN_SEARCHES_PER_MINUTE": str(SEARCHES_PER_MINUTE),
        "CARAVAN_TRUSTED_PROXIES": "1",  # a visitor may come from an address of their own
    }
    running = raised(house, home, "--no-worker", **limits)
    running.start()
    yield Furnished(running, sights)
    running.stop()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Give the browser that journeys share; each takes contexts of its own."""
    running = opened(playwright)
    yield running
    running.close()


def until(ready: object, seconds: float = 60.0) -> object:
    """Ask again and again until there is an answer."""
    assert callable(ready)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = ready()
        if found:
            return found
        time.sleep(0.2)
    raise TimeoutError
