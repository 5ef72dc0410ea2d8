"""Bringing the database to the schema of this program, at start, under a lock.

On SQLite the whole run is one `BEGIN IMMEDIATE` transaction: DDL is transactional there, so a
second process waits, and a crash half-way leaves the old schema whole.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from catalog import vocabulary
from catalog.database import DatabaseUnusable
from config.subjects import load_concepts

if TYPE_CHECKING:
    from catalog.database import Database

FOLDER = Path(__file__).parent / "migrations"


def alembic_config() -> Config:
    """Return Alembic's configuration; there is no file for it."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    return config


def migrate(database: Database) -> None:
    """Run the steps that are missing and load the vocabulary.

    Raises DatabaseUnusable `database_newer` when the database was made by a newer program.
    """
    config = alembic_config()
    scripts = ScriptDirectory.from_config(config)
    known = {script.revision for script in scripts.walk_revisions()}
    with database.unit_of_work() as session:
        connection = session.connection()
        current = MigrationContext.configure(connection).get_current_revision()
        if current is not None and current not in known:
            raise DatabaseUnusable("database_newer", revision=current)
        if current != scripts.get_current_head():
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
        vocabulary.load(session, load_concepts())


def current_revision(database: Database) -> str | None:
    """Return the revision the database is at; None when it is empty."""
    with database.reading() as session:
        return MigrationContext.configure(session.connection()).get_current_revision()
