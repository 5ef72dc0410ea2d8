"""Giving by program: drafts, their values, versions, and what a stranger may know."""

from __future__ import annotations

from typing import Any

from tests.factories.house import VALUES


def test_a_draft_is_begun_changed_and_deleted(call: Any, house: Any) -> None:
    made = call("contributor", "POST", "/resources", json=VALUES)
    assert made.status_code == 201
    assert made.json["state"] == "draft"
    rid = made.json["id"]
    changed = call(
        "contributor", "PATCH", f"/resources/{rid}", json={"year": 2020, "title": {"zh": None}}
    )
    assert changed.status_code == 200
    assert changed.json["year"] == 2020
    assert changed.json["title"] == {"en": "Magnets float"}
    assert call("contributor", "DELETE", f"/resources/{rid}").status_code == 204
    assert call("contributor", "GET", f"/resources/{rid}").status_code == 404


def test_a_stale_patch_is_refused_and_changes_nothing(call: Any, house: Any) -> None:
    made = call("contributor", "POST", "/resources", json=VALUES)
    path, tag = f"/resources/{made.json['id']}", made.headers["ETag"]
    first = call("contributor", "PATCH", path, json={"year": 2001}, headers={"If-Match": tag})
    second = call("contributor", "PATCH", path, json={"year": 2002}, headers={"If-Match": tag})
    assert (first.status_code, second.status_code) == (200, 412)
    assert second.json["code"] == "stale"
    assert call("contributor", "GET", path).json["year"] == 2001


def test_every_fault_is_listed_by_field_at_once(call: Any) -> None:
    wrong = {
        "kind": "poem",
        "title": {"not a tag": "x", "en": "y" * 301},
        "ages": [12, 8],
        "country": "XX",
        "subjects": ["no such thing"],
        "uses": ["eat"],
        "year": "old",
        "state": "published",
    }
    answer = call("contributor", "POST", "/resources", json=wrong)
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    fields = {each["field"] for each in answer.json["errors"]}
    assert fields >= {
        "kind",
        "title.not a tag",
        "title.en",
        "ages",
        "country",
        "subjects",
        "uses",
        "year",
        "state",
    }


def test_subjects_may_be_given_by_a_label_in_any_language(call: Any) -> None:
    made = call(
        "contributor", "POST", "/resources", json={**VALUES, "subjects": ["磁学", "компас"]}
    )
    assert made.json["subjects"] == ["magnetism", "compass"]


def test_what_is_not_json_is_named(call: Any) -> None:
    path = "/resources"
    assert (
        call("contributor", "POST", path, data="{", content_type="application/json").status_code
        == 400
    )
    assert (
        call("contributor", "POST", path, data="[]", content_type="application/json").status_code
        == 400
    )
    assert (
        call("contributor", "POST", path, data="a=b", content_type="text/plain").status_code == 415
    )


def test_a_draft_is_unknown_to_all_but_its_house(call: Any, house: Any) -> None:
    rid = house.bring_to("draft")
    seen = {who: call(who, "GET", f"/resources/{rid}").status_code for who in house.tokens}
    assert seen == {
        "contributor": 200,
        "colleague": 200,
        "house_admin": 200,
        "admin": 200,
        "stranger": 404,
        "partner": 404,
        "curator": 404,
        "second_curator": 404,
    }
    assert call(None, "GET", f"/resources/{rid}").status_code == 404
    assert call("stranger", "PATCH", f"/resources/{rid}", json={"year": 1999}).status_code == 404


def test_a_published_resource_is_changed_by_a_version_beside_it(call: Any, house: Any) -> None:
    rid = house.bring_to("published")
    path = f"/resources/{rid}"
    refused = call("contributor", "PATCH", path, json={"year": 1999})
    assert (refused.status_code, refused.json["code"]) == (409, "published")
    opened = call("contributor", "POST", f"{path}/versions")
    assert (opened.status_code, opened.json["state"], opened.json["version"]) == (201, "draft", 2)
    assert call("contributor", "POST", f"{path}/versions").status_code == 409
    call("contributor", "PATCH", path, json={"title": {"en": "A better title"}})
    assert call(None, "GET", path).json["title"]["en"] == "Magnets float"
    assert call(None, "GET", f"{path}?version=2").status_code == 404
    assert call("contributor", "POST", f"{path}/submission").status_code == 200
    assert call("curator", "POST", f"{path}/claim").status_code == 200
    decided = call("curator", "POST", f"{path}/decision", json={"decision": "publish"})
    assert decided.json["state"] == "published"
    assert call(None, "GET", path).json["title"]["en"] == "A better title"
    assert len(call(None, "GET", f"{path}/assets").json["results"]) == 1


def test_a_curator_may_give_but_sees_no_draft_of_others(call: Any, house: Any) -> None:
    made = call("curator", "POST", "/resources", json={**VALUES, "institution": "patras"})
    assert made.status_code == 201
    assert (
        call("curator", "PATCH", f"/resources/{made.json['id']}", json={"year": 2001}).status_code
        == 200
    )
    assert call("contributor", "GET", f"/resources/{made.json['id']}").status_code == 404


def test_who_gives_for_nobody_is_told_so(call: Any) -> None:
    assert (
        call("partner", "POST", "/resources", json={**VALUES, "institution": "muscat"}).status_code
        == 403
    )
    assert (
        call(
            "contributor", "POST", "/resources", json={**VALUES, "institution": "muscat"}
        ).status_code
        == 403
    )
    assert call(None, "POST", "/resources", json=VALUES).status_code == 401


def test_unknown_parameters_are_refused(call: Any) -> None:
    for path in ("/resources?bogus=1", "/subjects?q=1", "/institutions?x=", "/openapi.json?y=1"):
        answer = call("admin", "GET", path)
        assert (answer.status_code, answer.json["code"]) == (400, "unknown_parameter")


def test_a_narrowed_token_does_only_what_it_was_made_for(call: Any, house: Any) -> None:
    secret = call("contributor", "POST", "/tokens", json={"scopes": ["read"]}).json["token"]
    house.tokens["reader"] = secret
    assert call("reader", "GET", "/resources").status_code == 200
    refused = call("reader", "POST", "/resources", json=VALUES)
    assert (refused.status_code, refused.json["code"]) == (403, "scope_missing")
    assert call("reader", "POST", "/tokens", json={}).json["scopes"] == ["read"]
    assert call("reader", "POST", "/tokens", json={"scopes": ["manage"]}).status_code == 403


def test_a_void_token_is_refused_even_where_visitors_may_go(call: Any, house: Any) -> None:
    house.tokens["void"] = "crv_nothing"
    assert call("void", "GET", "/resources").status_code == 401
