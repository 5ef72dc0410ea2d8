"""Settings that cannot work: one sentence at start, exit 1, and nothing half-done."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from scripts.services.part import free_port

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scripts.services.part import Running
    from tests.portal.cli.conftest import Ran


@pytest.fixture
def begin(run: Callable[..., Ran], tmp_path: Path) -> Callable[..., str]:
    """Start `caravan serve` in an empty home; return the one sentence it ends with."""

    def begun(**environ: str) -> str:
        home = tmp_path / "fresh"
        told = run("serve", "--port", str(free_port()), CARAVAN_HOME=str(home), **environ)
        said = [line for line in told.err.splitlines() if line.strip()]
        assert told.code == 1
        assert len(said) == 1, told.err
        assert "Traceback" not in told.err
        assert not (home / "caravan.db").exists()
        return said[0]

    return begun


def changed_password(url: str) -> str:
    scheme, _, rest = url.partition("://")
    user, _, place = rest.rpartition("@")
    return f"{scheme}://{user.partition(':')[0]}:wrong@{place}"


def test_a_database_at_a_wrong_address(begin: Callable[..., str]) -> None:
    url = f"postgresql+psycopg://me:sesame@127.0.0.1:{free_port()}/caravan"
    said = begin(CARAVAN_DATABASE_URL=url)
    assert "database" in said.lower()
    assert "sesame" not in said


def test_a_database_with_a_wrong_password(
    begin: Callable[..., str], real: Callable[[str], Running]
) -> None:
    url = real("postgresql").settings["CARAVAN_DATABASE_URL"]
    assert "password" in begin(CARAVAN_DATABASE_URL=changed_password(url)).lower()


def test_a_database_of_a_newer_program(run: Callable[..., Ran], tmp_path: Path) -> None:
    home = tmp_path / "newer"
    home.mkdir()
    with sqlite3.connect(home / "caravan.db") as database:
        database.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        database.execute("INSERT INTO alembic_version VALUES ('9999')")
    told = run("serve", "--port", str(free_port()), CARAVAN_HOME=str(home))
    assert told.code == 1
    assert "newer" in told.err
    assert len(told.err.strip().splitlines()) == 1
    with sqlite3.connect(home / "caravan.db") as database:
        names = [row[0] for row in database.execute("SELECT name FROM sqlite_master")]
    assert names == ["alembic_version"]


def test_a_bucket_that_is_not_there(begin: Callable[..., str], bucket: str) -> None:
    name, _, rest = bucket.removeprefix("s3://").partition("?")
    url = f"s3://{name.partition('/')[0]}-missing?{rest}"
    assert "bucket" in begin(CARAVAN_STORAGE_URL=url).lower()


def test_a_bucket_with_a_wrong_secret(
    begin: Callable[..., str], bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    assert "store" in begin(CARAVAN_STORAGE_URL=bucket).lower()


def test_a_store_at_a_wrong_address(begin: Callable[..., str], bucket: str) -> None:
    name = bucket.removeprefix("s3://").partition("?")[0].partition("/")[0]
    url = f"s3://{name}?endpoint=http://127.0.0.1:{free_port()}&region=us-east-1"
    assert "store" in begin(CARAVAN_STORAGE_URL=url).lower()


def test_a_media_folder_that_cannot_be_written(begin: Callable[..., str]) -> None:
    assert "store" in begin(CARAVAN_STORAGE_URL="file:/proc/caravan-media").lower()


def test_a_setting_that_does_not_exist(begin: Callable[..., str]) -> None:
    assert "CARAVAN_STORAGE_URI" in begin(CARAVAN_STORAGE_URI="file:/tmp/x")
