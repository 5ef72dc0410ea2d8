"""The two databases, opened as the house needs them, and the one word in which their SQL differs.

SQLite: writers begin with `BEGIN IMMEDIATE`, so that a writer waits for the one before it instead
of failing half-way (https://www.sqlite.org/lang_transaction.html). PostgreSQL: units of work are
READ COMMITTED and lock the row of the thing they change before they read it; reading is one
REPEATABLE READ snapshot. Why so: docs/decisions/0012-two-databases.md.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Engine, create_engine, event, func, select, text
from sqlalchemy.dialects import postgresql, sqlite

from catalog.inserting import copied

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection
    from sqlalchemy.orm import DeclarativeBase, Session

BUSY_SECONDS = 30
"""How long a writer waits for the one before it, on both."""
CONNECT_SECONDS = 5
MOST_CONNECTIONS = 20
"""Of one process on PostgreSQL: its units are short, and a server takes a hundred by default."""
IDLE_SECONDS = 300
"""After which PostgreSQL ends a unit of work whose process has frozen, and frees its locks."""

_OF_THE_LINE = {
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
"""A host that is gone without a word is noticed after a minute, one that takes no bytes after half."""

KNOWN = ("sqlite", "postgresql")
LOCK = 0x63617261
"""The number of our advisory lock on PostgreSQL: "cara" in ASCII."""


def open_engine(url: URL) -> Engine:
    """Return the engine of an address of a `KNOWN` kind; nothing is connected yet."""
    return _postgresql(url) if url.get_backend_name() == "postgresql" else _sqlite(url)


def insert(session: Session, table: type[DeclarativeBase]) -> sqlite.Insert | postgresql.Insert:
    """Return an INSERT that knows ON CONFLICT, which SQLAlchemy spells for each database apart."""
    make = postgresql.insert if is_postgresql(session) else sqlite.insert
    return make(table)


def is_postgresql(session: Session) -> bool:
    """Whether the session speaks to PostgreSQL."""
    return session.get_bind().dialect.name == "postgresql"


def version(session: Session) -> str:
    """Return what the database is: SQLite 3.40.1, PostgreSQL 15.18."""
    if is_postgresql(session):
        return f"PostgreSQL {session.scalar(text('SHOW server_version'))}".partition(" (")[0]
    return f"SQLite {session.scalar(text('SELECT sqlite_version()'))}"


def _postgresql(url: URL) -> Engine:
    options = (
        "-c timezone=UTC"
        f" -c lock_timeout={BUSY_SECONDS}s"
        f" -c idle_in_transaction_session_timeout={IDLE_SECONDS}s"
    )
    engine = create_engine(
        url,
        isolation_level="READ COMMITTED",
        pool_pre_ping=True,  # a connection that was cut is noticed before it is used
        pool_size=MOST_CONNECTIONS // 2,
        max_overflow=MOST_CONNECTIONS // 2,
        pool_timeout=BUSY_SECONDS,
        connect_args={
            "options": options,
            "connect_timeout": CONNECT_SECONDS,
            "application_name": "caravan",
            **_OF_THE_LINE,
        },
    )
    event.listen(engine, "do_connect", _patiently)
    event.listen(engine, "do_executemany", copied)
    return engine


def _patiently(_dialect: object, _record: object, words: Any, named: Any) -> Any:  # noqa: ANN401 - a driver's own
    """Connect as SQLAlchemy would, but not to wait for good."""
    # Imported here: a house on SQLite loads no driver of PostgreSQL.
    from catalog.patience import Patient

    return Patient.connect(*words, **named)


def _sqlite(url: URL) -> Engine:
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url, connect_args={"timeout": BUSY_SECONDS}, pool_size=8, max_overflow=200
    )
    event.listen(engine, "connect", _sqlite_connected)
    event.listen(engine, "begin", _sqlite_begins)
    return engine


def _sqlite_connected(connection: Any, record: object) -> None:  # noqa: ANN401 - the DB-API's own
    """Set the pragmas of DESIGN section 6; `isolation_level` None leaves BEGIN to us."""
    del record
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_SECONDS * 1000}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _sqlite_begins(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    dbapi = connection.connection.dbapi_connection
    assert dbapi is not None
    dbapi.cursor().execute("BEGIN IMMEDIATE" if writes else "BEGIN")


def lock_start(session: Session) -> None:
    """Let one process at a time bring the database forward; on SQLite one unit writes at a time."""
    if is_postgresql(session):
        session.execute(select(func.pg_advisory_xact_lock(LOCK)))
