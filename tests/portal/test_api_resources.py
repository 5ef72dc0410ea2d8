"""Resources by program: what is told of them, merge patches, versions beside, who may know."""

from __future__ import annotations

from typing import Any

from tests.factories.answers import MOMENT, fields, problem
from tests.factories.house import BYTES, VALUES

FULL: dict[str, Any] = {
    **VALUES,
    "source_id": "museum-42",
    "kind": "lesson_plan",
    "description": {"en": "One.\n\nTwo."},
    "keywords": {"en": ["compass"], "sr-Latn": ["kompas"]},
    "ages": [8, 12],
    "country": "cn",
    "year": 2019,
    "credit": "The museum",
    "uses": ["show", {"use": "copy", "territory": "CN", "until": "2030-01-01"}],
    "details": {"duration_minutes": 45},
}
TIMES = ("created_at", "updated_at", "submitted_at", "published_at")


def test_a_resource_is_told_whole_in_all_its_languages(call: Any, house: Any) -> None:
    rid = house.bring_to("published", **FULL)
    answer = call(None, "GET", f"/resources/{rid}")
    told = answer.json
    assert answer.status_code == 200
    assert told["id"] == rid
    assert told["state"] == "published"
    assert told["institution"] == "lanzhou"
    assert told["institution_name"] == {"en": "Lanzhou", "zh": "lanzhou馆"}
    for name in ("source_id", "kind", "title", "summary", "description", "subjects", "keywords"):
        assert told[name] == FULL[name], name
    for name in ("language", "ages", "year", "licence", "credit", "access", "details"):
        assert told[name] == FULL[name], name
    assert sorted(told["uses"], key=str) == sorted(FULL["uses"], key=str)
    assert told["country"] == "CN"
    assert all(MOMENT.fullmatch(told[name]) for name in TIMES)
    asset = told["assets"][0]
    assert (asset["bytes"], asset["role"], asset["verdict"]) == (len(BYTES), "main", "accept")
    assert asset["renditions"][0] | {"url": ""} == {
        "name": "thumbnail",
        "media_type": "image/webp",
        "bytes": 5,
        "url": "",
    }
    assert MOMENT.fullmatch(asset["created_at"])
    assert "steps" not in asset
    assert "steps" in call("contributor", "GET", f"/resources/{rid}").json["assets"][0]
    listed = call(None, "GET", f"/resources/{rid}/assets").json["results"]
    assert listed == told["assets"]
    assert call(None, "GET", f"/resources/{rid}/assets/{asset['id']}").json == asset


def test_what_is_not_said_is_null_or_empty_and_never_left_out(call: Any) -> None:
    made = call("contributor", "POST", "/resources", json={"kind": "other"})
    assert made.status_code == 201
    assert made.headers["Location"] == f"/api/v1/resources/{made.json['id']}"
    assert {name: made.json[name] for name in ("title", "keywords", "details")} == {
        "title": {},
        "keywords": {},
        "details": {},
    }
    assert (made.json["subjects"], made.json["uses"], made.json["assets"]) == ([], [], [])
    for name in ("source_id", "ages", "year", "country", "licence", "access", "thumbnail"):
        assert made.json[name] is None, name


def test_a_merge_patch_changes_what_it_names_and_null_takes_away(call: Any, house: Any) -> None:
    rid = house.give(**FULL)
    path = f"/resources/{rid}"
    patch = {"title": {"zh": None, "ru": "Магниты"}, "details": None, "year": None, "ages": [5, 7]}
    for kind in ("application/json", "application/merge-patch+json"):
        import json

        answer = call("contributor", "PATCH", path, data=json.dumps(patch), content_type=kind)
        assert answer.status_code == 200
        assert answer.json["title"] == {"en": "Magnets float", "ru": "Магниты"}
        assert (answer.json["details"], answer.json["year"]) == ({}, None)
        assert answer.json["ages"] == [5, 7]
        assert answer.json["summary"] == FULL["summary"]
    assert answer.headers["ETag"] == f'"1-{answer.json["revision"]}"'
    read_only = {
        "state": "published",
        "id": "x",
        "assets": [],
        "version": 2,
        "institution": "muscat",
    }
    refused = call("contributor", "PATCH", path, json=read_only)
    assert problem(refused) == (422, "invalid")
    assert set(fields(refused).items()) == {(name, "unknown_field") for name in read_only}
    assert call("contributor", "GET", path).json["state"] == "draft"
    assert problem(call("contributor", "PATCH", path, json={"kind": None})) == (422, "invalid")


def test_who_writes_on_an_older_state_is_told_so_and_any_state_may_be_named(
    call: Any, house: Any
) -> None:
    rid = house.bring_to("draft")
    path = f"/resources/{rid}"
    old = call("contributor", "GET", path).headers["ETag"]
    assert call("contributor", "PATCH", path, json={"year": 2001}).status_code == 200
    for method, more in (("PATCH", {"json": {"year": 2002}}), ("DELETE", {})):
        stale = call("contributor", method, path, headers={"If-Match": old}, **more)
        assert problem(stale) == (412, "stale")
        assert stale.json["revision"] == 2
    anything = call("contributor", "PATCH", path, json={"year": 3}, headers={"If-Match": "*"})
    assert problem(anything) == (422, "invalid")
    now = call("contributor", "GET", path).headers["ETag"]
    several = {"If-Match": f'{old}, {now}, "x"'}
    assert (
        call("contributor", "PATCH", path, json={"year": 2003}, headers=several).status_code == 200
    )
    now = call("contributor", "GET", path).headers["ETag"]
    assert call("contributor", "DELETE", path, headers={"If-Match": now}).status_code == 204
    assert problem(call("contributor", "GET", path)) == (404, "not_found")


def test_a_source_id_is_given_once_by_an_institution(call: Any) -> None:
    first = call("contributor", "POST", "/resources", json=FULL)
    assert first.status_code == 201
    assert problem(call("colleague", "POST", "/resources", json=FULL)) == (409, "source_exists")
    assert call("stranger", "POST", "/resources", json=FULL).status_code == 201
    other = call("contributor", "POST", "/resources", json={**FULL, "source_id": "other"}).json
    answer = call(
        "contributor", "PATCH", f"/resources/{other['id']}", json={"source_id": "museum-42"}
    )
    assert problem(answer) == (409, "source_exists")


def test_what_one_may_not_know_of_is_404_and_what_is_closed_401_or_403(
    call: Any, house: Any
) -> None:
    writes: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("PATCH", "", {"json": {"year": 2000}}),
        ("DELETE", "", {}),
        ("POST", "/versions", {}),
        ("POST", "/submission", {}),
        ("DELETE", "/submission", {}),
        ("POST", "/claim", {}),
        ("DELETE", "/claim", {}),
        ("GET", "/notes", {}),
        ("POST", "/notes", {"json": {"text": "x"}}),
        ("POST", "/decision", {"json": {"decision": "publish"}}),
        ("POST", "/withdrawal", {"json": {"reason": "x"}}),
        ("GET", "/events", {}),
    )
    hidden = [house.bring_to(state) for state in ("draft", "submitted", "in_review", "declined")]
    for rid in [*hidden, "nothing"]:
        for method, end, more in (("GET", "", {}), ("GET", "/assets", {}), *writes):
            for who in (None, "partner", "stranger"):
                answer = call(who, method, f"/resources/{rid}{end}", **more)
                assert problem(answer) == (404, "not_found"), (who, method, end)
    public = house.bring_to("published")
    followed = house.bring_to("published")
    assert call("contributor", "POST", f"/resources/{followed}/versions").status_code == 201
    for rid in (public, followed):
        for method, end, more in writes:
            path = f"/resources/{rid}{end}"
            assert problem(call(None, method, path, **more)) == (401, "not_signed_in"), path
            assert problem(call("partner", method, path, **more)) == (403, "not_permitted"), path
    aid = call(None, "GET", f"/resources/{public}/assets").json["results"][0]["id"]
    for method, end in (("DELETE", ""), ("POST", "/retry"), ("POST", "/release")):
        path, more = f"/resources/{public}/assets/{aid}{end}", {}
        if end == "/release":
            more = {"json": {"note": "x"}}
        assert problem(call(None, method, path, **more)) == (401, "not_signed_in")
        assert problem(call("partner", method, path, **more)) == (403, "not_permitted")


def test_a_version_beside_the_public_one_hides_until_it_is_published(call: Any, house: Any) -> None:
    rid = house.bring_to("published")
    path = f"/resources/{rid}"
    opened = call("contributor", "POST", f"{path}/versions")
    assert (opened.status_code, opened.json["version"]) == (201, 2)
    assert problem(call("contributor", "POST", f"{path}/versions")) == (409, "version_open")
    house.attach(rid, content=b"a second file", filename="two.txt")
    assert len(call("contributor", "GET", f"{path}/assets").json["results"]) == 2
    second = call("contributor", "GET", f"{path}/assets").json["results"][1]["id"]
    for who in (None, "partner", "curator"):
        assert len(call(who, "GET", f"{path}/assets").json["results"]) == 1
        for end in ("", "/content", "/renditions/thumbnail"):
            hidden = call(who, "GET", f"{path}/assets/{second}{end}")
            assert problem(hidden) == (404, "not_found"), (who, end)
        assert problem(call(who, "GET", f"{path}?version=2")) == (404, "not_found")
        assert call(who, "GET", f"{path}?version=1").json["version"] == 1
    assert call("contributor", "GET", f"{path}?version=2").json["state"] == "draft"
    assert call("contributor", "DELETE", path).status_code == 204
    assert call("contributor", "GET", path).json["state"] == "published"
    assert problem(call("contributor", "DELETE", path)) == (409, "published")
    assert problem(call("contributor", "PATCH", path, json={"year": 1999})) == (409, "published")
    log = [line["action"] for line in call("contributor", "GET", f"{path}/events").json["results"]]
    assert log[-2:] == ["give_file", "delete"] or log[-1] == "delete"


def test_what_is_closed_by_its_state_is_a_conflict_that_says_which(call: Any, house: Any) -> None:
    for state, code in (
        ("submitted", "in_review"),
        ("in_review", "in_review"),
        ("published", "published"),
        ("declined", "wrong_state"),
    ):
        path = f"/resources/{house.bring_to(state)}"
        aid = call("contributor", "GET", f"{path}/assets").json["results"][0]["id"]
        for method, end, more in (
            ("PATCH", "", {"json": {"year": 2000}}),
            ("DELETE", "", {}),
            ("DELETE", f"/assets/{aid}", {}),
        ):
            answer = call("contributor", method, f"{path}{end}", **more)
            assert problem(answer) == (409, code), (state, method, end)
        again = call("contributor", "POST", f"{path}/submission")
        assert problem(again) == (409, "wrong_state")
    changes = f"/resources/{house.bring_to('changes_asked')}"
    assert call("contributor", "PATCH", changes, json={"year": 2000}).status_code == 200
    assert problem(call("contributor", "POST", f"{changes}/versions")) == (409, "version_open")


def test_who_gives_for_several_houses_says_for_which(call: Any) -> None:
    plain = {"kind": "other"}
    assert fields(call("curator", "POST", "/resources", json=plain)) == {"institution": "required"}
    unknown = call("curator", "POST", "/resources", json={**plain, "institution": "nowhere"})
    assert fields(unknown) == {"institution": "unknown_institution"}
    made = call("curator", "POST", "/resources", json={**plain, "institution": "patras"})
    assert (made.status_code, made.json["institution"]) == (201, "patras")
    for who in ("partner", "admin", "house_admin"):
        refused = call(who, "POST", "/resources", json={**plain, "institution": "lanzhou"})
        assert problem(refused) == (403, "not_permitted")
    assert problem(call(None, "POST", "/resources", json=plain)) == (401, "not_signed_in")
