"""Workers that are killed in the middle of their work: their jobs are retaken, and end once."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections import Counter
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from catalog import clock
from catalog.jobs import JobKind
from catalog.states import JobState, StepState
from catalog.tables.asset import Asset, Blob, BlobStep, Rendition
from catalog.tables.job import Job
from ingest.pipeline import STEPS
from tests.factories.house import House, build_house

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ASSETS, TEXTS, KILLS, LEASE = 20, 5, 5, 2
PATIENCE = 120.0
OURS = (JobKind.INGEST, JobKind.FORMS)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    built = build_house(tmp_path)
    yield built
    built.services.close()


def ask(house: House, statement: Any) -> Any:
    with house.services.database.reading() as session:
        return session.scalar(statement)


def done_steps(house: House) -> int:
    done = select(func.count()).select_from(BlobStep).where(BlobStep.state == StepState.DONE)
    return int(ask(house, done))


def started(house: House) -> subprocess.Popen[bytes]:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("CARAVAN")
    }
    environment |= {
        "CARAVAN_HOME": str(house.services.settings.home),
        "CARAVAN_JOB_LEASE_SECONDS": str(LEASE),
    }
    argv = [sys.executable, "-m", "portal.cli", "worker"]
    quiet = subprocess.DEVNULL
    return subprocess.Popen(argv, env=environment, stdout=quiet, stderr=quiet)


def wait_for(what: str, holds: Any) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def goes_on(house: House, before: int, running: Any) -> bool:
    return done_steps(house) > before and bool(ask(house, running))


def words_or_package(number: int) -> tuple[bytes, str]:
    """Make a file that none of the others is; packages are quickest."""
    if number < TEXTS:
        return f"The words of file {number}.\n".encode(), f"file{number}.txt"
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        package.writestr(f"file{number}", "words")
    return made.getvalue(), f"file{number}.zip"


def test_twenty_files_survive_five_killed_workers_and_end_exactly_once(house: House) -> None:
    resource = house.give(verdict=None, content=words_or_package(0)[0])
    for number in range(1, ASSETS):
        content, name = words_or_package(number)
        house.attach(resource, verdict=None, content=content, filename=name)
    ours = Job.kind.in_([str(kind) for kind in OURS])
    running = select(func.count()).select_from(Job).where(ours, Job.state == JobState.RUNNING)
    for _ in range(KILLS):
        before = done_steps(house)
        worker = started(house)
        wait_for("a worker goes on", partial(goes_on, house, before, running))
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        leases = select(func.max(Job.lease_until)).where(ours, Job.state == JobState.RUNNING)
        until = ask(house, leases)
        assert until is None or until <= clock.now() + timedelta(seconds=LEASE)
    open_jobs = (
        select(func.count())
        .select_from(Job)
        .where(ours, Job.state.in_((JobState.READY, JobState.RUNNING)))
    )
    last = started(house)
    try:
        wait_for("all jobs end", lambda: ask(house, open_jobs) == 0)
    finally:
        last.terminate()
        last.wait()
    assert_each_ended_once(house)


def assert_each_ended_once(house: House) -> None:
    with house.services.database.reading() as session:
        jobs = list(session.scalars(select(Job).where(Job.kind.in_([str(kind) for kind in OURS]))))
        steps = list(session.scalars(select(BlobStep)))
        verdicts = Counter(session.scalars(select(Blob.verdict)))
        texts = list(session.scalars(select(Rendition.blob_id).where(Rendition.name == "text")))
        assets = session.scalar(select(func.count()).select_from(Asset))
    assert assets == ASSETS
    assert {job.state for job in jobs} == {JobState.DONE}
    for kind in OURS:
        assert Counter(job.subject for job in jobs if job.kind == kind).most_common(1)[0][1] == 1
    assert sum(job.kind == JobKind.INGEST for job in jobs) == ASSETS
    assert any(job.attempts > 1 for job in jobs), "no worker was killed over a job"
    assert Counter(step.state for step in steps) == {StepState.DONE: ASSETS * len(STEPS)}
    assert sum(verdicts.values()) == verdicts["accept"] + verdicts["hold"] == ASSETS
    assert len(texts) == len(set(texts)) == TEXTS
    assert not list((house.services.settings.home / "work").glob("source-*"))
