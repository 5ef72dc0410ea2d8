"""Files by program: who takes them, what holds them back, released, tried again, removed."""

from __future__ import annotations

import hashlib
from typing import Any

from catalog.states import StepState
from tests.factories.answers import fields, problem
from tests.factories.house import BYTES

DIGEST = hashlib.sha256(BYTES).hexdigest()


def first_file(call: Any, rid: str, who: str = "contributor") -> str:
    return str(call(who, "GET", f"/resources/{rid}/assets").json["results"][0]["id"])


def test_access_says_who_takes_the_bytes_and_the_record_is_public(call: Any, house: Any) -> None:
    for access, statuses in (
        ("open", {None: 200, "partner": 200, "stranger": 200, "contributor": 200}),
        ("partners", {None: 401, "partner": 200, "stranger": 200, "contributor": 200}),
        ("agreement", {None: 401, "partner": 403, "stranger": 403, "contributor": 200}),
    ):
        rid = house.bring_to("published", access=access)
        aid = first_file(call, rid)
        for who, status in statuses.items():
            told = call(who, "GET", f"/resources/{rid}/assets/{aid}")
            assert (told.status_code, told.json["sha256"]) == (200, DIGEST)
            for method in ("GET", "HEAD"):
                taken = call(who, method, f"/resources/{rid}/assets/{aid}/content")
                assert taken.status_code == status, (access, who, method)
                if status == 200:
                    assert taken.headers["ETag"] == f'"{DIGEST}"'
                    assert taken.data == (BYTES if method == "GET" else b"")
                elif method == "GET":
                    assert problem(taken)[1] == f"{access}_only"
            shown = call(who, "GET", f"/resources/{rid}/assets/{aid}/renditions/thumbnail")
            assert (shown.status_code, shown.data) == (200, b"small")
            missing = call(who, "GET", f"/resources/{rid}/assets/{aid}/renditions/film_480p")
            assert missing.status_code in (404, status)


def test_ranges_and_conditions_are_those_of_the_whole_file(call: Any, house: Any) -> None:
    rid = house.bring_to("published")
    path = f"/resources/{rid}/assets/{first_file(call, rid)}/content"

    def asked(**headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return call(None, "GET", path, headers=named)

    part = asked(Range="bytes=4-8")
    assert (part.status_code, part.data) == (206, BYTES[4:9])
    assert part.headers["Content-Range"] == f"bytes 4-8/{len(BYTES)}"
    assert asked(Range="bytes=-5").data == BYTES[-5:]
    assert asked(Range="bytes=4-8", If_Range=f'"{DIGEST}"').status_code == 206
    assert asked(Range="bytes=4-8", If_Range='"other"').status_code == 200
    beyond = asked(Range=f"bytes={len(BYTES)}-")
    assert problem(beyond) == (416, "range_not_satisfiable")
    assert beyond.headers["Content-Range"] == f"bytes */{len(BYTES)}"
    known = asked(If_None_Match=f'"{DIGEST}"')
    assert (known.status_code, known.data) == (304, b"")
    assert asked(If_Match=f'"{DIGEST}"').status_code == 200
    assert problem(asked(If_Match='"other"')) == (412, "precondition_failed")
    assert problem(call(None, "GET", f"{path}?download=1")) == (400, "unknown_parameter")


def test_a_held_file_is_taken_only_after_a_curator_released_it(call: Any, house: Any) -> None:
    rid = house.give(verdict="hold")
    aid = first_file(call, rid)
    path = f"/resources/{rid}/assets/{aid}"
    told = call("contributor", "GET", path).json
    assert (told["verdict"], told["released"]) == ("hold", False)
    assert told["reasons"][0]["code"] == "macros"
    assert told["reasons"][0]["message"]
    call("contributor", "POST", f"/resources/{rid}/submission")
    call("curator", "POST", f"/resources/{rid}/claim")
    call("curator", "POST", f"/resources/{rid}/decision", json={"decision": "publish"})
    assert call(None, "GET", path).json["released"] is False
    for end in ("/content", "/renditions/thumbnail"):
        assert problem(call(None, "GET", path + end))[0] == 401
        assert problem(call("partner", "GET", path + end))[0] == 403
    refused = call("partner", "GET", f"{path}/content")
    assert problem(refused) == (403, "file_not_released")
    release = f"{path}/release"
    for who in ("contributor", "house_admin", "admin"):
        assert problem(call(who, "POST", release, json={"note": "x"})) == (403, "not_permitted")
    for note, code in ((" ", "required"), ("x" * 5_001, "too_long"), (5, "not_a_text")):
        answer = call("curator", "POST", release, json={"note": note})
        assert (problem(answer), fields(answer)) == ((422, "invalid"), {"note": code})
    done = call("curator", "POST", release, json={"note": "Looked at."})
    assert (done.status_code, done.json["released"]) == (200, True)
    for who in (None, "partner"):
        assert call(who, "GET", f"{path}/content").data == BYTES
    last = call("curator", "GET", f"/resources/{rid}/events").json["results"][-1]
    assert (last["action"], last["note"]) == ("release", "Looked at.")
    accepted = house.bring_to("published")
    other = f"/resources/{accepted}/assets/{first_file(call, accepted)}/release"
    assert problem(call("curator", "POST", other, json={"note": "x"})) == (409, "not_held")
    nothing = f"/resources/{accepted}/assets/{aid}/release"
    assert problem(call("curator", "POST", nothing, json={"note": "x"})) == (404, "not_found")


def test_failed_steps_run_again_when_asked(call: Any, house: Any) -> None:
    rid = house.give()
    path = f"/resources/{rid}/assets/{first_file(call, rid)}"
    for who in ("contributor", "colleague"):
        again = call(who, "POST", f"{path}/retry")
        assert again.status_code == 202
        assert again.json["state"] in {str(state) for state in StepState}
    assert problem(call("admin", "POST", f"{path}/retry")) == (403, "not_permitted")
    assert problem(call("curator", "POST", f"{path}/retry")) == (404, "not_found")
    call("contributor", "POST", f"/resources/{rid}/submission")
    assert call("curator", "POST", f"{path}/retry").status_code == 202
    nothing = f"/resources/{rid}/assets/nothing/retry"
    assert problem(call("contributor", "POST", nothing)) == (404, "not_found")


def test_a_file_is_removed_while_its_resource_is_a_draft(call: Any, house: Any) -> None:
    rid = house.give()
    aid = first_file(call, rid)
    second = house.attach(rid, content=b"more", filename="more.txt")
    path = f"/resources/{rid}/assets"
    assert [each["id"] for each in call("contributor", "GET", path).json["results"]] == [
        aid,
        second,
    ]
    assert problem(call("contributor", "DELETE", f"{path}/nothing")) == (404, "not_found")
    assert call("contributor", "DELETE", f"{path}/{second}").status_code == 204
    assert problem(call("contributor", "GET", f"{path}/{second}")) == (404, "not_found")
    assert problem(call("contributor", "GET", f"{path}/{second}/content")) == (404, "not_found")
    call("contributor", "POST", f"/resources/{rid}/submission")
    assert problem(call("contributor", "DELETE", f"{path}/{aid}")) == (409, "in_review")


def test_the_text_of_a_file_is_a_rendition_like_others(call: Any, house: Any) -> None:
    rid = house.bring_to("published")
    told = call(None, "GET", f"/resources/{rid}").json
    thumb = told["assets"][0]["renditions"][0]
    assert call(None, "GET", thumb["url"].removeprefix("/api/v1")).data == b"small"
    assert (
        told["thumbnail"]
        == f"/resources/{rid}/assets/{told['assets'][0]['id']}/renditions/thumbnail"
    )
