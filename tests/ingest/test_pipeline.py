"""Steps are done once for the same bytes, each with its own state; one fault stops one step only."""

from __future__ import annotations

import io
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image
from sqlalchemy import select

from catalog import assets
from catalog.states import StepState
from catalog.tables.asset import Asset, Blob, BlobStep, Rendition
from portal import handlers
from tests.factories.house import House, build_house

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    built = build_house(tmp_path)
    yield built
    built.services.close()


def picture(side: int = 40) -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (side, 30), "red").save(drawn, "PNG")
    return drawn.getvalue()


def steps(house: House, asset: str) -> dict[str, tuple[str, int, str | None]]:
    with house.services.database.reading() as session:
        blob = session.get_one(Asset, asset).blob_id
        rows = session.scalars(
            select(BlobStep).where(BlobStep.blob_id == blob).order_by(BlobStep.position)
        )
        return {row.name: (row.state, row.attempts, row.last_error) for row in rows}


def blob_of(house: House, asset: str) -> Any:
    with house.services.database.reading() as session:
        return session.get_one(Blob, session.get_one(Asset, asset).blob_id)


def names(house: House, asset: str) -> list[str]:
    blob = blob_of(house, asset).id
    with house.services.database.reading() as session:
        return sorted(session.scalars(select(Rendition.name).where(Rendition.blob_id == blob)))


def retry(house: House, resource: str, asset: str) -> None:
    with house.services.database.unit_of_work() as session:
        by = house.actors["contributor"]
        assets.retry(session, by=by, resource_id=resource, asset_id=asset)


def test_a_file_goes_through_its_steps_once_whoever_gives_it(house: House) -> None:
    resource = house.give(verdict=None, content=b"Words.\n")
    first = house.attach(resource, verdict=None, content=picture(), filename="a.png")
    worker = handlers.worker(house.services)
    worker.work_off()
    done = (StepState.DONE, 1, None)
    assert steps(house, first) == dict.fromkeys(("identify", "examine", "pictures", "forms"), done)
    assert names(house, first) == ["thumbnail", "view"]
    assert blob_of(house, first).facts["width"] == 40
    again = house.attach(resource, verdict=None, content=picture(), filename="b.png")
    worker.work_off()
    assert blob_of(house, again).id == blob_of(house, first).id
    assert steps(house, again)["examine"] == done
    assert not any((house.services.settings.home / "work").iterdir())


def test_a_damaged_file_is_refused_and_the_queue_goes_on(house: House) -> None:
    resource = house.give(verdict=None, content=b"Words.\n")
    broken = house.attach(resource, verdict=None, content=picture()[:50], filename="a.png")
    whole = house.attach(resource, verdict=None, content=picture(50), filename="b.png")
    handlers.worker(house.services).work_off()
    assert blob_of(house, broken).verdict == "refuse"
    assert [reason["code"] for reason in blob_of(house, broken).reasons] == ["damaged"]
    assert steps(house, broken)["examine"] == (StepState.DONE, 1, None)
    assert names(house, broken) == []
    assert blob_of(house, whole).verdict == "accept"


def test_one_step_fails_with_its_word_and_is_run_again_alone(house: House) -> None:
    resource = house.give(verdict=None, content=b"Words.\n")
    asset = house.attach(resource, verdict=None, content=picture(60), filename="a.png")
    worker = handlers.worker(house.services)
    folder = house.services.settings.home / "work"
    shutil.rmtree(folder)
    folder.write_text("in the way")  # The machine is at fault, not the file.
    worker.work_off()
    state, attempts, word = steps(house, asset)["identify"]
    assert (state, attempts) == (StepState.WAITING, 1)
    assert word in ("FileExistsError", "NotADirectoryError")
    folder.unlink()
    folder.mkdir()
    retry(house, resource, asset)
    worker.work_off()
    assert {step[0] for step in steps(house, asset).values()} == {StepState.DONE}
    with house.services.database.unit_of_work() as session:
        row = session.get_one(BlobStep, (blob_of(house, asset).id, "pictures"))
        row.state, row.last_error = StepState.FAILED, "timed_out"
    retry(house, resource, asset)
    worker.work_off()
    told = steps(house, asset)
    assert told["pictures"] == (StepState.DONE, 1, None)
    assert told["examine"][1] == 1, "the steps before it were not run again"
