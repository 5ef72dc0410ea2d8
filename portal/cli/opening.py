"""What every command begins with: settings and services."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

from config.logs import configure
from config.settings import load
from portal.services import Services, build

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def opened(*, quiet: bool = True) -> Iterator[Services]:
    """Give services over the settings of the environment, closed at the end."""
    configure(as_json=False, level="WARNING" if quiet else "INFO")
    services = build(load())
    # The program itself is not looked through again at each collection: a rebuild takes a sixth less.
    gc.freeze()
    try:
        yield services
    finally:
        services.close()
