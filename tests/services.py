"""The real servers for tests: those that `make` has started, or one of our own when first asked.

`real(name)` gives one of `scripts.services.PARTS`. All tests of a run share it, so that each takes
a name of its own on it: a database, a bucket, a prefix of indexes. A test that stops or cuts a
server starts one for itself. A part that is missing fails the test with one sentence.
"""

from __future__ import annotations

import json
import os
from contextlib import ExitStack
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from scripts.services.__main__ import VARIABLE, start_all
from scripts.services.part import Running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def _not_ours() -> None:
    """What `make` has started is ended by it."""


@pytest.fixture(scope="session")
def real() -> Iterator[Callable[[str], Running]]:
    """Give the running server of a name, started on demand and ended with the session."""
    told = json.loads(os.environ.get(VARIABLE, "{}"))
    running = {name: Running(name=name, stop=_not_ours, **facts) for name, facts in told.items()}
    with ExitStack() as stack:

        def of(name: str) -> Running:
            if name not in running:
                running[name] = start_all((name,), stack)[0]
            return running[name]

        yield of


@pytest.fixture
def bucket(real: Callable[[str], Running], monkeypatch: pytest.MonkeyPatch) -> str:
    """Give the address of a place of one's own in the S3 server; what opens it is in the environment."""
    settings = dict(real("versitygw").settings)
    address, _, asked = settings.pop("CARAVAN_STORAGE_URL").partition("?")
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return f"{address}/{uuid4().hex}?{asked}"
