"""The compose file without its engine: its settings, secrets, commands and health checks, run as they
stand there beside the real servers. Only names of hosts and ports are other ones.
"""

from __future__ import annotations

import os
import re
import secrets
import shlex
import shutil
import subprocess
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import pytest
import yaml
from sqlalchemy import create_engine, make_url, text

from scripts.services import postgresql
from search.opening import open_engine
from tests.journeys.beside import forget_indexes
from tests.journeys.conftest import ROOT, free_port, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from scripts.services.part import Running
    from search.engine import SearchEngine

COMPOSE = ROOT / "deploy" / "compose"
pytestmark = pytest.mark.timeout(300)


@dataclass
class Composed:
    """What docker would make of the file: services, with our hosts in the place of its own."""

    services: dict[str, Any]
    folder: Path
    ours: dict[str, str]
    more: dict[str, str]
    engine: SearchEngine

    def moved(self, words: str) -> str:
        """Return words with our hosts, and `$$` as compose hands it on."""
        words = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", words)
        for theirs, ours in self.ours.items():
            words = words.replace(theirs, ours)
        return words.replace("$$", "$")

    def environ(self, service: str) -> dict[str, str]:
        told = self.services[service].get("environment", {})
        own = {name: self.moved(value) for name, value in told.items()}
        programs = f"{Path(sys.executable).parent}:{postgresql.install()}:{os.environ['PATH']}"
        return {"PATH": programs, **own, **self.more}

    def argv(self, command: Sequence[str]) -> list[str]:
        """Return a command behind the entry point of the image."""
        return ["sh", str(self.folder / "enter"), *map(self.moved, command)]

    def run(self, service: str, *command: str) -> str:
        done = subprocess.run(
            self.argv(command),
            env=self.environ(service),
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        return done.stdout

    @contextmanager
    def started(self, service: str, command: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
        with (self.folder / f"{service}.log").open("ab") as log:
            process = subprocess.Popen(
                self.argv(command),
                env=self.environ(service),
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )
        try:
            yield process
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(30)
            process.kill()

    def healthy(self, service: str) -> bool:
        """Run the health check once, as docker would inside the container."""
        kind, *words = self.services[service]["healthcheck"]["test"]
        assert kind in ("CMD", "CMD-SHELL")
        argv = words if kind == "CMD" else ["sh", "-c", *words]
        told = subprocess.run(
            list(map(self.moved, argv)),
            env=self.environ(service),
            check=False,
            capture_output=True,
        )
        return told.returncode == 0


def image_command() -> list[str]:
    """Return the command of the image, where the file names none."""
    told = (COMPOSE / "Dockerfile").read_text("utf-8")
    return [str(word) for word in yaml.safe_load(told.rpartition("\nCMD ")[2])]


@pytest.fixture
def composed(tmp_path: Path, real: Callable[[str], Running]) -> Iterator[Composed]:
    folder = tmp_path / "compose"
    shutil.copytree(COMPOSE, folder)
    subprocess.run([str(folder / "secrets")], check=True)
    kept = folder / "secrets.d"
    enter = folder / "enter"
    enter.write_text(enter.read_text("utf-8").replace("/run/secrets", str(kept)), encoding="utf-8")

    server = make_url(real("postgresql").settings["CARAVAN_DATABASE_URL"])
    store = dict(real("versitygw").settings)
    search = real("elasticsearch").settings["CARAVAN_SEARCH_URL"]
    (kept / "DATABASE_PASSWORD").write_text(str(server.password), encoding="utf-8")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        (kept / name).write_text(store[name], encoding="utf-8")
    database, index = f"compose_{secrets.token_hex(4)}", f"compose-{secrets.token_hex(4)}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as owner:
        owner.execute(text(f'CREATE DATABASE "{database}"'))
    made = Composed(
        services=yaml.safe_load((COMPOSE / "compose.yaml").read_text("utf-8"))["services"],
        folder=folder,
        ours={
            "@database/caravan": f"@{server.host}:{server.port}/{database}",
            "search:9200": urlsplit(search).netloc,
            "localhost:9200": urlsplit(search).netloc,
            "http://store:7070": store["CARAVAN_STORAGE_URL"]
            .partition("endpoint=")[2]
            .partition("&")[0],
            "/run/secrets": str(kept),
            ":8000": f":{free_port()}",
        },
        more={
            "CARAVAN_HOME": str(tmp_path / "home"),
            "CARAVAN_SEARCH_INDEX": index,
            "PGHOST": str(server.host),
            "PGPORT": str(server.port),
        },
        engine=open_engine(search, tmp_path, index=index),
    )
    yield made
    forget_indexes(search, index)
    with engine.connect() as owner:
        owner.execute(text(f'DROP DATABASE "{database}" WITH (FORCE)'))
    engine.dispose()


def test_what_the_file_says_makes_a_healthy_house(composed: Composed) -> None:
    services = composed.services
    assert {"portal", "worker", "database", "search", "bucket"} <= set(services)
    for server in ("database", "search"):
        until(lambda server=server: composed.healthy(server), 60)
    assert not composed.healthy("portal")
    for _ in range(2):  # docker runs it at every start
        composed.run("bucket", *services["bucket"]["command"])

    port = composed.ours[":8000"].removeprefix(":")
    command = image_command()
    assert command[:2] == ["caravan", "serve"]
    command[command.index("0.0.0.0")] = "127.0.0.1"  # noqa: S104 - what is replaced here
    with composed.started("portal", [*command, "--port", port]) as portal:
        until(lambda: composed.healthy("portal") or portal.poll() is not None, 120)
        assert portal.poll() is None, (composed.folder / "portal.log").read_text("utf-8")
        with composed.started("worker", services["worker"]["command"]) as worker:
            added = shlex.split("caravan user add me@example.org --name Me --role admin")
            composed.run("portal", *added)

            until(lambda: not composed.engine.health().needs_rebuild, 120)  # the worker's work
            assert worker.poll() is None
            composed.run("portal", "caravan", "doctor")
        ready = httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=60)
        assert (ready.status_code, ready.json()["state"]) == (200, "green")
    assert not composed.healthy("portal")
