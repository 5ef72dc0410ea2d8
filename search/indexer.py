"""Index jobs: the documents of some resources brought in line with the catalogue; or all of them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from catalog import jobs, vocabulary
from catalog.database import DatabaseBusy
from catalog.jobs import JobKind
from catalog.resources import indexable
from search.document import from_resource
from search.engine import EngineUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from catalog.database import Database
    from catalog.leases import Claimed
    from search.engine import Document, SearchEngine

GONE_FOR_GOOD = 2**40
"""The version under which a deleted resource is removed: above any revision."""
AT_ONCE: Final = 250
"""Resources read together: each by itself took ten times as long. Their texts stay packed."""
REBUILD_PAUSE: Final = timedelta(minutes=1)
"""Between a rebuild that did not help and the next."""


def index(
    database: Database, engine: SearchEngine, claimed: Sequence[Claimed]
) -> dict[str, Exception]:
    """Write or remove the documents of the jobs' resources as the catalogue says now, in one write.

    A job carries only the id, so a late one writes the present state; the revision read with it
    keeps it from winning over a newer one. Returns the errors of those jobs that fail by themselves,
    by the job's id. Raises EngineUnavailable and DatabaseBusy, which befall all of them.
    """
    try:
        _bring_in_line(database, engine, {job.subject for job in claimed})
    except (EngineUnavailable, DatabaseBusy):
        raise
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one, the others are written
        if len(claimed) == 1:
            return {claimed[0].id: error}
        middle = len(claimed) // 2
        first = index(database, engine, claimed[:middle])
        return first | index(database, engine, claimed[middle:])
    return {}


def _bring_in_line(database: Database, engine: SearchEngine, ids: Collection[str]) -> None:
    ended: dict[str, int] = {}
    # The engine writes what has been read while the next is read; `ended` is whole by the end of it.
    engine.write(_documents(database, ids, ended), ended=ended)


def _unseen(done: int, total: int) -> None:
    """Nobody watches."""


def all_documents(
    database: Database, seen: Callable[[int, int], None] = _unseen
) -> Iterator[Document]:
    """Give the documents of all public resources, read so many at once.

    `seen` is told now and then how many are done, of how many.
    """
    with database.reading() as session:
        ids = indexable.published_ids(session)
    for done, document in enumerate(_documents(database, ids, {}), 1):
        yield document
        if done % AT_ONCE == 0 or done == len(ids):
            seen(done, len(ids))


def _documents(
    database: Database, ids: Collection[str], ended: dict[str, int]
) -> Iterator[Document]:
    """Give the documents of resources, read so many at once; add the others to `ended`."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), AT_ONCE):
        documents, gone = documents_of(database, ordered[start : start + AT_ONCE])
        ended.update(gone)
        yield from documents


def documents_of(
    database: Database, ids: Collection[str]
) -> tuple[Iterator[Document], dict[str, int]]:
    """Return the documents of those of some resources that are public by now, each made when asked
    for, and of the others the version at which they ended.

    At most thirteen statements, however many resources.
    """
    with database.reading() as session:
        views = indexable.public_versions(session, ids)
        texts = indexable.texts_of_files(session, views)
        concepts = vocabulary.around(session, {each for view in views for each in view.subjects})
        gone = set(ids) - {view.id for view in views}
        ended = dict.fromkeys(gone, GONE_FOR_GOOD)
        if gone:
            ended |= indexable.index_revisions(session, gone)
    made = (from_resource(view, indexable.words_of_files(view, texts), concepts) for view in views)
    return made, ended


def rebuild(
    database: Database, engine: SearchEngine, seen: Callable[[int, int], None] = _unseen
) -> int:
    """Fill a new index from the catalogue and swap it in; return how many documents it has.

    0 where another rebuild has begun meanwhile: it has read the catalogue later, and does it all.
    """
    try:
        return engine.rebuild(all_documents(database, seen))
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
        wanted = indexable.published_ids(session)
    found = dict(engine.versions())
    faults = {each: "missing" for each in wanted if each not in found}
    faults |= {each: "superfluous" for each in found if each not in wanted}
    faults |= {each: "outdated" for each in wanted if each in found and found[each] < wanted[each]}
    return faults
