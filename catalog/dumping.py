"""The whole catalogue as plain rows, out of one database and into another, of either kind.

Rows are read and written by the tables as the database has them, not as this program would: a dump
of an earlier revision is loaded into the schema of that revision, which is then brought forward.
"""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Date, DateTime, LargeBinary, MetaData, Table, func, select

from catalog.database import DatabaseUnusable
from catalog.errors import Conflict
from catalog.inserting import insert_rows
from catalog.migrating import alembic_config

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sqlalchemy import Connection
    from sqlalchemy.orm import Session

Row = tuple[str, dict[str, Any]]
"""The name of a table, and its columns with values that JSON can hold."""

ALEMBIC = "alembic_version"
TELLING = ("person", "institution", "resource", "blob", "event")
"""Tables that are empty in a house nobody has used yet; the vocabulary is there from the start."""
BATCH = 500


def dump(session: Session) -> Iterator[Row]:
    """Give every row of every table, those first that others point at."""
    connection = session.connection()
    for table in _tables(connection).sorted_tables:
        if table.name == ALEMBIC:
            continue
        ordered = select(table).order_by(*table.primary_key.columns)
        rows = connection.execution_options(yield_per=BATCH).execute(ordered)
        for row in rows.mappings():
            yield table.name, {name: _plain(value) for name, value in row.items()}


def is_unused(session: Session) -> bool:
    """Whether nobody has put anything in: there may be a schema, and the vocabulary."""
    connection = session.connection()
    tables = _tables(connection).tables
    return not any(
        connection.scalar(select(func.count()).select_from(tables[name]))
        for name in TELLING
        if name in tables
    )


def load(session: Session, revision: str, rows: Iterable[Row]) -> int:
    """Fill an unused database with a dump of `revision`, bring it forward, return the row count.

    Uploads that were not finished are left out: their bytes are in no backup. Raises Conflict
    `not_empty` and DatabaseUnusable `database_newer`.
    """
    config = alembic_config()
    if revision not in {
        each.revision for each in ScriptDirectory.from_config(config).walk_revisions()
    }:
        raise DatabaseUnusable("database_newer", revision=revision)
    if not is_unused(session):
        raise Conflict("not_empty")
    connection = session.connection()
    _tables(connection).drop_all(connection)
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
    tables = _tables(connection).tables
    count = 0
    for name, group in groupby(rows, key=lambda row: row[0]):
        count += _fill(connection, tables[name], (values for _, values in group))
    command.upgrade(config, "head")
    return count


def _fill(connection: Connection, table: Table, rows: Iterator[dict[str, Any]]) -> int:
    readers = {column.name: _reader(column.type) for column in table.columns}
    kept = (row for row in rows if table.name != "upload" or row["finished_at"] is not None)
    count = 0
    while batch := list(islice(kept, BATCH)):
        insert_rows(
            connection,
            table,
            [
                {
                    name: readers[name](value) if value is not None else None
                    for name, value in row.items()
                }
                for row in batch
            ],
        )
        count += len(batch)
    return count


def _tables(connection: Connection) -> MetaData:
    found = MetaData()
    found.reflect(connection)
    return found


def _plain(value: object) -> object:
    """Return a value as JSON holds it; times are in UTC with their zone."""
    if isinstance(value, datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=UTC)
        return moment.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    return value


def _reader(kind: object) -> Callable[[Any], Any]:
    """Return what turns a plain value back into one for a column of that type."""
    if isinstance(kind, DateTime):
        # SQLite keeps no zone: `tables.base.UtcDateTime` stores UTC there.
        return datetime.fromisoformat if kind.timezone else _naive
    if isinstance(kind, Date):
        return date.fromisoformat
    if isinstance(kind, LargeBinary):
        return base64.b64decode
    return lambda value: value


def _naive(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)
