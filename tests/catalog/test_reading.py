"""Reading costs the same number of statements for two resources and for twelve."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import event

from catalog import institutions, people, queue, vocabulary
from catalog.resources import indexable, reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def counted(house: Any) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        statements.append(statement)

    engine = house.services.database.engine
    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


READERS: dict[str, tuple[int, Callable[[Any, Any, list[str]], object]]] = {
    "a resource": (
        9,
        lambda session, house, ids: reading.resource(session, house.actors["partner"], ids[0]),
    ),
    "cards": (4, lambda session, house, ids: reading.cards(session, ids)),
    "revisions for the index": (
        1,
        lambda session, house, ids: indexable.index_revisions(session, ids),
    ),
    "all for the index": (
        8,
        lambda session, house, ids: indexable.public_versions(session, ids),
    ),
    "the texts of files": (
        9,
        lambda session, house, ids: [
            indexable.texts_of_files(session, indexable.public_versions(session, ids))
        ],
    ),
    "what an index should hold": (
        1,
        lambda session, house, ids: indexable.published_ids(session),
    ),
    "the queue": (
        7,
        lambda session, house, ids: queue.waiting(session, by=house.actors["curator"]),
    ),
    "institutions": (2, lambda session, house, ids: institutions.institutions(session)),
    "the vocabulary": (3, lambda session, house, ids: vocabulary.concepts(session)),
    "an actor": (
        2,
        lambda session, house, ids: people.actor_of(session, house.actors["partner"].person_id),
    ),
}


def test_reading_costs_the_same_however_many_there_are(house: Any) -> None:
    ids: list[str] = []
    costs: list[dict[str, int]] = []
    for more in (2, 6):
        for number in range(more):
            ids.append(house.bring_to("published", content=f"p{len(ids)}".encode()))
            house.bring_to("submitted", content=f"s{more}{number}".encode())
        found = {}
        for name, (_, read) in READERS.items():
            with house.services.database.reading() as session, counted(house) as statements:
                assert read(session, house, ids), name
            found[name] = len(statements)
        costs.append(found)
    assert costs[0] == costs[1]
    above = {name: costs[0][name] for name, (most, _) in READERS.items() if costs[0][name] > most}
    assert above == {}
