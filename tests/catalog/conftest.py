"""A house of records in a temporary home."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.factories.house import House, build_house

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    built = build_house(tmp_path)
    yield built
    built.services.close()
