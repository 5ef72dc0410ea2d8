"""Databases for tests, SQLite and PostgreSQL: an empty one, or a copy of a house built once.

A copy takes a few hundredths of a second, where migrations, people and their passwords take half of
one.
"""

from __future__ import annotations

import itertools
import secrets
import shutil
from abc import ABC, abstractmethod
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, make_url, text

from tests.factories.house import House, build_house, open_services

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from scripts.services.part import Running


class Databases(ABC):
    """One kind of database: `empty` gives addresses, `house` a house over a copy of the pattern."""

    name: str

    @abstractmethod
    def empty(self) -> str:
        """Return the address of a new and empty database."""

    @abstractmethod
    def copy_of(self, url: str) -> str:
        """Return the address of a copy of a database to which nobody is connected."""

    @abstractmethod
    def drop(self, url: str) -> None:
        """Drop a database with whoever is connected to it."""

    def __init__(self, folder: Path) -> None:
        """Build the pattern in a folder that lives as long as the run."""
        self._folder = folder
        self._numbers = itertools.count()
        self._pattern_url = self.empty()
        self._pattern = build_house(folder / "home", CARAVAN_DATABASE_URL=self._pattern_url)
        self._pattern.services.close()

    @contextmanager
    def house(self, home: Path, **environ: str) -> Iterator[House]:
        """Give a house in a home of its own, with the people and tokens of the pattern."""
        url = self.copy_of(self._pattern_url)
        services = open_services(home, migrating=False, CARAVAN_DATABASE_URL=url, **environ)
        try:
            yield House(services, dict(self._pattern.actors), dict(self._pattern.tokens))
        finally:
            services.close()
            self.drop(url)


@contextmanager
def databases_of(kind: str, folder: Path, real: Callable[[str], Running]) -> Iterator[Databases]:
    """Give the databases of a kind, `sqlite` or `postgres`; the server is asked of `real`."""
    if kind == Sqlite.name:
        yield Sqlite(folder)
        return
    made = Postgresql(folder, real("postgresql").settings["CARAVAN_DATABASE_URL"])
    try:
        yield made
    finally:
        made.close()


class Sqlite(Databases):
    """Files in a folder."""

    name = "sqlite"

    def empty(self) -> str:
        self._folder.mkdir(parents=True, exist_ok=True)
        return f"sqlite:///{self._folder}/{next(self._numbers)}.db"

    def copy_of(self, url: str) -> str:
        copy = self.empty()
        # The last connection that closes brings the log into the file.
        shutil.copy(make_url(url).database or "", make_url(copy).database or "")
        return copy

    def drop(self, url: str) -> None:
        for file in self._folder.glob(f"{make_url(url).database}*".rpartition("/")[2]):
            file.unlink()


class Postgresql(Databases):
    """Databases of one server, by names of this process."""

    name = "postgres"

    def __init__(self, folder: Path, server: str) -> None:
        """Use the server of an address that may create databases."""
        self._server = make_url(server)
        self._admin = create_engine(self._server, isolation_level="AUTOCOMMIT")
        super().__init__(folder)

    def empty(self) -> str:
        return self._create("TEMPLATE template0")

    def copy_of(self, url: str) -> str:
        return self._create(f'TEMPLATE "{make_url(url).database}"')

    def drop(self, url: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{make_url(url).database}" WITH (FORCE)'))

    def close(self) -> None:
        """Close the connection by which databases are made."""
        self._admin.dispose()

    def _create(self, how: str) -> str:
        name = f"test_{secrets.token_hex(8)}"
        with self._admin.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}" {how}'))
        return self._server.set(database=name).render_as_string(hide_password=False)
