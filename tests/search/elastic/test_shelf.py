"""The names that all processes share: rebuilds beside writers, lost and strange indexes."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from search.elastic import schema, shelf
from search.engine import EngineUnavailable
from tests.contracts.engine_documents import ask, titled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from search.engine import Document


def test_what_other_processes_write_during_a_rebuild_is_in_the_new_index(place: Any) -> None:
    builder, other, third = place.open(), place.open(), place.open()
    builder.write([titled("old", "Magnets"), titled("gone", "Magnets")])
    half_way, go_on = threading.Event(), threading.Event()

    def slowly() -> Iterator[Document]:
        yield titled("early", "Magnets")
        yield titled("gone", "Magnets")
        half_way.set()
        assert go_on.wait(60)
        yield titled("changed", "Stale", version=1)
        yield titled("removed", "Stale", version=1)

    building = threading.Thread(target=builder.rebuild, args=(slowly(),))
    building.start()
    assert half_way.wait(60)
    other.write([titled("changed", "Magnets", version=2), titled("new", "Magnets")])
    third.remove(["removed", "gone"], 2)
    assert {hit.id for hit in third.search(ask("magnets")).hits} == {"old", "changed", "new"}
    go_on.set()
    building.join(60)
    assert other.versions() == {"early": 1, "changed": 2, "new": 1}
    assert other.write([titled("gone", "Late", version=2)]) == 0
    assert len(place.indexes()) == 1


def test_of_two_rebuilds_the_later_one_wins_and_the_earlier_one_says_so(place: Any) -> None:
    first, second = place.open(), place.open()
    started, go_on = threading.Event(), threading.Event()
    refused: list[EngineUnavailable] = []

    def slowly() -> Iterator[Document]:
        yield titled("first", "Magnets")
        started.set()
        assert go_on.wait(60)

    def build() -> None:
        try:
            first.rebuild(slowly())
        except EngineUnavailable as error:
            refused.append(error)

    building = threading.Thread(target=build)
    building.start()
    assert started.wait(60)
    assert second.rebuild([titled("second", "Magnets")]) == 1
    go_on.set()
    building.join(60)
    assert [error.code for error in refused] == ["superseded"]
    assert second.versions() == {"second": 1}
    assert len(place.indexes()) == 1


def test_what_a_killed_rebuild_left_is_cleared_by_the_next(place: Any) -> None:
    engine = place.open()
    engine.write([titled("a", "Magnets")])
    engine._shelf.begin_building()  # and the process is killed
    assert len(place.indexes()) == 2
    assert engine.write([titled("b", "Magnets")]) == 1
    engine.rebuild([titled("c", "Magnets")])
    assert engine.versions() == {"c": 1}
    assert len(place.indexes()) == 1


def test_a_removal_outlives_the_time_for_which_the_cluster_remembers_deletions(place: Any) -> None:
    engine = place.open()
    engine.write([titled("a", "Magnets", version=3)])
    place.ask("PUT", f"{place.prefix}/_settings", {"index.gc_deletes": "0s"})
    assert engine.remove(["a"], 4) == 1
    place.ask("POST", f"{place.prefix}/_forcemerge?max_num_segments=1")
    for version in range(5):
        assert engine.write([titled("a", "Magnets", version=version)]) == 0
    assert engine.versions() == {}
    assert engine.write([titled("a", "Magnets", version=5)]) == 1


def test_processes_that_come_upon_a_missing_index_together_make_one(place: Any) -> None:
    writers = [
        threading.Thread(target=place.open().write, args=([titled(f"d{n}", "Magnets")],))
        for n in range(4)
    ]
    for each in writers:
        each.start()
    for each in writers:
        each.join(60)
    assert place.open().versions() == {f"d{n}": 1 for n in range(4)}
    assert len(place.indexes()) == 1


def test_a_deleted_index_finds_nothing_knows_it_and_is_made_anew_by_a_write(place: Any) -> None:
    engine = place.open()
    engine.rebuild([titled("a", "Magnets")])
    (name,) = place.indexes()
    place.ask("DELETE", name)
    lost = engine.search(ask("magnets"))
    assert (lost.total, lost.known) == (0, False)
    assert (engine.health().code, engine.health().needs_rebuild) == ("empty", True)
    assert engine.write([titled("b", "Magnets")]) == 1
    assert not engine.search(ask("magnets")).known
    assert (engine.health().code, engine.health().needs_rebuild) == ("ok", True)


def test_the_index_of_another_program_is_refused_and_left_alone(place: Any) -> None:
    place.ask("PUT", place.prefix, {"mappings": {"properties": {"x": {"type": "keyword"}}}})
    before = place.ask("GET", place.prefix)
    engine = place.open()
    assert (engine.health().ok, engine.health().code) == (False, "foreign")
    assert not engine.health().needs_rebuild
    for act in (
        lambda: engine.search(ask("magnets")),
        lambda: engine.write([titled("a", "Magnets")]),
        lambda: engine.rebuild([titled("a", "Magnets")]),
    ):
        with pytest.raises(EngineUnavailable) as refused:
            act()
        assert refused.value.code == "foreign"
    assert place.ask("GET", place.prefix) == before
    assert place.indexes() == {place.prefix}


def test_an_index_of_another_mapping_is_not_searched_and_gives_way_to_a_new_one(
    place: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as earlier:
        for module in (schema, shelf):
            earlier.setattr(module, "fingerprint", lambda: "0123456789ab")
        old = place.open()
        old.rebuild([titled("a", "Magnets")])
    engine = place.open()
    assert (engine.health().code, engine.health().needs_rebuild) == ("outdated", True)
    with pytest.raises(EngineUnavailable) as refused:
        engine.search(ask("magnets"))
    assert refused.value.code == "outdated"
    # Portals of the old program go on until the new index is whole.
    assert old.search(ask("magnets")).total == 1
    engine.rebuild([titled("a", "Magnets"), titled("b", "Magnets")])
    assert engine.search(ask("magnets")).total == 2
    assert len(place.indexes()) == 1
    templates = place.ask("GET", f"_index_template/{place.prefix}-*")["index_templates"]
    assert [each["name"] for each in templates] == [f"{place.prefix}-{schema.fingerprint()}"]


def test_a_read_only_index_is_searched_and_says_that_it_cannot_be_written(place: Any) -> None:
    engine = place.open()
    engine.rebuild([titled("a", "Magnets")])
    place.ask("PUT", f"{place.prefix}/_settings", {"index.blocks.read_only_allow_delete": True})
    with pytest.raises(EngineUnavailable) as refused:
        engine.write([titled("b", "Magnets")])
    assert refused.value.code == "read_only"
    assert (engine.health().ok, engine.health().code) == (False, "read_only")
    assert engine.search(ask("magnets")).total == 1
