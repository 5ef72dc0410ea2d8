"""Before handing over: everything that is missing is told at once, and nothing that is there."""

from __future__ import annotations

from typing import Any

import pytest

from catalog import imports, reviews
from catalog.errors import Invalid
from catalog.resources import drafts
from catalog.tables.resource import Version


def faults(house: Any, rid: str) -> set[tuple[str, str]]:
    with pytest.raises(Invalid) as refusal, house.services.database.unit_of_work() as session:
        reviews.submit(session, by=house.actors["contributor"], resource_id=rid)
    assert refusal.value.code == "incomplete"
    return {(fault.field, fault.code) for fault in refusal.value.faults}


def test_an_empty_draft_is_told_all_at_once(house: Any) -> None:
    with house.services.database.unit_of_work() as session:
        rid = drafts.create(
            session, by=house.actors["contributor"], institution=None, payload={"kind": "film"}
        )
    fields = {field for field, _ in faults(house, rid)}
    assert fields == {
        "title",
        "summary",
        "language",
        "licence",
        "uses",
        "subjects",
        "access",
        "assets",
    }


@pytest.mark.parametrize(
    ("field", "empty"),
    [
        ("title", {"en": None, "zh": None}),
        ("summary", {"en": None}),
        ("language", None),
        ("licence", None),
        ("uses", []),
        ("subjects", []),
        ("access", None),
    ],
)
def test_each_missing_value_is_named_alone(house: Any, field: str, empty: object) -> None:
    rid = house.give()
    with house.services.database.unit_of_work() as session:
        drafts.edit(session, by=house.actors["contributor"], resource_id=rid, patch={field: empty})
    assert faults(house, rid) == {(field, "required")}


def test_a_lesson_needs_ages_and_a_duration(house: Any) -> None:
    assert faults(house, house.give(kind="lesson_plan")) == {
        ("ages", "required"),
        ("details.duration_minutes", "required"),
    }


@pytest.mark.parametrize(
    ("verdict", "code"), [(None, "asset_not_checked"), ("refuse", "asset_refused")]
)
def test_a_file_that_is_not_looked_at_or_refused_holds_it_back(
    house: Any, verdict: str | None, code: str
) -> None:
    assert faults(house, house.give(verdict=verdict)) == {("assets", code)}


@pytest.mark.parametrize("verdict", ["accept", "hold"])
def test_what_is_whole_is_handed_over_and_the_curator_looks_at_what_is_held(
    house: Any, verdict: str
) -> None:
    rid = house.give(verdict=verdict)
    with house.services.database.unit_of_work() as session:
        reviews.submit(session, by=house.actors["contributor"], resource_id=rid)
        assert drafts.latest(session, rid)[1].state == "submitted"


def test_an_import_is_known_again_by_its_source_id_and_its_wording(house: Any) -> None:
    payload = {"kind": "film", "title": {"en": "x"}, "source_id": "A-1"}
    wording = imports.digest(payload, [("a.mp4", 5)])
    with house.services.database.unit_of_work() as session:
        assert imports.known(session, "lanzhou", "A-1") is None
        assert imports.known(session, "lanzhou", None) is None
        rid = drafts.create(
            session, by=house.actors["contributor"], institution="lanzhou", payload=payload
        )
        imports.note(session, rid, wording)
        imports.note(session, rid, wording)
    with house.services.database.reading() as session:
        found = imports.known(session, "lanzhou", "A-1")
        assert found == imports.Known(rid, published=False, open=True, digest=wording)
        assert imports.known(session, "muscat", "A-1") is None
        assert session.query(Version).count() == 1
    assert imports.digest(payload, [("a.mp4", 6)]) != wording
    assert imports.digest({**payload, "kind": "other"}, [("a.mp4", 5)]) != wording
