"""What the house asks of a database. Every implementation runs the same tests."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, inspect, select, text, update
from sqlalchemy.exc import DatabaseError

from catalog import blobs, clock, downloads, ledger, migrating, vocabulary
from catalog.database import Database, DatabaseUnusable, UnitsCrossed, repeated
from catalog.errors import Conflict, Invalid
from catalog.migrating import alembic_config, current_revision, migrate
from catalog.tables.asset import Blob
from catalog.tables.concept import Concept
from catalog.tables.download import Download
from catalog.tables.institution import Institution
from catalog.tables.schema import metadata

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.factories.databases import Databases
    from tests.factories.house import House

REVISIONS = [
    script.revision
    for script in ScriptDirectory.from_config(alembic_config()).walk_revisions("base", "heads")
]


def countries(database: Database) -> dict[str, str]:
    with database.reading() as session:
        return dict(session.execute(select(Institution.id, Institution.country)).tuples().all())


def move(session: Any, place: str, country: str) -> None:
    session.execute(update(Institution).where(Institution.id == place).values(country=country))


def at_once(*works: Callable[[], object]) -> list[BaseException]:
    """Do all of it in threads that begin together; return what they threw."""
    thrown: list[BaseException] = []
    ready = threading.Barrier(len(works))

    def run(work: Callable[[], object]) -> None:
        ready.wait()
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - handed to the test
            thrown.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return thrown


class DatabaseContract:
    @pytest.fixture
    def house(self, databases: Databases, tmp_path: Path) -> Iterator[House]:
        with databases.house(tmp_path) as built:
            yield built

    @pytest.fixture
    def database(self, house: House) -> Database:
        return house.services.database

    @pytest.fixture
    def empty(self, databases: Databases) -> Iterator[str]:
        url = databases.empty()
        yield url
        databases.drop(url)

    # -- units of work ----------------------------------------------------------------------------

    def test_a_unit_of_work_is_kept_whole_or_not_at_all(self, database: Database) -> None:
        with database.unit_of_work() as session:
            move(session, "patras", "CY")
            move(session, "muscat", "YE")
        assert (countries(database)["patras"], countries(database)["muscat"]) == ("CY", "YE")
        with pytest.raises(ZeroDivisionError), database.unit_of_work() as session:
            move(session, "patras", "GR")
            session.flush()
            _ = 1 // 0
        assert countries(database)["patras"] == "CY"

    def test_nobody_sees_a_unit_before_its_end(self, database: Database) -> None:
        with database.unit_of_work() as session:
            move(session, "patras", "CY")
            session.flush()
            assert countries(database)["patras"] == "GR"
        assert countries(database)["patras"] == "CY"

    def test_reading_is_one_steady_picture(self, database: Database) -> None:
        country = select(Institution.country).where(Institution.id == "patras")
        with database.reading() as session:
            assert session.scalar(country) == "GR"
            with database.unit_of_work() as other:
                move(other, "patras", "CY")
            assert session.scalar(country) == "GR"
        assert countries(database)["patras"] == "CY"

    def test_what_was_changed_while_reading_is_dropped(self, database: Database) -> None:
        with database.reading() as session:
            place = session.get_one(Institution, "patras")
            place.country = "CY"
            session.flush()
        assert place.id == "patras"  # what was read stays readable
        assert countries(database)["patras"] == "GR"

    def test_what_must_be_unique_is_a_conflict(self, database: Database) -> None:
        again = Institution(id="patras", country="CY", created_at=clock.now())
        with pytest.raises(Conflict, match="twice_at_once"), database.unit_of_work() as session:
            session.add(again)
        assert countries(database)["patras"] == "GR"

    def test_text_that_cannot_be_stored_is_refused_or_not_found(self, database: Database) -> None:
        for work in (database.unit_of_work, database.reading):
            with suppress(Invalid), work() as session:
                assert session.get(Institution, "pat\0ras") is None
        with database.reading() as session:
            assert session.get(Institution, "patras") is not None

    # -- many at once -------------------------------------------------------------------------------

    def test_no_download_is_lost_when_many_are_counted_at_once(self, database: Database) -> None:
        def count() -> None:
            for _ in range(10):
                with database.unit_of_work() as session:
                    downloads.count(session, resource_id="r", asset_id="a")

        assert at_once(*[count] * 4) == []
        with database.reading() as session:
            assert session.scalar(select(func.sum(Download.times))) == 40

    def test_the_same_bytes_given_at_once_end_as_one_blob(self, database: Database) -> None:
        kept: list[str] = []

        def keep(name: str) -> None:
            with database.unit_of_work() as session:
                kept.append(
                    blobs.keep(session, blob_id=name, key=f"k/{name}", size=1, sha256="a" * 64)
                )

        assert at_once(*[lambda name=name: keep(name) for name in "abcdef"]) == []
        assert len(kept) == 6
        assert len(set(kept)) == 1
        with database.reading() as session:
            assert session.scalar(select(func.count()).select_from(Blob)) == 1

    def test_two_units_that_cross_are_both_done_in_the_end(self, database: Database) -> None:
        """Each takes what the other takes next: on PostgreSQL a deadlock, of which one is undone."""
        tries: list[str] = []
        both = threading.Barrier(2)

        def cross(first: str, second: str) -> None:
            tries.append(first)
            with database.unit_of_work() as session:
                move(session, first, "CY")
                with suppress(threading.BrokenBarrierError):
                    both.wait(0.5)
                move(session, second, "CY")

        crossed = at_once(
            lambda: repeated(lambda: cross("patras", "muscat")),
            lambda: repeated(lambda: cross("muscat", "patras")),
        )
        assert crossed == []
        assert len(tries) == self.tries_of_two_that_cross
        assert set(countries(database).values()) == {"CY", "CN"}

    tries_of_two_that_cross: int

    def test_what_was_committed_is_not_done_again(self, database: Database) -> None:
        tries: list[int] = []

        def work() -> None:
            tries.append(1)
            with database.unit_of_work() as session:
                move(session, "patras", "CY")
            raise UnitsCrossed("database_busy")

        with pytest.raises(UnitsCrossed):
            repeated(work)
        assert len(tries) == 1

    def test_what_crosses_again_and_again_is_given_up(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("catalog.database.PAUSES", (0.0, 0.0))
        tries: list[int] = []

        def work() -> None:
            tries.append(1)
            raise UnitsCrossed("database_busy")

        with pytest.raises(UnitsCrossed):
            repeated(work)
        assert len(tries) == 3

    # -- the log -------------------------------------------------------------------------------------

    def test_the_log_takes_lines_and_gives_none_back(self, house: House) -> None:
        house.bring_to("published")
        for statement in ("UPDATE event SET action = 'x'", "DELETE FROM event"):
            with (
                pytest.raises(DatabaseError, match="append-only"),
                house.services.database.reading() as session,
            ):
                session.execute(text(statement))
        with house.services.database.reading() as session:
            assert list(ledger.prove(session)) == []

    # -- migrations ----------------------------------------------------------------------------------

    @pytest.mark.parametrize("start", [None, *REVISIONS])
    def test_from_every_revision_the_steps_lead_to_the_same_schema(
        self, empty: str, start: str | None
    ) -> None:
        database = Database(empty)
        if start is not None:
            config = alembic_config()
            with database.unit_of_work() as session:
                config.attributes["connection"] = session.connection()
                command.upgrade(config, start)
            assert current_revision(database) == start
        migrate(database)
        migrate(database)
        with database.reading() as session:
            connection = session.connection()
            assert compare_metadata(MigrationContext.configure(connection), metadata) == []
            assert set(inspect(connection).get_table_names()) >= set(metadata.tables)
            assert len(session.scalars(select(Concept.id)).all()) >= 30
        with (
            pytest.raises(DatabaseError, match="append-only"),
            database.reading() as session,
        ):
            session.execute(text(INSERT_EVENT))
            session.execute(text("DELETE FROM event"))
        database.dispose()

    def test_several_that_start_at_once_make_one_schema(self, empty: str) -> None:
        opened = [Database(empty) for _ in range(4)]
        assert at_once(*[lambda each=each: migrate(each) for each in opened]) == []
        assert {current_revision(each) for each in opened} == {REVISIONS[0]}
        for each in opened:
            each.dispose()

    def test_a_start_that_fails_half_way_leaves_nothing_half_done(
        self, empty: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        database = Database(empty)
        with monkeypatch.context() as patch:
            patch.setattr(migrating.vocabulary, "load", lambda *_: 1 // 0)
            with pytest.raises(ZeroDivisionError):
                migrate(database)
        with database.reading() as session:
            assert inspect(session.connection()).get_table_names() == []
        migrate(database)
        with database.reading() as session:
            assert vocabulary.subject_finder(session)("magnetism") == "magnetism"
        database.dispose()

    def test_a_database_of_a_newer_program_is_refused_and_left_alone(
        self, database: Database
    ) -> None:
        with database.unit_of_work() as session:
            session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        with pytest.raises(DatabaseUnusable, match="database_newer"):
            migrate(database)
        assert current_revision(database) == "9999"


INSERT_EVENT = (
    "INSERT INTO event (resource_id, seq, at, action, previous_hash, hash)"
    " VALUES ('r', 1, '2026-11-24 00:00:00', 'x', '', '')"
)
