"""The tables, the migrations, the log, the workflow: what must hold of the records."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import inspect, text
from sqlalchemy.exc import DatabaseError

from catalog import clock, ledger, people, reviews, vocabulary, workflow
from catalog.database import Database, DatabaseUnusable
from catalog.errors import Conflict, Invalid, InvalidTransition
from catalog.events import lines_of, record
from catalog.migrating import migrate
from catalog.resources.values import clean, merge_patch
from catalog.states import State
from catalog.tables.base import UtcDateTime
from catalog.tables.schema import AGGREGATES, metadata
from config.subjects import load_concepts

if TYPE_CHECKING:
    from pathlib import Path


def test_the_migrations_make_the_schema_the_program_expects(house: Any) -> None:
    with house.services.database.reading() as session:
        context = MigrationContext.configure(session.connection())
        assert compare_metadata(context, metadata) == []
        assert set(inspect(session.connection()).get_table_names()) >= set(metadata.tables)


def test_one_of_everything_can_be_stored(house: Any) -> None:
    """Every table takes a row with a value in each column, and gives it back."""
    with house.services.database.unit_of_work() as session:
        session.execute(text("PRAGMA defer_foreign_keys = ON"))
        for module in AGGREGATES:
            for table in vars(module).values():
                if getattr(table, "__module__", "") != module.__name__ or not hasattr(
                    table, "__table__"
                ):
                    continue
                session.add(
                    table(**{column.key: sample(column) for column in table.__table__.columns})
                )
        session.flush()
        counts = {
            name: session.scalar(text(f"SELECT count(*) FROM {name}")) for name in metadata.tables
        }
        session.rollback()
    assert min(counts.values()) >= 1


EMPTY = frozenset(
    {"withdrawn_at", "withdrawn_reason", "ended_at", "outcome", "asset_id", "page", "second"}
)


def sample(column: Any) -> Any:
    if column.name in EMPTY and column.nullable:
        return None
    if column.name == "origin":
        return "human"
    moment = datetime(2026, 11, 24, tzinfo=UTC)
    if isinstance(column.type, UtcDateTime):
        return moment
    kind = column.type.python_type
    values: dict[type, Any] = {
        str: "x",
        int: 1,
        float: 0.5,
        bool: True,
        bytes: b"x",
        dict: {},
        list: [],
    }
    return values.get(kind, moment.date())


def test_a_database_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/x.db")
    migrate(database)
    with database.unit_of_work() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseUnusable, match="database_newer"):
        migrate(database)


def test_sqlite_is_opened_as_the_design_says(house: Any) -> None:
    with house.services.database.reading() as session:
        found = [
            session.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert found == ["wal", 2, 1]


def test_the_log_cannot_be_changed_or_cut(house: Any) -> None:
    rid = house.bring_to("published")
    database = house.services.database
    for statement in ("UPDATE event SET action = 'x'", "DELETE FROM event"):
        with pytest.raises(DatabaseError, match="append-only"), database.reading() as session:
            session.execute(text(statement))
    with database.reading() as session:
        assert list(ledger.prove(session)) == []
    tampering = {
        "UPDATE event SET action = 'decline' WHERE seq = 2": "changed_line",
        "DELETE FROM event WHERE seq = 2": "gap",
        "DELETE FROM event WHERE seq = (SELECT max(seq) FROM event)": "cut",
        "UPDATE event_note SET text = 'other'": "changed_note",
        "DELETE FROM ledger_head": "lost_head",
    }
    for statement, code in tampering.items():
        with database.reading() as session:
            for trigger in ("event_no_update", "event_no_delete"):
                session.execute(text(f"DROP TRIGGER {trigger}"))
            session.execute(text(statement))
            assert code in {each.code for each in ledger.prove(session) if each.resource_id == rid}


def test_a_note_can_be_forgotten_and_the_chain_still_proves(house: Any) -> None:
    rid = house.bring_to("declined")
    with house.services.database.unit_of_work() as session:
        session.execute(text("DELETE FROM event_note"))
    with house.services.database.reading() as session:
        assert list(ledger.prove(session)) == []
        assert {line.note for line in lines_of(session, rid)} == {None}


def test_the_workflow_takes_no_step_that_is_not_in_its_table() -> None:
    steps = {(step.before, step.action) for step in workflow.TRANSITIONS}
    assert len(steps) == len(workflow.TRANSITIONS)
    for state in State:
        for action in {step.action for step in workflow.TRANSITIONS}:
            if (state, action) not in steps:
                with pytest.raises(InvalidTransition):
                    workflow.transition(state, action)


def test_a_claim_lapses_after_seven_days(house: Any) -> None:
    rid = house.bring_to("in_review")
    later = clock.now() + timedelta(days=7, minutes=1)
    with clock.at(later), house.services.database.unit_of_work() as session:
        assert reviews.lapse_old_claims(session) == 1
        reviews.claim(session, by=house.actors["second_curator"], resource_id=rid)


def test_what_must_be_unique_is_a_conflict_and_not_a_crash(house: Any) -> None:
    database = house.services.database
    with pytest.raises(Conflict, match="role_held"), database.unit_of_work() as session:
        people.add_person(
            session,
            by=None,
            email="CURATOR@example.org",
            name="x",
            role="curator",
        )


def test_a_password_is_kept_as_a_hash_and_a_short_one_refused(house: Any) -> None:
    with house.services.database.unit_of_work() as session:
        person = people.person_by_email(session, "curator@example.org")
        assert person is not None
        assert str(person.password_hash).startswith("$argon2id$")
        with pytest.raises(Invalid):
            people.set_password(session, person, "short")


def test_the_vocabulary_is_loaded_and_found_by_any_label(house: Any) -> None:
    with house.services.database.reading() as session:
        find = vocabulary.subject_finder(session)
        for concept in load_concepts():
            assert find(concept.id) == concept.id
        assert find("  МАГНЕТИЗМ ") == "magnetism"
        assert find("no such thing") is None


def test_an_event_names_the_one_before_it(house: Any) -> None:
    with house.services.database.unit_of_work() as session:
        first = record(session, resource_id="r", by="p", action="create", note="a")
        second = record(session, resource_id="r", by="p", action="submit")
    assert (first.seq, second.seq) == (1, 2)
    assert first.hash != second.hash
    assert len(second.hash) == len(hashlib.sha256().hexdigest())


JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(JSON, JSON)
def test_a_merge_patch_leaves_no_null_and_is_idempotent(target: Any, patch: Any) -> None:
    merged = merge_patch(target, patch)
    assert merge_patch(merged, patch) == merged


@given(st.text())
def test_cleaning_a_text_twice_is_cleaning_it_once(words: str) -> None:
    assert clean(clean(words)) == clean(words)
    assert not any(ord(sign) < 32 for sign in clean(words))
