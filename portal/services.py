"""The parts a portal, a worker and a command run on, built once from the settings.

`build` is the only place that chooses implementations, by calling `open_store` and `open_engine`.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalog.database import Database
from catalog.opening import open_database
from portal.mail import Mailer, open_mailer
from portal.reference import Reference
from search.opening import open_engine
from storage.opening import open_store

if TYPE_CHECKING:
    from pathlib import Path

    from config.settings import Settings
    from search.engine import SearchEngine
    from storage.store import MediaStore

SECRET_BYTES = 32


@dataclass(frozen=True)
class Services:
    """Everything that is opened from settings. Tests build another."""

    settings: Settings
    database: Database
    store: MediaStore
    engine: SearchEngine
    mailer: Mailer
    reference: Reference
    secret_key: str

    def close(self) -> None:
        """Close what holds connections."""
        self.database.dispose()


def build(settings: Settings, *, migrating: bool = True) -> Services:
    """Open database, store and engine; bring the database to this program's schema.

    Raises DatabaseUnusable, StoreError or EngineRefused when a part cannot be used.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    store = open_store(settings.storage.url, public_endpoint=settings.storage.public_endpoint)
    engine = _engine(settings)
    # Last: where another part cannot be used, the database is left as it is.
    database = open_database(settings.database.url, migrating=migrating)
    return Services(
        settings=settings,
        database=database,
        store=store,
        engine=engine,
        mailer=open_mailer(settings.mail.url, settings.home),
        reference=Reference(database),
        secret_key=settings.portal.secret_key or kept_secret(settings.home),
    )


def load_libraries(settings: Settings) -> None:
    """Load what the chosen database and engine are made of, before a process parts; nothing is opened.

    Raises EngineRefused as `build`.
    """
    _engine(settings)
    Database(settings.database.url).dispose()


def _engine(settings: Settings) -> SearchEngine:
    """Return the chosen engine; nothing is connected yet."""
    return open_engine(
        settings.search.url,
        settings.home,
        index=settings.search.index,
        ca_file=settings.search.ca_file,
        api_key=settings.search.api_key,
    )


def kept_secret(home: Path) -> str:
    """Return the secret kept in the home, made at the first start, readable by its owner alone."""
    path = home / "secret-key"
    draft = home / f"secret-key.{os.getpid()}"
    if not path.exists():
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(SECRET_BYTES))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii")
