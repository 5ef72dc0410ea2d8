"""A house with an app over it, and clients that speak for each role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from portal.app import create_app
from tests.factories.databases import Sqlite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from tests.factories.house import House


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Sqlite:
    return Sqlite(tmp_path_factory.mktemp("databases"))


@pytest.fixture
def house(databases: Sqlite, tmp_path: Path) -> Iterator[House]:
    with databases.house(tmp_path) as built:
        yield built


@pytest.fixture
def app(house: House) -> Flask:
    made = create_app(house.services.settings, house.services)
    made.config["PROPAGATE_EXCEPTIONS"] = False
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def call(app: Flask, house: House) -> Callable[..., TestResponse]:
    """Call the API as somebody: `call("curator", "POST", "/resources/x/claim", json=...)`."""

    def asked(who: str | None, method: str, path: str, **more: Any) -> TestResponse:
        headers = dict(more.pop("headers", {}))
        if who is not None:
            headers["Authorization"] = f"Bearer {house.tokens[who]}"
        return app.test_client().open(f"/api/v1{path}", method=method, headers=headers, **more)

    return asked
