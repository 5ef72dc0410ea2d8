"""What is shipped for operators: it names settings there are, pins what it takes, and is read by
the programs it is for.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from config.settings import describe, load
from scripts.services.nginx import FRAME, install
from tests.house.source import ROOT

if TYPE_CHECKING:
    from pathlib import Path

DEPLOY = ROOT / "deploy"


def texts() -> dict[str, str]:
    return {
        path.relative_to(DEPLOY).as_posix(): path.read_text(encoding="utf-8")
        for path in DEPLOY.rglob("*")
        if path.is_file() and "secrets.d" not in path.parts
    }


def test_only_settings_that_exist_are_named(tmp_path: Path) -> None:
    known = {line.name for line in describe(load({"CARAVAN_HOME": str(tmp_path)}))}
    named = {
        (place, name)
        for place, text in texts().items()
        for name in re.findall(r"CARAVAN_[A-Z_]+[A-Z]", text)
    }
    assert len(named) > 10
    assert {each for each in named if each[1] not in known} == set()


def test_every_image_is_pinned_by_a_version() -> None:
    text = texts()["compose/compose.yaml"] + texts()["compose/Dockerfile"]
    images = re.findall(r"^(?:\s+image:|FROM) (\S+)", text, re.MULTILINE)
    loose = [each for each in images if each != "caravan" and not re.search(r":v?\d+\.\d+", each)]
    assert len(images) >= 6
    assert loose == []


@pytest.mark.parametrize("name", ["nginx/caravan.conf", "compose/nginx.conf"])
def test_nginx_takes_the_site(name: str, tmp_path: Path) -> None:
    site = texts()[name].replace("SERVER_NAME", "caravan.example").replace("portal:", "127.0.0.1:")
    config = tmp_path / "nginx.conf"
    frame = FRAME.format(folder=tmp_path, user="", temporary="", site=site)
    config.write_text(frame, encoding="utf-8")
    told = subprocess.run(
        [str(install()), "-t", "-e", "stderr", "-p", str(tmp_path), "-c", str(config)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr


def test_secrets_reach_the_settings_and_are_made_once(tmp_path: Path) -> None:
    folder = tmp_path / "compose"
    shutil.copytree(DEPLOY / "compose", folder)
    made = []
    for _ in range(2):
        subprocess.run([str(folder / "secrets")], check=True)
        made.append({path.name: path.read_text() for path in (folder / "secrets.d").iterdir()})
    assert made[0] == made[1]
    assert len(set(made[0].values())) == len(made[0])
    assert all(re.fullmatch(r"[A-Za-z0-9]{40}", secret) for secret in made[0].values())

    enter = folder / "enter"
    words = enter.read_text().replace("/run/secrets", str(folder / "secrets.d"))
    enter.write_text(words, encoding="utf-8")
    told = subprocess.run(
        ["sh", str(enter), "env"],
        env={
            "PATH": os.environ["PATH"],
            "CARAVAN_DATABASE_URL": "postgresql+psycopg://caravan:@DATABASE_PASSWORD@@database/x",
        },
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    password = made[0]["DATABASE_PASSWORD"]
    assert f"CARAVAN_DATABASE_URL=postgresql+psycopg://caravan:{password}@database/x" in told
    assert f"AWS_ACCESS_KEY_ID={made[0]['AWS_ACCESS_KEY_ID']}" in told


def test_the_units_start_commands_that_exist() -> None:
    from portal.cli.main import COMMANDS

    started = {
        match
        for place, text in texts().items()
        if place.endswith(".service")
        for match in re.findall(r"^ExecStart=\S+/caravan (\S+)", text, re.MULTILINE)
    }
    assert started == {"serve", "worker"}
    assert started <= set(COMMANDS)
