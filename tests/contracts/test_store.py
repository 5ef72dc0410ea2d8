"""The contract of stores, on every implementation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from storage.opening import open_store
from tests.contracts.store_contract import StoreContract

if TYPE_CHECKING:
    from pathlib import Path

    from storage.store import MediaStore


@pytest.fixture(params=["local"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> MediaStore:
    assert request.param == "local"
    return open_store(f"file:{tmp_path}/media")


class TestStore(StoreContract):
    """All stores there are."""
