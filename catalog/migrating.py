"""Bringing the database to the schema of this program, at start, under a lock.

The whole run is one transaction, on SQLite under `BEGIN IMMEDIATE`, on PostgreSQL under an advisory
lock: DDL is transactional on both, so a second process waits, and a crash half-way leaves the old
schema whole.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DatabaseError

from catalog import checklists, vocabulary
from catalog.database import DatabaseBusy, DatabaseUnusable
from catalog.engines import lock_start
from config.subjects import load_concepts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalog.database import Database

FOLDER = Path(__file__).parent / "migrations"
NOT_OURS: Final[frozenset[object]] = frozenset(
    {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT, "42501"}
)
"""A file that is no database, one that is damaged, and PostgreSQL's refusal of rights."""


def alembic_config() -> Config:
    """Return Alembic's configuration; there is no file for it."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    return config


def migrate(database: Database) -> None:
    """Run the steps that are missing; load the vocabulary and the checklists.

    Raises DatabaseUnusable `database_newer` when the database was made by a newer program, and
    `database_unreachable` when there is no such database, or not for us.
    """
    config = alembic_config()
    scripts = ScriptDirectory.from_config(config)
    known = {script.revision for script in scripts.walk_revisions()}
    with _reached(), database.unit_of_work() as session:
        lock_start(session)
        connection = session.connection()
        current = MigrationContext.configure(connection).get_current_revision()
        if current is not None and current not in known:
            raise DatabaseUnusable("database_newer", revision=current)
        if current != scripts.get_current_head():
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
        vocabulary.load(session, load_concepts())
        checklists.load(session)


@contextmanager
def _reached() -> Iterator[None]:
    try:
        yield
    except DatabaseBusy as error:
        raise _unreachable(str(error.facts["because"])) from error
    except DatabaseError as error:
        if not NOT_OURS & {
            getattr(error.orig, "sqlite_errorcode", None),
            getattr(error.orig, "sqlstate", None),
        }:
            raise
        raise _unreachable(str(error.orig)) from error


def _unreachable(because: str) -> DatabaseUnusable:
    lines = because.strip().splitlines() or ["?"]
    return DatabaseUnusable("database_unreachable", because=lines[0])


def current_revision(database: Database) -> str | None:
    """Return the revision the database is at; None when it is empty."""
    with database.reading() as session:
        return MigrationContext.configure(session.connection()).get_current_revision()
