"""The steps a stored file goes through, each idempotent by (content, step, version of the step).

identify -> examine -> pictures run in one job; forms, which may take as long as the film, in
another of lower priority. A crash between two steps loses nothing: what is done is noted with its
result in one transaction, and the next worker goes on behind it.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from catalog import ingesting, jobs
from catalog.resources.indexable import TextSegment
from ingest.formats.registry import format_of
from ingest.inspection import look
from ingest.sandbox import ToolFailed
from ingest.verdict import Faulty, Verdict
from ingest.workspace import workspace
from storage.hashing import RunningHash
from storage.keys import rendition_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from catalog.database import Database
    from catalog.ingesting import BlobView
    from catalog.leases import Claimed
    from ingest.formats.base import Made
    from ingest.workspace import Workspace
    from storage.store import MediaStore

log = structlog.get_logger()

FORMS_PRIORITY = -10
PROGRESS_SECONDS = 1.0
"""Progress is written down at most this often."""


@dataclass(frozen=True)
class Pipeline:
    """What the steps need. `folder` is where workspaces are made, beside the store."""

    database: Database
    store: MediaStore
    folder: Path


@dataclass(frozen=True)
class Task:
    """One step at work on one blob."""

    pipeline: Pipeline
    blob: BlobView
    box: Workspace


@dataclass(frozen=True)
class Step:
    """A step: raised `version`, every file goes through it again when next looked at."""

    name: str
    version: int
    run: Callable[[Task], None]
    heavy: bool = False


def ingest(pipeline: Pipeline, job: Claimed) -> None:
    """Run the quick steps that are open for a blob, then leave the slow ones to their own job."""
    names = _open_steps(pipeline, job.subject)
    if names is None:
        return
    _run_steps(pipeline, job, [step for step in STEPS if step.name in names and not step.heavy])
    if any(step.heavy and step.name in names for step in STEPS):
        with pipeline.database.unit_of_work() as session:
            jobs.enqueue(session, jobs.JobKind.FORMS, job.subject, priority=FORMS_PRIORITY)


def make_forms(pipeline: Pipeline, job: Claimed) -> None:
    """Run the slow steps that are open for a blob."""
    names = _open_steps(pipeline, job.subject)
    if names is not None:
        _run_steps(pipeline, job, [step for step in STEPS if step.name in names and step.heavy])


def give_up(pipeline: Pipeline, blob_id: str) -> None:
    """Note that the steps still open of a blob failed for good."""
    with pipeline.database.unit_of_work() as session:
        ingesting.fail_open_steps(session, blob_id, error="gave_up")


def _open_steps(pipeline: Pipeline, blob_id: str) -> set[str] | None:
    """Return the names of the steps to be done; None when nobody points at the blob any more."""
    with pipeline.database.unit_of_work() as session:
        if ingesting.blob(session, blob_id) is None:
            return None
        planned = [(step.name, step.version) for step in STEPS]
        return set(ingesting.plan_steps(session, blob_id, planned))


def _run_steps(pipeline: Pipeline, job: Claimed, steps: list[Step]) -> None:
    if not steps:
        return
    with _fetched(pipeline, job.subject) as source:
        for step in steps:
            _run_step(pipeline, job, step, source)


def _run_step(pipeline: Pipeline, job: Claimed, step: Step, source: Path) -> None:
    database, blob_id = pipeline.database, job.subject
    with database.unit_of_work() as session:
        blob = ingesting.blob(session, blob_id)
        if blob is None:
            return
        ingesting.begin_step(session, blob_id, step.name)
    report = _Reporter(database, blob_id, step.name)
    try:
        with workspace(source, parent=pipeline.folder, progress=report) as box:
            step.run(Task(pipeline, blob, box))
    except (Faulty, ToolFailed) as error:
        code = error.code
        log.warning(
            "step_failed", blob=blob_id, step=step.name, code=code, because=str(error)[:500]
        )
        with database.unit_of_work() as session:
            ingesting.fail_step(session, blob_id, step.name, error=code, final=True)
        return
    except Exception as error:
        with database.unit_of_work() as session:
            ingesting.fail_step(
                session, blob_id, step.name, error=type(error).__name__, final=job.last_attempt
            )
        raise
    with database.unit_of_work() as session:
        ingesting.finish_step(session, blob_id, step.name)


class _Reporter:
    """Writes progress down, not too often."""

    def __init__(self, database: Database, blob_id: str, step: str) -> None:
        self._database, self._blob_id, self._step = database, blob_id, step
        self._last = time.monotonic()

    def __call__(self, share: float) -> None:
        """Take a share from 0 to 1."""
        if time.monotonic() - self._last < PROGRESS_SECONDS:
            return
        self._last = time.monotonic()
        with self._database.unit_of_work() as session:
            ingesting.progress_step(session, self._blob_id, self._step, min(max(share, 0.0), 1.0))


@contextlib.contextmanager
def _fetched(pipeline: Pipeline, blob_id: str) -> Iterator[Path]:
    """Give the original as a local file: the store's own where it has one, else a copy."""
    with pipeline.database.reading() as session:
        blob = ingesting.blob(session, blob_id)
    assert blob is not None
    local = pipeline.store.path(blob.key)
    if local is not None:
        yield local
        return
    pipeline.folder.mkdir(parents=True, exist_ok=True)
    copy = pipeline.folder / f"source-{blob_id}"
    try:
        with copy.open("wb") as file:
            file.writelines(pipeline.store.read(blob.key))
        yield copy
    finally:
        copy.unlink(missing_ok=True)


def _identify(task: Task) -> None:
    """Know the hash, where it did not run along with the upload."""
    if task.blob.sha256 is None:
        running = RunningHash()
        for piece in task.pipeline.store.read(task.blob.key):
            running.update(piece)
        with task.pipeline.database.unit_of_work() as session:
            ingesting.store_hash(session, task.blob.id, running.hexdigest())


def _examine(task: Task) -> None:
    """Type, dangers, facts, verdict, words and their language."""
    found = look(task.box, filename=task.blob.filename, language=task.blob.language)
    language = found.facts.get("language") or task.blob.language
    with task.pipeline.database.unit_of_work() as session:
        ingesting.store_text(
            session,
            task.blob.id,
            language=language,
            segments=[TextSegment(each.text, each.page, each.second) for each in found.segments],
        )
        ingesting.store_findings(
            session,
            task.blob.id,
            media_type=found.media_type,
            family=found.family,
            verdict=str(found.verdict),
            reasons=[{"code": reason.code, "facts": reason.facts} for reason in found.reasons],
            facts=dict(found.facts),
        )


def _pictures(task: Task) -> None:
    _make(task, heavy=False)


def _forms(task: Task) -> None:
    _make(task, heavy=True)


def _make(task: Task, *, heavy: bool) -> None:
    """Make renditions and keep each as it is ready. A refused file gets none."""
    if task.blob.verdict in (None, Verdict.REFUSE) or task.blob.media_type is None:
        return
    handler = format_of(task.blob.media_type)
    if handler is None:
        return
    facts = dict(task.blob.facts)
    making = handler.forms if heavy else handler.pictures
    for made in making(task.box, task.blob.media_type, facts):  # type: ignore[arg-type]
        _keep(task, made)


def _keep(task: Task, made: Made) -> None:
    key = rendition_key(task.blob.id, made.name)
    with made.path.open("rb") as file:
        stored = task.pipeline.store.put(key, file)
    kept = ingesting.Made(
        made.name, made.media_type, stored.size, stored.sha256 or "", key, dict(made.facts)
    )
    with task.pipeline.database.unit_of_work() as session:
        ingesting.store_renditions(session, task.blob.id, [kept])


STEPS: tuple[Step, ...] = (
    Step("identify", 1, _identify),
    Step("examine", 1, _examine),
    Step("pictures", 1, _pictures),
    Step("forms", 1, _forms, heavy=True),
)
