"""The desk by program: the queue, claims, notes, decisions, withdrawals, the log."""

from __future__ import annotations

from typing import Any

from tests.factories.answers import MOMENT, fields, problem


def test_the_queue_lists_what_waits_oldest_first_by_page(call: Any, house: Any) -> None:
    ids = [house.bring_to("submitted"), house.bring_to("in_review"), house.bring_to("submitted")]
    for state in ("draft", "changes_asked", "published", "declined", "withdrawn"):
        house.bring_to(state)
    answer = call("curator", "GET", "/queue").json
    assert (answer["total"], answer["page"]) == (3, 1)
    assert [each["id"] for each in answer["results"]] == ids
    first, second = answer["results"][:2]
    assert {"kind", "title", "institution", "submitted_at", "languages", "checks"} <= set(first)
    assert (first["kind"], first["title"], first["institution"]) == (
        "film",
        "Magnets float",
        "lanzhou",
    )
    assert MOMENT.fullmatch(first["submitted_at"])
    assert first["checks"][0]["verdict"] == "accept"
    assert first["claimed_by"] is None
    assert second["claimed_by"] == house.actors["curator"].person_id
    paged = call("curator", "GET", "/queue?page=2&per_page=2").json
    assert (paged["total"], paged["page"]) == (3, 2)
    assert [each["id"] for each in paged["results"]] == ids[2:]
    assert call("curator", "GET", "/queue?page=9").json["results"] == []
    for query in ("per_page=101", "per_page=0", "page=0", "page=x", "page=1&page=2"):
        assert problem(call("curator", "GET", f"/queue?{query}")) == (400, "bad_request"), query
    far = call("curator", "GET", "/queue?page=101&per_page=100")
    assert problem(far) == (400, "page_too_far")
    assert problem(call(None, "GET", "/queue")) == (401, "not_signed_in")
    for who in ("partner", "contributor", "admin"):
        assert problem(call(who, "GET", "/queue")) == (403, "not_permitted")


def test_a_withdrawn_resource_leaves_the_queue_and_its_count(call: Any, house: Any) -> None:
    rid = house.bring_to("published")
    path = f"/resources/{rid}"
    call("contributor", "POST", f"{path}/versions")
    assert call("contributor", "POST", f"{path}/submission").status_code == 200
    assert call("curator", "GET", "/queue").json["total"] == 1
    assert call("curator", "POST", f"{path}/withdrawal", json={"reason": "x"}).status_code == 200
    waiting = call("curator", "GET", "/queue").json
    assert (waiting["total"], waiting["results"]) == (0, [])
    for method, end in (("POST", "/claim"), ("POST", "/submission"), ("DELETE", "/submission")):
        assert problem(call("curator", method, f"{path}{end}")) == (410, "withdrawn")


def test_a_claim_is_ones_own_and_only_an_admin_frees_anothers(call: Any, house: Any) -> None:
    rid = house.bring_to("submitted")
    path = f"/resources/{rid}/claim"
    assert problem(call("curator", "DELETE", path)) == (409, "not_claimed")
    for _ in range(2):
        taken = call("curator", "POST", path)
        assert (taken.status_code, taken.json["state"]) == (200, "in_review")
    assert problem(call("second_curator", "POST", path)) == (409, "claimed")
    assert problem(call("second_curator", "DELETE", path)) == (403, "not_permitted")
    for who in ("contributor", "admin", "house_admin"):
        assert problem(call(who, "POST", path)) == (403, "not_permitted")
    assert problem(call("contributor", "DELETE", path)) == (403, "not_permitted")
    freed = call("admin", "DELETE", path)
    assert (freed.status_code, freed.data) == (204, b"")
    assert call("contributor", "GET", f"/resources/{rid}").json["state"] == "submitted"
    narrow = call("curator", "POST", "/tokens", json={"scopes": ["give"]}).json["token"]
    house.tokens["giver"] = narrow
    assert call("curator", "POST", path).status_code == 200
    for method in ("POST", "DELETE"):
        assert problem(call("giver", method, path)) == (403, "scope_missing")
    for state in ("changes_asked", "published", "declined"):
        other = house.bring_to(state)
        answer = call("curator", "POST", f"/resources/{other}/claim")
        assert problem(answer) == (409, "wrong_state")


def test_nobody_judges_a_gift_of_their_own_by_any_call(call: Any, house: Any) -> None:
    rid = house.give("second_curator")
    path = f"/resources/{rid}"
    assert call("second_curator", "POST", f"{path}/submission").status_code == 200
    for method, end, more in (
        ("POST", "claim", {}),
        ("DELETE", "claim", {}),
        ("POST", "decision", {"json": {"decision": "publish"}}),
    ):
        answer = call("second_curator", method, f"{path}/{end}", **more)
        assert problem(answer) == (403, "own_gift"), end
    assert call("curator", "POST", f"{path}/claim").status_code == 200
    decision = call("second_curator", "POST", f"{path}/decision", json={"decision": "publish"})
    assert problem(decision) == (403, "own_gift")


def test_a_decision_is_one_of_three_and_two_need_a_note(call: Any, house: Any) -> None:
    rid = house.bring_to("submitted")
    path = f"/resources/{rid}/decision"
    unclaimed = call("curator", "POST", path, json={"decision": "publish"})
    assert problem(unclaimed) == (409, "not_claimed")
    call("curator", "POST", f"/resources/{rid}/claim")
    others = call("second_curator", "POST", path, json={"decision": "publish"})
    assert problem(others) == (409, "claimed")
    for body, faults in (
        ({}, {"decision": "required"}),
        ({"decision": "burn"}, {"decision": "unknown_value"}),
        ({"decision": None}, {"decision": "not_a_text"}),
        ({"decision": "decline"}, {"note": "required"}),
        ({"decision": "ask_changes", "note": " \n"}, {"note": "required"}),
        ({"decision": "ask_changes", "note": 5}, {"note": "not_a_text"}),
        ({"decision": "publish", "note": "x" * 5_001}, {"note": "too_long"}),
        ({"decision": "publish", "by": "me"}, {"by": "unknown_field"}),
    ):
        refused = call("curator", "POST", path, json=body)
        assert problem(refused) == (422, "invalid"), body
        assert fields(refused) == faults
    assert call("curator", "GET", f"/resources/{rid}").json["state"] == "in_review"
    told = call("curator", "POST", path, json={"decision": "decline", "note": "No."})
    assert (told.status_code, told.json["id"], told.json["state"]) == (200, rid, "declined")
    again = call("curator", "POST", path, json={"decision": "publish"})
    assert problem(again) == (409, "not_claimed")


def test_a_note_names_a_place_that_exists(call: Any, house: Any) -> None:
    rid = house.bring_to("in_review", language="en")
    path = f"/resources/{rid}/notes"
    aid = call("curator", "GET", f"/resources/{rid}/assets").json["results"][0]["id"]
    good: list[Any] = [
        None,
        {"field": "title"},
        {"field": "title.zh"},
        {"field": "year"},
        {"field": "details.makers"},
        {"asset": aid},
        {"asset": aid, "page": 1},
        {"asset": aid, "page": 3},
        {"asset": aid, "second": 0},
        {"asset": aid, "second": 11.5},
    ]
    for anchor in good:
        left = call("curator", "POST", path, json={"text": " Look\nhere ", "anchor": anchor})
        assert left.status_code == 201, (anchor, left.json)
        assert left.json["anchor"] == anchor
        assert left.json["text"] == "Look\nhere"
        assert MOMENT.fullmatch(left.json["at"])
        assert left.json["author"]["name"] == "curator"
    for anchor in (
        {"field": "state"},
        {"field": "title.no such tag"},
        {"field": "details.power_w"},
        {"field": 5},
        {"field": "title", "page": 1},
        {"page": 1},
        {"asset": aid, "page": 0},
        {"asset": aid, "page": True},
        {"asset": aid, "page": 1.5},
        {"asset": aid, "page": 1, "second": 1},
        {"asset": aid, "second": -1},
        {"asset": aid, "second": 12.1},
        {"asset": aid, "second": "1"},
        {"asset": ["x"], "second": 1},
        {"asset": "nothing"},
        {"bogus": 1},
    ):
        refused = call("curator", "POST", path, json={"text": "x", "anchor": anchor})
        assert problem(refused) == (422, "invalid"), anchor
        assert fields(refused) == {"anchor": "no_such_anchor"}
    for body, code in (
        ({}, "required"),
        ({"text": "\n"}, "required"),
        ({"text": "x" * 5_001}, "too_long"),
        ({"text": ["x"]}, "not_a_text"),
    ):
        assert fields(call("curator", "POST", path, json=body)) == {"text": code}
    assert call("contributor", "POST", path, json={"text": "Done"}).status_code == 201
    listed = call("contributor", "GET", path).json["results"]
    assert [each["anchor"] for each in listed] == [*good, None]
    assert problem(call("admin", "POST", path, json={"text": "x"})) == (403, "not_permitted")
    assert problem(call("stranger", "POST", path, json={"text": "x"})) == (404, "not_found")


def test_after_a_withdrawal_all_is_gone_for_everyone_but_the_log(call: Any, house: Any) -> None:
    rid = house.bring_to("published")
    path = f"/resources/{rid}"
    aid = call(None, "GET", f"{path}/assets").json["results"][0]["id"]
    house.index()
    assert call(None, "GET", "/resources").json["total"] == 1
    assert (
        problem(call("admin", "POST", f"{path}/withdrawal", json={"reason": "x" * 5_001}))[0] == 422
    )
    for body in ({}, {"reason": " "}):
        refused = call("admin", "POST", f"{path}/withdrawal", json=body)
        assert fields(refused) == {"reason": "required"}
    told = call("house_admin", "POST", f"{path}/withdrawal", json={"reason": " It leaks. "})
    assert (told.status_code, told.json["state"], told.json["reason"]) == (
        200,
        "withdrawn",
        "It leaks.",
    )
    gone = (
        ("GET", ""),
        ("GET", "?version=1"),
        ("GET", "/assets"),
        ("GET", f"/assets/{aid}"),
        ("GET", f"/assets/{aid}/content"),
        ("GET", f"/assets/{aid}/renditions/thumbnail"),
        ("GET", "/notes"),
        ("PATCH", ""),
        ("DELETE", ""),
        ("DELETE", f"/assets/{aid}"),
        ("POST", f"/assets/{aid}/retry"),
        ("POST", f"/assets/{aid}/release"),
        ("POST", "/versions"),
        ("POST", "/submission"),
        ("DELETE", "/submission"),
        ("POST", "/claim"),
        ("DELETE", "/claim"),
        ("POST", "/withdrawal"),
    )
    for who in (None, "partner", "contributor", "curator", "admin"):
        for method, end in gone:
            answer = call(who, method, f"{path}{end}")
            assert problem(answer) == (410, "withdrawn"), (who, method, end)
            assert answer.json["reason"] == "It leaks."
            assert MOMENT.fullmatch(answer.json["withdrawn_at"])
    for who in ("contributor", "curator", "admin", "house_admin"):
        log = call(who, "GET", f"{path}/events").json["results"]
        assert (log[-1]["action"], log[-1]["note"]) == ("withdraw", "It leaks.")
    assert problem(call("stranger", "GET", f"{path}/events"))[0] in (403, 404)
    house.index()
    assert call(None, "GET", "/resources").json["total"] == 0


def test_only_what_is_public_is_withdrawn(call: Any, house: Any) -> None:
    for state in ("submitted", "in_review", "declined"):
        path = f"/resources/{house.bring_to(state)}/withdrawal"
        answer = call("curator", "POST", path, json={"reason": "x"})
        assert problem(answer) == (409, "wrong_state"), state
    path = f"/resources/{house.bring_to('published')}/withdrawal"
    assert problem(call("contributor", "POST", path, json={"reason": "x"})) == (
        403,
        "not_permitted",
    )


def test_the_log_is_numbered_chained_and_only_of_what_people_did(call: Any, house: Any) -> None:
    rid = house.bring_to("published")
    log = call("contributor", "GET", f"/resources/{rid}/events").json["results"]
    assert [each["seq"] for each in log] == list(range(1, len(log) + 1))
    assert [each["action"] for each in log] == ["create", "give_file", "submit", "claim", "publish"]
    assert len({each["hash"] for each in log}) == len(log)
    assert all(MOMENT.fullmatch(each["at"]) for each in log)
    people = house.actors
    assert [each["actor"] for each in log] == [people["contributor"].person_id] * 3 + [
        people["curator"].person_id
    ] * 2
    assert log[-1]["note"] == "As it is."
    assert set(log[0]) == {"seq", "at", "actor", "action", "note", "hash"}
    for who in ("curator", "admin", "colleague"):
        assert call(who, "GET", f"/resources/{rid}/events").json["results"] == log
    assert problem(call("partner", "GET", f"/resources/{rid}/events")) == (403, "not_permitted")
    assert problem(call(None, "GET", f"/resources/{rid}/events")) == (401, "not_signed_in")
