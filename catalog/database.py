"""The database: opened with the right pragmas, read and written in units of work.

`Database.unit_of_work()` holds the only `commit()` of the house: actions never commit, a request
or a job is one unit. SQLite writers begin with `BEGIN IMMEDIATE`, so that a writer waits for the
one before it instead of failing half-way (https://www.sqlite.org/lang_transaction.html).
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from catalog.errors import CatalogError, Conflict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection

UnitOfWork = Session
"""What a unit of work hands out, by a name that the other rooms may use."""

BUSY_SECONDS = 30
"""How long a SQLite writer waits for the one before it."""
NO_ROOM = frozenset({"SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_SHMSIZE"})
"""What SQLite says of a full disk, of a quota that is used up, and of no room for its log's index."""


class DatabaseUnusable(CatalogError):
    """The database cannot be used: wrong address, wrong kind, or of a newer program."""


class DatabaseBusy(CatalogError):
    """The database is locked or away; trying again may help."""


class DatabaseFull(DatabaseBusy):
    """The disk of the database has no room left."""


class Database:
    """One database, with its pool of connections. Give each process its own."""

    def __init__(self, url: str) -> None:
        """Prepare the engine; nothing is read or written before the first unit of work."""
        self.url: URL = make_url(url)
        if self.url.get_backend_name() != "sqlite":
            raise DatabaseUnusable("database_unsupported", backend=self.url.get_backend_name())
        if self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        self.engine = _sqlite_engine(self.url)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)

    @contextmanager
    def unit_of_work(self) -> Iterator[Session]:
        """Give a session whose changes are committed at the end, or undone by any exception.

        Raises Conflict `twice_at_once` when another was first with what must be unique, and
        DatabaseBusy when the database cannot be had in time.
        """
        try:
            with self._sessions() as session, session.begin():
                session.connection(execution_options={"writes": True})
                yield session
        except IntegrityError as error:
            raise Conflict("twice_at_once") from error
        except OperationalError as error:
            raise _refused(error) from error

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session over one steady snapshot; whatever it changed is dropped.

        Raises DatabaseBusy.
        """
        with self._sessions() as session:
            try:
                yield session
            except OperationalError as error:
                raise _refused(error) from error
            finally:
                # Rows read stay readable after the end; the rollback would make them forget.
                session.expunge_all()
                session.rollback()

    def dispose(self) -> None:
        """Close the pool's connections (after a fork, and at the end)."""
        self.engine.dispose()


def _refused(error: OperationalError) -> DatabaseBusy:
    """Tell a full disk from a database that is locked or away."""
    because = str(error.orig)
    if getattr(error.orig, "sqlite_errorname", "") in NO_ROOM:
        return DatabaseFull("store_full", because=because)
    return DatabaseBusy("database_busy", because=because)


def _sqlite_engine(url: URL) -> Engine:
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
