"""The contract of stores, on every implementation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from storage.opening import open_store
from tests.contracts.store_contract import StoreContract

if TYPE_CHECKING:
    from pathlib import Path

    from storage.store import MediaStore


@pytest.fixture(params=["local", "s3", "s3-with-checksums"])
def url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of an empty store; what opens it stands in the environment."""
    if request.param == "local":
        return f"file:{tmp_path}/media"
    bucket: str = request.getfixturevalue("bucket")
    if request.param == "s3-with-checksums":
        monkeypatch.setenv("AWS_REQUEST_CHECKSUM_CALCULATION", "when_supported")
    return bucket


@pytest.fixture
def store(url: str) -> MediaStore:
    return open_store(url)


class TestStore(StoreContract):
    """All stores there are."""
