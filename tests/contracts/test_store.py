"""The contract of stores, on every implementation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from storage.opening import open_store
from tests.contracts.store_contract import StoreContract
from tests.storage.clerks import hire

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scripts.services.part import Running
    from storage.store import MediaStore


@pytest.fixture(params=["local", "s3", "s3-with-checksums"])
def url(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    real: Callable[[str], Running],
) -> str:
    """The address of an empty store; what opens it stands in the environment."""
    if request.param == "local":
        return f"file:{tmp_path}/media"
    if request.param == "s3":
        # As an account that may do what docs/storage.md grants; its limits: tests/storage.
        clerk = hire(real("versitygw"))
        for name, value in clerk.settings.items():
            monkeypatch.setenv(name, value)
        return clerk.url
    bucket: str = request.getfixturevalue("bucket")
    monkeypatch.setenv("AWS_REQUEST_CHECKSUM_CALCULATION", "when_supported")
    return bucket


@pytest.fixture
def store(url: str) -> MediaStore:
    return open_store(url)


class TestStore(StoreContract):
    """All stores there are."""
