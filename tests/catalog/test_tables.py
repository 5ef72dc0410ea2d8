"""What the schema must be able to hold from the first day: one of everything stored and read."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import Table, insert, inspect, select, text
from sqlalchemy.exc import DBAPIError

from catalog.errors import Conflict
from catalog.tables.base import UtcDateTime
from catalog.tables.event import Event
from catalog.tables.resource import Version
from catalog.tables.schema import AGGREGATES, metadata
from catalog.tables.text import Text
from config.languages import LANGUAGES

MOMENT = datetime(2026, 11, 24, 23, 30, 0, 123456, tzinfo=UTC)
EMPTY = {
    # Columns that may not be filled beside those that are.
    "note": {"field"},
    "resource": set(),
}
VALUES: dict[str, Any] = {
    "origin": "machine",
    "state": "draft",
    "ages_from": 7,
    "ages_to": 12,
    "territory": "",
    "progress": 0.25,
}
"""Where a column takes not just any value."""


def test_every_table_belongs_to_one_aggregate() -> None:
    listed = [
        kind.__table__.name
        for module in AGGREGATES
        for kind in vars(module).values()
        if getattr(kind, "__module__", "") == module.__name__ and hasattr(kind, "__table__")
    ]
    assert sorted(listed) == sorted(metadata.tables)


def test_one_of_everything_is_stored_and_read(house: Any) -> None:
    """Every table takes a row with a value in each column, and gives back what went in."""
    stored: dict[str, dict[str, Any]] = {}
    with house.services.database.unit_of_work() as session:
        for table in metadata.sorted_tables:
            row = {column.name: value_of(column, stored) for column in table.columns}
            stored[table.name] = row
            session.execute(insert(table).values(row))
    with house.services.database.reading() as session:
        for table in metadata.sorted_tables:
            row = stored[table.name]
            keys = [column == row[column.name] for column in table.primary_key]
            assert session.execute(select(table).where(*keys)).one()._asdict() == row, table.name


def value_of(column: Any, stored: dict[str, dict[str, Any]]) -> Any:
    table: Table = column.table
    if column.name in EMPTY.get(table.name, ()):
        return None
    for key in column.foreign_keys:
        return stored[key.column.table.name][key.column.name]
    if column.name in VALUES:
        return VALUES[column.name]
    if isinstance(column.type, UtcDateTime):
        return MOMENT
    if column.type.__class__.__name__ == "BigInteger":
        return 5 * 2**40  # five tebibytes
    kind = column.type.python_type
    samples: dict[type, Any] = {
        str: f"{table.name} {column.name} 磁铁 🧲",
        int: 3,
        float: 0.5,
        bool: True,
        bytes: bytes(range(256)),
        dict: {"height_m": 2.5, "名": ["a", None, {"b": True}]},
        list: ["a", "磁"],
        date: date(2026, 11, 24),
    }
    return samples[kind]


def test_a_text_stands_in_every_language_with_its_origin(house: Any) -> None:
    rid = house.give()
    tags = list(LANGUAGES)
    assert len(tags) >= 12
    with house.services.database.unit_of_work() as session:
        version = session.scalars(select(Version).where(Version.resource_id == rid)).one()
        for place, tag in enumerate(tags):
            origin = ("original", "human", "machine")[place % 3]
            session.merge(
                Text(
                    version_id=version.id,
                    field="description",
                    language=tag,
                    position=0,
                    value=f"words in {tag}",
                    origin=origin,
                )
            )
    with house.services.database.reading() as session:
        found = session.scalars(select(Text).where(Text.field == "description")).all()
        assert {each.language for each in found} == set(tags)
        assert {each.origin for each in found} == {"original", "human", "machine"}


def test_a_time_is_kept_to_the_microsecond_and_comes_back_in_utc(house: Any) -> None:
    there = datetime(2026, 11, 25, 4, 30, 0, 123456, tzinfo=timezone(timedelta(hours=5)))
    with house.services.database.unit_of_work() as session:
        session.add(
            Event(
                resource_id="t",
                seq=1,
                at=there,
                actor=None,
                action="x",
                note_digest=None,
                previous_hash="",
                hash="",
            )
        )
    with house.services.database.reading() as session:
        back = session.scalars(select(Event).where(Event.resource_id == "t")).one().at
    assert back == MOMENT
    assert back.isoformat() == "2026-11-24T23:30:00.123456+00:00"
    with pytest.raises(ValueError, match="without a zone"):
        UtcDateTime().process_bind_param(datetime(2026, 1, 1), None)  # type: ignore[arg-type]  # noqa: DTZ001 - what is refused


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE version SET ages_from = 9, ages_to = NULL",
        "UPDATE version SET ages_from = 9, ages_to = 8",
        "UPDATE resource SET withdrawn_at = created_at",
        "UPDATE text SET origin = 'guessed'",
        "UPDATE asset SET released_at = created_at",
        "UPDATE version SET resource_id = 'nowhere'",
        "DELETE FROM institution WHERE id = 'lanzhou'",
        "UPDATE person SET email = 'same@example.org'",
        (
            "INSERT INTO agreement (id, starts, ends, scope, created_at)"
            " VALUES ('a', '2026-02-01', '2026-01-01', '{}', '2026-01-01 00:00:00')"
        ),
    ],
)
def test_the_database_itself_refuses_what_cannot_be(house: Any, statement: str) -> None:
    house.give()
    with pytest.raises((Conflict, DBAPIError)), house.services.database.unit_of_work() as session:
        session.execute(text(statement))


def test_one_version_only_is_on_its_way_and_one_claim_open(house: Any) -> None:
    house.give()
    indexes = {name for table in ("version", "review", "job") for name in inspected(house, table)}
    assert {"uq_version_one_open", "uq_review_one_open", "uq_job_one_waiting"} <= indexes
    with pytest.raises(Conflict), house.services.database.unit_of_work() as session:
        only = session.scalars(select(Version)).one()
        copy = {column.key: getattr(only, column.key) for column in Version.__table__.columns} | {
            "id": "another",
            "number": 2,
        }
        session.add(Version(**copy))


def inspected(house: Any, table: str) -> list[str]:
    with house.services.database.reading() as session:
        return [str(each["name"]) for each in inspect(session.connection()).get_indexes(table)]
