"""A PostgreSQL that falls silent: units of work are given up, undone, and the pool goes on."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import make_url, text

from catalog import patience
from catalog.database import Database, DatabaseBusy
from tests.factories.wire import Trouble, Wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scripts.services.part import Running

LONG_SECONDS = 30
"""Ample for what takes three to seven."""


@pytest.fixture
def wire(real: Callable[[str], Running]) -> Iterator[Wire]:
    url = make_url(real("postgresql").settings["CARAVAN_DATABASE_URL"])
    assert url.port is not None
    made = Wire(url.port)
    yield made
    made.close()


@pytest.fixture
def database(real: Callable[[str], Running], wire: Wire) -> Iterator[Database]:
    url = make_url(real("postgresql").settings["CARAVAN_DATABASE_URL"]).set(port=wire.port)
    made = Database(url.render_as_string(hide_password=False))
    yield made
    made.dispose()


def ask(database: Database) -> int | None:
    with database.reading() as session:
        return session.scalar(text("SELECT 1"))


def test_a_server_that_falls_silent_is_given_up_where_and_whenever(
    database: Database, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "PING_SECONDS", 1)
    monkeypatch.setattr(patience, "SILENT_SECONDS", 3)
    assert ask(database) == 1
    began = time.monotonic()
    with pytest.raises(DatabaseBusy) as within, database.unit_of_work() as session:
        session.execute(text("CREATE TEMPORARY TABLE x (y int)"))
        wire.begin(Trouble(hangs=True))
        session.execute(text("SELECT 2"))
    assert within.value.facts["because"] == "the server has said nothing for 3 s"
    wire.well()
    assert ask(database) == 1, "the pool took none of the broken ones back"
    wire.begin(Trouble(hangs=True))
    with pytest.raises(DatabaseBusy) as before:
        ask(database)
    assert "timeout" in before.value.facts["because"], "a new connection was tried, in vain"
    assert time.monotonic() - began < LONG_SECONDS
    wire.well()
    assert ask(database) == 1


def test_a_statement_that_takes_long_but_not_too_long_is_waited_for(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "PING_SECONDS", 0.1)
    with database.reading() as session:
        session.execute(text("SELECT pg_sleep(0.6)"))
        assert session.scalar(text("SELECT 3")) == 3
