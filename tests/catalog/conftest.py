"""A house of records in a temporary home, on each database: every test of the room runs on both."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.factories.databases import databases_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from scripts.services.part import Running
    from tests.factories.databases import Databases
    from tests.factories.house import House


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def databases(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    real: Callable[[str], Running],
) -> Iterator[Databases]:
    with databases_of(request.param, tmp_path_factory.mktemp(request.param), real) as made:
        yield made


@pytest.fixture
def house(databases: Databases, tmp_path: Path) -> Iterator[House]:
    with databases.house(tmp_path) as built:
        yield built
