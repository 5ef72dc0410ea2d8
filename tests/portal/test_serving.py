"""The server around the app: places for transfers, and threads that are left for the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from config.settings import load
from portal.cli.serve import SPARE_THREADS, Server, places, server_options
from portal.services import build
from portal.specimens.views import install

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(("transfers", "processes"), [(160, 1), (160, 4), (3, 8), (2000, 1)])
def test_transfers_never_hold_all_threads_of_a_process(
    tmp_path: Path, transfers: int, processes: int
) -> None:
    settings = load({"CARAVAN_HOME": str(tmp_path), "CARAVAN_TRANSFERS": str(transfers)})
    options = server_options(settings, processes)
    assert options["threads"] - places(settings, processes) == SPARE_THREADS
    assert options["worker_connections"] > options["threads"]
    assert 1 <= places(settings, processes) <= max(1, transfers // processes)


def test_each_process_holds_its_share_of_the_transfers(tmp_path: Path) -> None:
    settings = load({"CARAVAN_HOME": str(tmp_path), "CARAVAN_TRANSFERS": "12"})
    build(settings).close()
    app = Server(settings, server_options(settings, 4)).load()
    assert app.extensions["transfers"].places == 3
    app.extensions["caravan"].close()


def test_the_page_of_components_is_of_the_demonstration_alone(tmp_path: Path) -> None:
    settings = load({"CARAVAN_HOME": str(tmp_path)})
    build(settings).close()
    options = server_options(settings, 1)
    for server, status in (
        (Server(settings, options), 404),
        (Server(settings, options, install), 200),
    ):
        app = server.load()
        assert app.test_client().get("/components").status_code == status
        app.extensions["caravan"].close()
