"""The contract of stores, on every implementation."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from storage.opening import open_store
from tests.contracts.store_contract import StoreContract

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scripts.services.part import Running
    from storage.store import MediaStore


@pytest.fixture(params=["local", "s3", "s3-with-checksums"])
def url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of an empty store; what opens it stands in the environment."""
    if request.param == "local":
        return f"file:{tmp_path}/media"
    real: Callable[[str], Running] = request.getfixturevalue("real")
    settings = dict(real("versitygw").settings)
    bucket, _, asked = settings.pop("CARAVAN_STORAGE_URL").partition("?")
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    if request.param == "s3-with-checksums":
        monkeypatch.setenv("AWS_REQUEST_CHECKSUM_CALCULATION", "when_supported")
    return f"{bucket}/{uuid4().hex}?{asked}"


@pytest.fixture
def store(url: str) -> MediaStore:
    return open_store(url)


class TestStore(StoreContract):
    """All stores there are."""
