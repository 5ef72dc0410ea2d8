"""The database: read and written in units of work, and its faults in our own words.

`Database.unit_of_work()` holds the only `commit()` of the house: actions never commit, a request
or a job is one unit. `repeated` is the only place that does work again when two units stood in each
other's way.
"""

from __future__ import annotations

import random
import time
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import URL, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    OperationalError,
)
from sqlalchemy.exc import TimeoutError as NoneIsFree
from sqlalchemy.orm import Session, sessionmaker

from catalog.engines import KNOWN, open_engine, version
from catalog.errors import CatalogError, Conflict, Invalid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

UnitOfWork = Session
"""What a unit of work hands out, by a name that the other rooms may use."""

T = TypeVar("T")

CROSSED = frozenset({"40001", "40P01"})
"""SQLSTATE of a serialization failure and of a deadlock: doing it again helps."""
FULL = frozenset({"53100", "SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_SHMSIZE"})
"""No room to write on: PostgreSQL's SQLSTATE, and SQLite's names for a full disk, a quota that is used
up, and no room for its log's index."""
PAUSES = (0.02, 0.05, 0.15, 0.4, 1.0)
"""Seconds before each further try, with jitter."""

_committed: ContextVar[int] = ContextVar("committed", default=0)


class DatabaseUnusable(CatalogError):
    """The database cannot be used: wrong address, wrong kind, or of a newer program."""


class DatabaseBusy(CatalogError):
    """The database is locked or away; trying again may help."""


class DatabaseFull(DatabaseBusy):
    """Nothing more can be written before there is space again; reading goes on."""


class UnitsCrossed(DatabaseBusy):
    """Two units of work stood in each other's way, and this one was undone: do it again."""


class Database:
    """One database, with its pool of connections. Give each process its own."""

    def __init__(self, url: str) -> None:
        """Prepare the engine; nothing is read or written before the first unit of work.

        Raises DatabaseUnusable for an address of no kind that we know.
        """
        try:
            self.url: URL = make_url(url)
        except ArgumentError as error:
            raise DatabaseUnusable("database_unsupported", backend="?") from error
        if self.url.get_backend_name() not in KNOWN:
            raise DatabaseUnusable("database_unsupported", backend=self.url.get_backend_name())
        self.engine = open_engine(self.url)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)

    @contextmanager
    def unit_of_work(self) -> Iterator[Session]:
        """Give a session whose changes are committed at the end, or undone by any exception.

        Raises Conflict `twice_at_once` when another was first with what must be unique,
        UnitsCrossed when it has to be done again, DatabaseFull, and DatabaseBusy when the database
        cannot be had in time.
        """
        with _in_our_words():
            try:
                with self._sessions() as session, session.begin():
                    session.connection(execution_options={"writes": True})
                    yield session
            except IntegrityError as error:
                raise Conflict("twice_at_once") from error
        _committed.set(_committed.get() + 1)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session over one steady snapshot; whatever it changed is dropped.

        Raises DatabaseBusy when the database cannot be had.
        """
        with _in_our_words(), self._sessions() as session:
            try:
                if self.url.get_backend_name() == "postgresql":
                    session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
                yield session
            finally:
                # Rows read stay readable after the end; the rollback would make them forget.
                session.expunge_all()
                session.rollback()

    def version(self) -> str:
        """Return what the database is, with its version. Raises DatabaseBusy."""
        with self.reading() as session:
            return version(session)

    def dispose(self) -> None:
        """Close the pool's connections (after a fork, and at the end)."""
        self.engine.dispose()


def repeated(work: Callable[[], T]) -> T:
    """Do `work`, and do it again when its unit of work crossed another's; return what it returns.

    Work that has committed a unit before is not done again: nothing happens twice. Raises
    UnitsCrossed when it stayed in vain.
    """
    for pause in PAUSES:
        before = _committed.get()
        try:
            return work()
        except UnitsCrossed:
            if _committed.get() != before:
                raise
            time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - jitter
    return work()


@contextmanager
def _in_our_words() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise _refusal(error) from error
    except NoneIsFree as error:
        raise DatabaseBusy("database_busy", because="no connection is free") from error
    except DataError as error:
        # PostgreSQL stores no NUL in a text and no number beyond a column's: asked for by nobody.
        raise Invalid((), code="bad_request") from error


def _refusal(error: DBAPIError) -> DatabaseBusy:
    state = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", None)
    because = str(error.orig)
    if state in CROSSED:
        return UnitsCrossed("database_busy", because=because)
    if state in FULL:
        return DatabaseFull("store_full", because=because)
    return DatabaseBusy("database_busy", because=because)
