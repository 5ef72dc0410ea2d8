"""Index jobs: the document of one resource brought in line with the catalogue; or all of them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from catalog import jobs, vocabulary
from catalog.jobs import JobKind
from catalog.resources import reading
from search.document import from_resource
from search.engine import EngineUnavailable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from catalog.database import Database
    from catalog.jobs import Claimed
    from search.engine import Document, SearchEngine

GONE_FOR_GOOD = 2**40
"""The version under which a deleted resource is removed: above any revision."""
AT_ONCE: Final = 100
"""Resources read together: each by itself took ten times as long. Their texts stay packed."""
REBUILD_PAUSE: Final = timedelta(minutes=1)
"""Between a rebuild that did not help and the next."""


def index_one(database: Database, engine: SearchEngine, job: Claimed) -> None:
    """Write or remove the document of the job's resource, as the catalogue says now.

    The job carries only the id, so a late one writes the present state; the revision read with it
    keeps it from winning over a newer one. Raises EngineUnavailable.
    """
    document, revision = document_of(database, job.subject)
    if document is not None:
        engine.write([document])
    else:
        engine.remove([job.subject], revision or GONE_FOR_GOOD)


def document_of(database: Database, resource_id: str) -> tuple[Document | None, int]:
    """Return the document of a resource, or None when it is not to be found, with its revision."""
    with database.reading() as session:
        revision, view = reading.for_index(session, resource_id)
        if view is None:
            return None, revision
        texts = reading.texts_of_files(session, [view])
        concepts = vocabulary.around(session, view.subjects)
    return from_resource(view, reading.words_of_files(view, texts), concepts), revision


def all_documents(database: Database) -> Iterator[Document]:
    """Give the documents of all public resources, read so many at once."""
    with database.reading() as session:
        ids = sorted(reading.published_ids(session))
    for start in range(0, len(ids), AT_ONCE):
        yield from _documents_of(database, ids[start : start + AT_ONCE])


def _documents_of(database: Database, ids: Collection[str]) -> Iterator[Document]:
    """Give the documents of those of some resources that are public by now."""
    with database.reading() as session:
        views = reading.public_versions(session, ids)
        texts = reading.texts_of_files(session, views)
        subjects = {subject for view in views for subject in view.subjects}
        concepts = vocabulary.around(session, subjects)
    for view in views:
        yield from_resource(view, reading.words_of_files(view, texts), concepts)


def rebuild(database: Database, engine: SearchEngine) -> int:
    """Fill a new index from the catalogue and swap it in; return how many documents it has.

    0 where another rebuild has begun meanwhile: it has read the catalogue later, and does it all.
    """
    try:
        return engine.rebuild(all_documents(database))
    except EngineUnavailable as error:
        if error.code != "superseded":
            raise
        return 0


def look_after(database: Database, engine: SearchEngine) -> None:
    """Have the index catch up after whatever befell the engine; called now and then by a worker.

    Index jobs that died since the engine was away are tried again once it is back, and an index
    that is not known to be whole (lost, of another mapping, never built) is built from the catalogue.
    """
    found = engine.health()
    if not found.ok and not found.needs_rebuild:
        return
    with database.unit_of_work() as session:
        if found.ok:
            jobs.revive(session, JobKind.INDEX, died_of=EngineUnavailable.__name__)
        if found.needs_rebuild and not jobs.was_done_since(session, JobKind.REBUILD, REBUILD_PAUSE):
            jobs.enqueue(session, JobKind.REBUILD, "all", priority=10)


def differences(database: Database, engine: SearchEngine) -> dict[str, str]:
    """Compare index and catalogue: resource -> missing, outdated or superfluous."""
    with database.reading() as session:
        wanted = reading.published_ids(session)
    found = dict(engine.versions())
    faults = {each: "missing" for each in wanted if each not in found}
    faults |= {each: "superfluous" for each in found if each not in wanted}
    faults |= {each: "outdated" for each in wanted if each in found and found[each] < wanted[each]}
    return faults
