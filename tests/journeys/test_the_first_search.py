"""A house whose records came in before it was ever served."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from tests.factories.house import build_house
from tests.journeys.conftest import raised

if TYPE_CHECKING:
    from pathlib import Path


def test_the_first_search_finds_what_was_there_before_the_first_start(tmp_path: Path) -> None:
    home = tmp_path / "home"
    house = build_house(home)
    rid = house.bring_to("published")
    running = raised(house, home)
    running.start()
    try:
        told = httpx.get(f"{running.address}/api/v1/resources?q=magnets", timeout=30)
        assert (told.status_code, [each["id"] for each in told.json()["results"]]) == (200, [rid])
    finally:
        running.stop()
        house.services.close()
