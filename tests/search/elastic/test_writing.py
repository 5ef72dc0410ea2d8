"""Bulk bodies: bounded, and cut where one document is larger than a node takes at once."""

from __future__ import annotations

import json
from itertools import pairwise
from threading import Event
from typing import TYPE_CHECKING

import pytest

from search.elastic import schema, writing
from search.elastic.writing import Item, documents_as_items, in_bodies, sent_ahead
from search.engine import EngineRefused, EngineUnavailable, Text
from tests.contracts.engine_documents import ask, titled, with_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from search.engine import Document
    from tests.search.elastic.conftest import Place


def sizes(bodies: Sequence[Sequence[Item]]) -> list[int]:
    return [sum(len(item.body) for item in body) for body in bodies]


def test_a_body_holds_no_more_bytes_and_no_more_items_than_its_limits() -> None:
    items = [Item(str(n), 1, b"x" * (n % 7 * 300_000)) for n in range(1200)]
    bodies = [body.items for body in in_bodies(items)]
    assert [item for body in bodies for item in body] == items
    assert all(len(body) <= writing.MOST_ITEMS for body in bodies)
    assert all(size <= writing.MOST_BYTES for size in sizes(bodies))
    # None is cut before it has to be.
    for body, following in pairwise(bodies):
        full = sizes([body])[0] + len(following[0].body) > writing.MOST_BYTES
        assert full or len(body) == writing.MOST_ITEMS


def test_the_last_body_is_told_from_the_others() -> None:
    items = [Item(str(n), 1, b"x") for n in range(2 * writing.MOST_ITEMS)]
    told = [[body.last for body in in_bodies(items[:number])] for number in (0, 1, len(items))]
    assert told == [[], [True], [False, True]]


def test_a_body_is_given_once_the_item_after_it_is_made() -> None:
    made = 0

    def items() -> Iterator[Item]:
        nonlocal made
        for made in range(1, 3 * writing.MOST_ITEMS):
            yield Item(str(made), 1, b"x")

    next(in_bodies(items()))
    assert made == writing.MOST_ITEMS + 1


def test_the_next_request_is_made_while_one_is_on_its_way_and_a_failed_one_is_the_last() -> None:
    made, on_its_way = Event(), Event()
    sent: list[int] = []

    def first() -> int:
        on_its_way.set()
        # Answered only once the second has been made: waiting for the answer first would hang.
        assert made.wait(60)
        return 1

    def failing() -> int:
        raise EngineUnavailable("busy")

    def requests() -> Iterator[Callable[[], int]]:
        yield first
        assert on_its_way.wait(60)
        made.set()
        yield failing
        yield lambda: sent.append(3) or 3

    answers = sent_ahead(requests())
    assert next(answers) == 1
    with pytest.raises(EngineUnavailable):
        list(answers)
    assert sent == []


def test_a_document_larger_than_a_body_goes_alone() -> None:
    large = Item("large", 1, b"x" * (writing.MOST_BYTES + 1))
    small = Item("small", 1, b"x")
    bodies = [body.items for body in in_bodies([small, large, small])]
    assert bodies == [(small,), (large,), (small,)]


def test_of_a_document_beyond_measure_the_end_of_its_files_is_not_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(schema, "LARGEST_BODY", 60_000)
    pages = [Text("file", "en", f"page{n} " * 400, asset="x", page=n) for n in range(64)]
    told = json.loads(schema.to_index(with_texts("a", Text("title", "en", "A book"), *pages)))
    assert told["exact_title"] == ["a book"]
    assert told["exact_files"][0].startswith("page0 page0")
    assert 0 < len(told["exact_files"]) < 64
    assert len(schema.to_index(with_texts("a", *pages))) <= 60_000


def test_of_one_id_given_twice_the_newest_stays(place: Place) -> None:
    engine = place.open()
    given = [titled("a", "Newest", version=3), titled("a", "Old", version=1)]
    assert engine.write(given) == 1
    assert engine.write([titled("b", "Old", version=1), titled("b", "Newest", version=2)]) == 1
    assert engine.versions() == {"a": 3, "b": 2}
    assert engine.search(ask("newest")).total == 2
    assert engine.search(ask("old")).total == 0


def test_what_ended_is_looked_at_when_the_documents_have_come_to_their_end(place: Place) -> None:
    engine = place.open()
    engine.write([titled("gone", "Wind"), titled("stays", "Wind")])
    ended: dict[str, int] = {}

    def documents() -> Iterator[Document]:
        yield titled("new", "Wind")
        ended["gone"] = 5

    assert engine.write(documents(), ended=ended) == 1
    assert set(engine.versions()) == {"new", "stays"}


def test_half_a_surrogate_pair_is_sent_as_a_question_mark() -> None:
    (item,) = documents_as_items([titled("a", "broken \ud800 sign")])
    assert "\ufffd" not in item.body.decode()
    assert item.lines().decode().count("\n") == 2


def test_a_document_that_the_mapping_does_not_take_is_refused_by_its_name(place: Place) -> None:
    engine = place.open()
    engine.write([titled("first", "Wind")])
    items = [*documents_as_items([titled("good", "Magnets")]), Item("bad", 2, b'{"unheard_of": 1}')]
    with pytest.raises(EngineRefused) as refused:
        writing.send(engine._connection, engine._shelf.alias, items, refresh=True)
    assert (refused.value.code, refused.value.facts["id"]) == ("document", "bad")


def test_many_documents_take_a_bulk_for_each_body_and_are_found_at_once(place: Place) -> None:
    engine = place.open()
    engine.write([titled("first", "Wind")])
    before = engine.requests
    many = [titled(f"m{number}", "Magnets") for number in range(writing.MOST_ITEMS + 1)]
    assert engine.write(many) == len(many)
    # Each body is one request, and one more that looks which indexes have our names by now.
    assert engine.requests - before == 4
    assert engine.search(ask("magnets")).total == len(many)
