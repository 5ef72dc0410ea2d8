"""The one door to a database: opened, and brought to this program's schema where that is wanted."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from catalog import checklists, vocabulary
from catalog.database import Database, DatabaseBusy
from catalog.engines import lock_start
from config.subjects import load_concepts

STEPS: Final = Path(__file__).parent / "migrations" / "versions"
"""Each step is a file whose name begins with its revision: `0002_checks_of_stored_bytes.py`."""


def open_database(url: str, *, migrating: bool) -> Database:
    """Return the database at `url`, with this program's schema and words when `migrating`.

    Raises DatabaseUnusable as `catalog.migrating.migrate` does.
    """
    database = Database(url)
    if migrating and _is_current(database):
        with database.unit_of_work() as session:
            lock_start(session)
            vocabulary.load(session, load_concepts())
            checklists.load(session)
    elif migrating:
        # Imported here: mostly there is no step to take, and Alembic would stay in memory, 10 MB.
        from catalog.migrating import migrate

        migrate(database)
    return database


def _is_current(database: Database) -> bool:
    """Whether the last step was taken; a database that cannot be asked is `migrate`'s to judge."""
    try:
        with database.reading() as session:
            found = session.scalars(text("SELECT version_num FROM alembic_version"))
            return list(found) == [last_step()]
    except (DatabaseBusy, DatabaseError):
        return False


def last_step() -> str:
    """Return the revision of this program's schema."""
    return max(path.name.partition("_")[0] for path in STEPS.glob("[0-9]*_*.py"))
