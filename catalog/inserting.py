"""New rows as values, which no session comes to know: many, of several tables, as of a list.

PostgreSQL takes the rows of a table by COPY (https://www.postgresql.org/docs/15/sql-copy.html):
defaults, faults and rollback are those of an INSERT, and nothing is read as a statement.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection, Table
    from sqlalchemy.orm import DeclarativeBase, Session

    Row = tuple[type[DeclarativeBase], dict[str, Any]]
    """A table, and the values of a new row in it."""

_BY_COPY: Final = "caravan_by_copy"


def insert_all(session: Session, new: Iterable[Row]) -> None:
    """Write new rows, table by table in the order in which each table first comes.

    Rows of one table name the same columns. To have the session keep thousands took half of an
    import, and to send each row by itself a fifth of what was left.
    """
    by_table: dict[type[DeclarativeBase], list[dict[str, Any]]] = {}
    for table, values in new:
        by_table.setdefault(table, []).append(values)
    for table, listed in by_table.items():
        insert_rows(session, table.metadata.tables[table.__tablename__], listed)


def insert_rows(
    connection: Connection | Session, table: Table, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Write new rows of one table, at least one; all name the same columns."""
    connection.execute(table.insert().execution_options(**{_BY_COPY: True}), rows)


def as_row(new: DeclarativeBase) -> Row:
    """Return the row of an object that no session knows."""
    return type(new), {name: value for name, value in vars(new).items() if name[0] != "_"}


def copied(
    cursor: Any,  # noqa: ANN401 - the driver's own
    _statement: str,
    rows: Sequence[Mapping[str, Any]],
    context: Any,  # noqa: ANN401 - the dialect's own
) -> bool:
    """Send the rows of `insert_rows` by COPY; say whether they were.

    SQLAlchemy asks it on PostgreSQL before it sends a statement with many rows (`do_executemany`);
    the values are already as the driver takes them.
    """
    if not context.execution_options.get(_BY_COPY):
        return False
    table = context.compiled.statement.table
    columns = tuple(rows[0])
    named = ", ".join(f'"{table.c[column].name}"' for column in columns)
    with cursor.copy(f'COPY "{table.name}" ({named}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row([row[column] for column in columns])
    return True
