"""Every database keeps the contract; beside it, what only one of the two can suffer."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import make_url, select, text
from sqlalchemy.exc import DatabaseError

from catalog import dumping, ledger
from catalog.database import Database, DatabaseBusy, DatabaseFull, DatabaseUnusable
from catalog.errors import Conflict
from catalog.inserting import insert_all
from catalog.migrating import current_revision, migrate
from catalog.tables.institution import InstitutionName
from config.settings import load
from portal.cli.refusals import explained
from portal.services import build
from tests.contracts.database_contract import DatabaseContract, countries, move
from tests.factories.databases import databases_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy.orm import Session

    from scripts.services.part import Running
    from tests.factories.databases import Databases


class TestSqlite(DatabaseContract):
    tries_of_two_that_cross = 2  # one writer waits for the other

    @pytest.fixture(scope="class")
    @classmethod
    def databases(cls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
        with databases_of("sqlite", tmp_path_factory.mktemp("sqlite"), no_server) as made:
            yield made

    def test_it_is_opened_as_the_design_says(self, database: Database) -> None:
        with database.reading() as session:
            found = [
                session.scalar(text(f"PRAGMA {name}"))
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            ]
        assert found == ["wal", 2, 1, 30_000]

    def test_a_full_disk_is_said_and_nothing_is_half_written(self, database: Database) -> None:
        with pytest.raises(DatabaseFull, match="store_full"), database.unit_of_work() as session:
            move(session, "patras", "CY")
            pages = session.scalar(text("PRAGMA page_count"))
            session.execute(text(f"PRAGMA max_page_count = {pages}"))
            session.execute(text("CREATE TABLE large AS SELECT randomblob(100000) AS bytes"))
        database.dispose()
        assert countries(database)["patras"] == "GR"

    @pytest.mark.parametrize("content", [b"no database at all" * 100, None])
    def test_what_is_no_database_is_one_sentence(
        self, tmp_path: Path, content: bytes | None
    ) -> None:
        path = tmp_path / "records.db"
        path.mkdir() if content is None else path.write_bytes(content)
        told = refused(f"sqlite:///{path}", tmp_path)
        assert told.startswith("The database cannot be used: ")


def cut(database: Database, session: Session) -> None:
    """Have the server end the connection of a session."""
    mine = session.scalar(text("SELECT pg_backend_pid()"))
    with database.unit_of_work() as killer:
        killer.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": mine})


class TestPostgresql(DatabaseContract):
    tries_of_two_that_cross = 3  # a deadlock, and the one that was undone once more

    @pytest.fixture(scope="class")
    @classmethod
    def databases(
        cls, tmp_path_factory: pytest.TempPathFactory, real: Callable[[str], Running]
    ) -> Iterator[Databases]:
        with databases_of("postgres", tmp_path_factory.mktemp("postgres"), real) as made:
            yield made

    def test_its_sessions_are_in_utc_and_isolated_as_decided(self, database: Database) -> None:
        with database.unit_of_work() as session:
            assert session.scalar(text("SHOW timezone")) == "UTC"
            assert session.scalar(text("SHOW transaction_isolation")) == "read committed"
            assert session.scalar(text("SHOW lock_timeout")) == "30s"
        with database.reading() as session:
            assert session.scalar(text("SHOW transaction_isolation")) == "repeatable read"

    def test_a_connection_cut_in_mid_transaction_undoes_it_and_the_next_works(
        self, database: Database
    ) -> None:
        with pytest.raises(DatabaseBusy, match="database_busy"), database.unit_of_work() as session:
            move(session, "patras", "CY")
            cut(database, session)
            move(session, "muscat", "YE")
        assert countries(database)["patras"] == "GR"

    def test_so_does_one_that_is_cut_before_or_after_many_rows_are_copied(
        self, database: Database
    ) -> None:
        rows = [
            (InstitutionName, {"institution_id": "patras", "language": tag, "value": "\\."})
            for tag in ("de", "it", "pl")
        ]
        with pytest.raises(DatabaseBusy), database.unit_of_work() as session:
            cut(database, session)
            insert_all(session, rows)
        with pytest.raises(DatabaseBusy), database.unit_of_work() as session:
            insert_all(session, rows)
            cut(database, session)
        with pytest.raises(Conflict, match="twice_at_once"), database.unit_of_work() as session:
            insert_all(session, [*rows, rows[0]])
        with database.unit_of_work() as session:
            insert_all(session, rows)
        with database.reading() as session:
            names = select(InstitutionName.language).where(InstitutionName.value == "\\.")
            assert sorted(session.scalars(names)) == ["de", "it", "pl"]

    def test_connections_cut_while_they_rest_are_not_noticed_by_anybody(
        self, database: Database
    ) -> None:
        countries(database)
        others = Database(database.url.render_as_string(hide_password=False))
        with others.unit_of_work() as session:
            gone = session.scalar(
                text(
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        others.dispose()
        assert gone
        assert countries(database)["patras"] == "GR"

    def test_a_full_disk_is_said(self, database: Database) -> None:
        with pytest.raises(DatabaseFull, match="store_full"), database.unit_of_work() as session:
            session.execute(text("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'disk_full'; END $$"))

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"port": 1}, "connection failed"),
            ({"password": "wrong"}, "password authentication failed"),
            ({"database": "no_such"}, 'database "no_such" does not exist'),
            ({"username": "nobody"}, "authentication failed"),
        ],
    )
    def test_what_cannot_be_reached_is_one_sentence(
        self, database: Database, tmp_path: Path, change: dict[str, object], words: str
    ) -> None:
        url = make_url(database.url).set(**change).render_as_string(hide_password=False)
        told = refused(url, tmp_path)
        assert told.startswith("The database cannot be used: ")
        assert words in told
        assert database.url.password not in told

    def test_the_records_of_sqlite_move_here_and_back_whole(
        self, databases: Databases, tmp_path: Path
    ) -> None:
        """As an operator does who has outgrown one machine; the log proves on the other side too."""
        with databases_of("sqlite", tmp_path / "sqlite", no_server) as small:
            with small.house(tmp_path / "home") as house:
                house.bring_to("published")
                house.bring_to("in_review", content=b"another")
                with house.services.database.reading() as session:
                    rows = list(dumping.dump(session))
            for kind in (databases, small):
                database = Database(kind.empty())
                migrate(database)
                with database.unit_of_work() as session:
                    count = dumping.load(session, current_revision(database) or "", rows)
                with database.reading() as session:
                    assert list(ledger.prove(session)) == []
                    again = list(dumping.dump(session))
                assert count == len(rows)
                assert sorted(again, key=repr) == sorted(rows, key=repr)
                with (
                    pytest.raises(DatabaseError, match="append-only"),
                    database.reading() as session,
                ):
                    session.execute(text("DELETE FROM event"))
                database.dispose()
                rows = again

    def test_a_user_without_the_right_to_make_tables_is_one_sentence(
        self, databases: Databases
    ) -> None:
        url = databases.empty()
        admin = Database(url)
        with admin.unit_of_work() as session:
            session.execute(text("DROP ROLE IF EXISTS reader"))
            session.execute(text("CREATE ROLE reader LOGIN PASSWORD 'reader'"))
        admin.dispose()
        reader = Database(
            make_url(url)
            .set(username="reader", password="reader")
            .render_as_string(hide_password=False)
        )
        with pytest.raises(DatabaseUnusable, match="database_unreachable") as refusal:
            migrate(reader)
        assert "permission denied" in str(refusal.value.facts["because"])
        reader.dispose()
        databases.drop(url)


def no_server(name: str) -> Running:
    raise AssertionError(name)


def refused(url: str, home: Path) -> str:
    """Open the services on this database; return the one line that a command would end with."""
    with pytest.raises(DatabaseUnusable) as refusal:
        build(load({"CARAVAN_HOME": str(home), "CARAVAN_DATABASE_URL": url}))
    words = explained(refusal.value)
    assert words is not None
    assert len(words.splitlines()) == 1
    return words


def test_a_command_without_its_database_is_one_sentence_and_exit_1(tmp_path: Path) -> None:
    url = "postgresql+psycopg://caravan:secret@127.0.0.1:1/caravan"
    environ = {**os.environ, "CARAVAN_HOME": str(tmp_path), "CARAVAN_DATABASE_URL": url}
    done = subprocess.run(
        [sys.executable, "-m", "portal.cli", "audit"],
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.strip().splitlines()) == 1
    assert done.stderr.startswith("The database cannot be used: ")
    assert "secret" not in done.stderr
