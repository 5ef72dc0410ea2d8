"""Handing over, judging, withdrawing by program: states, roles, and two at once."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from catalog import reviews
from catalog.errors import CatalogError


def test_what_is_missing_is_listed_by_field(call: Any) -> None:
    rid = call("contributor", "POST", "/resources", json={"kind": "lesson_plan"}).json["id"]
    answer = call("contributor", "POST", f"/resources/{rid}/submission")
    assert answer.status_code == 422
    assert {each["field"] for each in answer.json["errors"]} == {
        "title",
        "summary",
        "language",
        "licence",
        "uses",
        "subjects",
        "access",
        "ages",
        "details.duration_minutes",
        "assets",
    }


@pytest.mark.parametrize(
    ("verdict", "status"), [("accept", 200), ("hold", 200), ("refuse", 422), (None, 422)]
)
def test_a_refused_or_unseen_file_keeps_a_draft_back(
    call: Any, house: Any, verdict: str | None, status: int
) -> None:
    rid = house.give(verdict=verdict)
    assert call("contributor", "POST", f"/resources/{rid}/submission").status_code == status


def test_the_whole_way_of_a_submission(call: Any, house: Any) -> None:
    rid = house.give()
    path = f"/resources/{rid}"
    assert call("contributor", "POST", f"{path}/submission").json["state"] == "submitted"
    assert call("contributor", "PATCH", path, json={"year": 1}).status_code == 409
    assert call("contributor", "DELETE", f"{path}/submission").status_code == 204
    call("contributor", "POST", f"{path}/submission")
    assert [each["id"] for each in call("curator", "GET", "/queue").json["results"]] == [rid]
    assert (
        call("curator", "POST", f"{path}/decision", json={"decision": "publish"}).status_code == 409
    )
    assert call("curator", "POST", f"{path}/claim").json["state"] == "in_review"
    assert call("contributor", "DELETE", f"{path}/submission").status_code == 409
    assert call("second_curator", "POST", f"{path}/claim").status_code == 409
    assert call("second_curator", "DELETE", f"{path}/claim").status_code == 403
    assert (
        call("second_curator", "POST", f"{path}/decision", json={"decision": "publish"}).status_code
        == 409
    )
    assert (
        call("curator", "POST", f"{path}/decision", json={"decision": "decline"}).status_code == 422
    )
    asked = call(
        "curator", "POST", f"{path}/decision", json={"decision": "ask_changes", "note": "More"}
    )
    assert asked.json["state"] == "changes_asked"
    assert call("contributor", "PATCH", path, json={"year": 2020}).status_code == 200
    assert call("contributor", "POST", f"{path}/submission").json["state"] == "submitted"
    call("curator", "POST", f"{path}/claim")
    assert call("curator", "DELETE", f"{path}/claim").status_code == 204
    call("second_curator", "POST", f"{path}/claim")
    assert call("house_admin", "DELETE", f"{path}/claim").status_code == 204
    call("second_curator", "POST", f"{path}/claim")
    assert (
        call("second_curator", "POST", f"{path}/decision", json={"decision": "publish"}).status_code
        == 200
    )
    events = call("contributor", "GET", f"{path}/events").json["results"]
    assert [each["seq"] for each in events] == list(range(1, len(events) + 1))
    assert [each["action"] for each in events][-1] == "publish"


def test_nobody_judges_what_they_gave(call: Any, house: Any) -> None:
    made = house.give("second_curator")
    path = f"/resources/{made}"
    call("second_curator", "POST", f"{path}/submission")
    refused = call("second_curator", "POST", f"{path}/claim")
    assert (refused.status_code, refused.json["code"]) == (403, "own_gift")


def test_notes_need_a_place_that_exists(call: Any, house: Any) -> None:
    rid = house.bring_to("submitted")
    asset = call("curator", "GET", f"/resources/{rid}/assets").json["results"][0]["id"]
    path = f"/resources/{rid}/notes"
    for anchor in (
        {"field": "title"},
        {"asset": asset, "page": 3},
        {"asset": asset, "second": 12.0},
    ):
        assert (
            call("curator", "POST", path, json={"text": "Here", "anchor": anchor}).status_code
            == 201
        )
    for anchor in (
        {"field": "nothing"},
        {"asset": asset, "page": 4},
        {"asset": asset, "second": 13},
        {"asset": "other", "page": 1},
    ):
        assert (
            call("curator", "POST", path, json={"text": "Here", "anchor": anchor}).status_code
            == 422
        )
    assert call("curator", "POST", path, json={"text": " "}).status_code == 422
    assert len(call("contributor", "GET", path).json["results"]) == 3
    assert call("partner", "GET", path).status_code == 404


def test_a_withdrawn_resource_is_a_tombstone_for_everyone(call: Any, house: Any) -> None:
    rid = house.bring_to("published")
    asset = call(None, "GET", f"/resources/{rid}/assets").json["results"][0]["id"]
    assert (
        call(
            "contributor", "POST", f"/resources/{rid}/withdrawal", json={"reason": "x"}
        ).status_code
        == 403
    )
    assert call("curator", "POST", f"/resources/{rid}/withdrawal", json={}).status_code == 422
    gone = call("house_admin", "POST", f"/resources/{rid}/withdrawal", json={"reason": "It leaks."})
    assert (gone.status_code, gone.json["state"]) == (200, "withdrawn")
    for who in (None, "contributor", "curator", "admin"):
        for path in (f"/resources/{rid}", f"/resources/{rid}/assets/{asset}/content"):
            answer = call(who, "GET", path)
            assert (answer.status_code, answer.json["code"]) == (410, "withdrawn")
            assert answer.json["reason"] == "It leaks."
    assert call("contributor", "GET", f"/resources/{rid}/events").status_code == 200
    house.index()
    assert call(None, "GET", "/resources").json["total"] == 0


def test_of_two_curators_at_once_one_has_it(house: Any) -> None:
    rid = house.bring_to("submitted")
    outcomes: list[str] = []

    def claim(name: str) -> None:
        try:
            with house.services.database.unit_of_work() as session:
                reviews.claim(session, by=house.actors[name], resource_id=rid)
            outcomes.append("mine")
        except CatalogError as error:
            outcomes.append(error.code)

    threads = [
        threading.Thread(target=claim, args=(name,)) for name in ("curator", "second_curator")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["claimed", "mine"]
    with house.services.database.reading() as session:
        from catalog.resources import drafts

        version = drafts.latest(session, rid)[1]
        assert reviews.rounds_of(session, version.id).claim is not None
