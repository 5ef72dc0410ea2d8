"""Institutions, agreements, people and tokens by program."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from catalog import clock
from tests.factories.answers import MOMENT, fields, problem
from tests.factories.house import PASSWORD

HOUSE = {"id": "almaty", "name": {"en": "Almaty", "ru": "Алматы"}, "country": "kz"}


def test_an_institution_is_added_renamed_and_removed(call: Any, house: Any) -> None:
    made = call("admin", "POST", "/institutions", json=HOUSE)
    assert made.status_code == 201
    assert made.json == {**HOUSE, "country": "KZ"}
    path = made.headers["Location"].removeprefix("/api/v1")
    assert call("admin", "GET", path).json == made.json
    assert made.json in call("admin", "GET", "/institutions").json["results"]
    assert problem(call("admin", "POST", "/institutions", json=HOUSE)) == (
        409,
        "institution_exists",
    )
    tag = {"If-Match": made.headers["ETag"]}
    patch = {"name": {"ru": None, "uz": "Olmaota"}}
    changed = call("admin", "PATCH", path, json=patch, headers=tag)
    assert changed.status_code == 200
    assert changed.json == {
        "id": "almaty",
        "country": "KZ",
        "name": {"en": "Almaty", "uz": "Olmaota"},
    }
    assert problem(call("admin", "PATCH", path, json={}, headers=tag)) == (412, "stale")
    assert problem(call("admin", "DELETE", path, headers=tag)) == (412, "stale")
    for body, faults in (
        ({"name": None}, {"name": "required"}),
        ({"name": {"en": None, "uz": None}}, {"name": "required"}),
        ({"name": {"en": 5}}, {"name.en": "not_a_text"}),
        ({"name": {"no tag": "x"}}, {"name.no tag": "unknown_language"}),
        ({"name": {"en": "x" * 201}}, {"name.en": "too_long"}),
        ({"name": "x"}, {"name": "not_an_object"}),
        ({"country": "XX"}, {"country": "unknown_country"}),
        ({"country": None}, {"country": "required"}),
        ({"id": "other"}, {"id": "unknown_field"}),
    ):
        refused = call("admin", "PATCH", path, json=body)
        assert problem(refused) == (422, "invalid"), body
        assert fields(refused) == faults
    assert call("admin", "PATCH", path, json={}).json == changed.json
    assert call("admin", "DELETE", path).status_code == 204
    for method in ("GET", "PATCH", "DELETE"):
        assert problem(call("admin", method, path)) == (404, "not_found")
    assert problem(call("admin", "DELETE", "/institutions/lanzhou")) == (409, "in_use")
    for wrong in ("A", "x", "../etc", "x" * 64, ""):
        refused = call("admin", "POST", "/institutions", json={**HOUSE, "id": wrong})
        assert fields(refused) == {"id": "bad_id"}


def test_an_admin_of_a_house_renames_that_house_only(call: Any) -> None:
    renamed = call("house_admin", "PATCH", "/institutions/lanzhou", json={"name": {"fr": "Lan"}})
    assert renamed.json["name"]["fr"] == "Lan"
    for method, path, body in (
        ("PATCH", "/institutions/muscat", {"name": {"fr": "Mas"}}),
        ("POST", "/institutions", HOUSE),
        ("DELETE", "/institutions/patras", None),
        ("POST", "/agreements", {"id": "one", "parties": ["lanzhou", "muscat"]}),
        ("POST", "/users", {"email": "a@example.org", "name": "A", "role": "admin"}),
    ):
        refused = call("house_admin", method, path, json=body)
        assert problem(refused) == (403, "not_permitted"), path


def test_who_renames_an_institution_has_its_resources_found_by_the_new_name(
    call: Any, house: Any
) -> None:
    rid = house.bring_to("published")
    house.index()
    assert call(None, "GET", "/resources?q=Kaleidoscope").json["total"] == 0
    call("admin", "PATCH", "/institutions/lanzhou", json={"name": {"en": "Kaleidoscope Hall"}})
    house.index()
    found = call(None, "GET", "/resources?q=Kaleidoscope").json
    assert [each["id"] for each in found["results"]] == [rid]
    labels = {each["label"] for each in found["facets"]["institution"]}
    assert "Kaleidoscope Hall" in labels


def test_an_agreement_opens_files_between_its_parties_while_it_is_in_force(
    call: Any, house: Any
) -> None:
    rid = house.bring_to("published", access="agreement")
    aid = call(None, "GET", f"/resources/{rid}/assets").json["results"][0]["id"]
    content = f"/resources/{rid}/assets/{aid}/content"
    today = clock.now().date()
    day = {number: (today + timedelta(days=number)).isoformat() for number in (-2, -1, 0, 1, 2)}
    made = call(
        "admin", "POST", "/agreements", json={"id": "pact", "parties": ["muscat", "lanzhou"]}
    )
    assert made.status_code == 201
    assert made.json == {
        "id": "pact",
        "parties": ["lanzhou", "muscat"],
        "from": None,
        "until": None,
    }
    path = made.headers["Location"].removeprefix("/api/v1")

    def taken() -> int:
        return int(call("partner", "GET", content).status_code)

    assert taken() == 200
    assert problem(call(None, "GET", content)) == (401, "agreement_only")
    for patch, status in (
        ({"until": day[-1]}, 403),
        ({"until": day[0]}, 200),
        ({"from": day[1], "until": day[2]}, 403),
        ({"from": day[0], "until": None}, 200),
        ({"parties": ["lanzhou", "patras"]}, 403),
        ({"parties": ["lanzhou", "patras", "muscat"], "from": None}, 200),
    ):
        changed = call("admin", "PATCH", path, json=patch)
        assert changed.status_code == 200, changed.json
        assert {**changed.json, **patch, "parties": 0} == {**changed.json, "parties": 0}
        assert taken() == status, patch
    for patch, faults in (
        ({"from": day[2], "until": day[1]}, {"until": "before_start"}),
        ({"until": "soon"}, {"until": "not_a_date"}),
        ({"from": 5}, {"from": "not_a_text"}),
        ({"parties": ["lanzhou"]}, {"parties": "two_required"}),
        ({"parties": ["lanzhou", "nowhere"]}, {"parties": "unknown_institution"}),
        ({"parties": None}, {"parties": "required"}),
        ({"parties": "lanzhou"}, {"parties": "not_a_list"}),
        ({"parties": ["lanzhou", None]}, {"parties.1": "not_a_text"}),
        ({"start": day[0]}, {"start": "unknown_field"}),
    ):
        refused = call("admin", "PATCH", path, json=patch)
        assert problem(refused) == (422, "invalid"), patch
        assert fields(refused) == faults
    again = call(
        "admin", "POST", "/agreements", json={"id": "pact", "parties": ["muscat", "patras"]}
    )
    assert problem(again) == (409, "agreement_exists")
    assert call("admin", "DELETE", path).status_code == 204
    assert taken() == 403
    assert problem(call("admin", "GET", path)) == (404, "not_found")
    assert problem(call("curator", "GET", "/agreements")) == (403, "not_permitted")


def test_an_account_is_made_changed_and_closed(call: Any, house: Any, app: Any) -> None:
    body = {
        "email": " New@Example.org ",
        "name": "New",
        "role": "contributor",
        "institution": "lanzhou",
        "password": PASSWORD,
    }
    made = call("house_admin", "POST", "/users", json=body)
    assert made.status_code == 201
    assert made.json["email"] == "new@example.org"
    assert made.json["roles"] == [{"role": "contributor", "institution": "lanzhou"}]
    assert made.json["active"] is True
    assert "password" not in str(made.json)
    path = made.headers["Location"].removeprefix("/api/v1")
    assert problem(call("house_admin", "POST", "/users", json=body)) == (409, "role_held")
    further = call("house_admin", "POST", "/users", json={**body, "role": "partner"})
    assert len(further.json["roles"]) == 2
    renamed = call("house_admin", "PATCH", path, json={"name": "Newer"})
    assert (renamed.json["name"], renamed.json["active"]) == ("Newer", True)
    for patch, faults in (
        ({"name": " "}, {"name": "required"}),
        ({"name": None}, {"name": "not_a_text"}),
        ({"password": "short"}, {"password": "too_short"}),
        ({"password": "x" * 513}, {"password": "too_long"}),
        ({"active": "yes"}, {"active": "unknown_value"}),
        ({"active": None}, {"active": "unknown_value"}),
        ({"email": "x@y"}, {"email": "unknown_field"}),
        ({"roles": []}, {"roles": "unknown_field"}),
    ):
        refused = call("house_admin", "PATCH", path, json=patch)
        assert problem(refused) == (422, "invalid"), patch
        assert fields(refused) == faults
    assert call("house_admin", "DELETE", path).status_code == 204
    assert call("house_admin", "GET", path).json["active"] is False
    for wrong, field in (
        ({"email": "nobody"}, "email"),
        ({"email": "a b@example.org"}, "email"),
        ({"email": "x" * 250 + "@example.org"}, "email"),
        ({"name": "x" * 201}, "name"),
        ({"role": "king"}, "role"),
        ({"institution": None}, "institution"),
        ({"password": 1234567890}, "password"),
    ):
        answer = call("admin", "POST", "/users", json={**body, "email": "o@example.org", **wrong})
        assert problem(answer) == (422, "invalid"), wrong
        assert set(fields(answer)) == {field}


def test_an_admin_reaches_no_account_beyond_their_house(call: Any, house: Any) -> None:
    ids = {name: actor.person_id for name, actor in house.actors.items()}
    listed = {each["id"] for each in call("house_admin", "GET", "/users").json["results"]}
    assert listed == {ids["contributor"], ids["colleague"], ids["house_admin"]}
    for name in ("partner", "stranger", "admin"):
        for method, body in (("GET", None), ("PATCH", {"active": False}), ("DELETE", None)):
            answer = call("house_admin", method, f"/users/{ids[name]}", json=body)
            assert problem(answer) == (404, "not_found")
    lent = {"email": "admin@example.org", "name": "x", "role": "curator", "institution": "lanzhou"}
    assert call("house_admin", "POST", "/users", json=lent).status_code == 201
    for patch in ({"active": False}, {"password": "x" * 20}, {"name": "Mine"}):
        answer = call("house_admin", "PATCH", f"/users/{ids['admin']}", json=patch)
        assert problem(answer) == (403, "not_permitted"), patch
    assert call("admin", "GET", "/users").status_code == 200
    for who in ("partner", "contributor", "curator"):
        for path in ("/users", f"/users/{ids['admin']}", "/users/nobody"):
            assert problem(call(who, "GET", path)) == (403, "not_permitted")


def test_a_closed_account_speaks_no_more(call: Any, house: Any) -> None:
    person = house.actors["stranger"].person_id
    assert call("stranger", "GET", "/tokens").status_code == 200
    assert call("admin", "DELETE", f"/users/{person}").status_code == 204
    assert problem(call("stranger", "GET", "/tokens")) == (401, "bad_token")
    assert problem(call("stranger", "GET", "/resources")) == (401, "bad_token")
    assert call("admin", "PATCH", f"/users/{person}", json={"active": True}).json["active"] is True
    assert call("stranger", "GET", "/tokens").status_code == 200


def test_a_token_is_made_narrowed_renamed_and_ended(call: Any, house: Any) -> None:
    made = call(
        "contributor", "POST", "/tokens", json={"name": "Script", "scopes": ["give", "read"]}
    )
    assert made.status_code == 201
    assert made.headers["Cache-Control"] == "no-store"
    assert made.json["token"].startswith("crv_")
    assert made.json["scopes"] == ["give", "read"]
    assert MOMENT.fullmatch(made.json["created_at"])
    path = made.headers["Location"].removeprefix("/api/v1")
    told = call("contributor", "GET", path).json
    assert told == {name: value for name, value in made.json.items() if name != "token"}
    listed = call("contributor", "GET", "/tokens").json["results"]
    assert {**told, "last_used_on": None} in listed
    assert "crv_" not in str(listed)
    house.tokens["script"] = made.json["token"]
    assert call("script", "POST", "/resources", json={"kind": "other"}).status_code == 201
    tag = {"If-Match": made.headers["ETag"]}
    body = {"scopes": ["read"], "name": "Reader"}
    narrowed = call("contributor", "PATCH", path, json=body, headers=tag)
    for method in ("PATCH", "DELETE"):
        stale = call(
            "contributor", method, path, json=body if method == "PATCH" else None, headers=tag
        )
        assert problem(stale) == (412, "stale")
    assert (narrowed.json["name"], narrowed.json["scopes"]) == ("Reader", ["read"])
    refused = call("script", "POST", "/resources", json={"kind": "other"})
    assert problem(refused) == (403, "scope_missing")
    for body, faults in (
        ({"scopes": ["fly"]}, {"scopes": "unknown_value"}),
        ({"scopes": "read"}, {"scopes": "not_a_list"}),
        ({"scopes": [1]}, {"scopes.0": "not_a_text"}),
        ({"name": 5}, {"name": "not_a_text"}),
        ({"name": "x" * 101}, {"name": "too_long"}),
        ({"token": "crv_x"}, {"token": "unknown_field"}),
    ):
        for method, address in (("POST", "/tokens"), ("PATCH", path)):
            answer = call("contributor", method, address, json=body)
            assert problem(answer) == (422, "invalid"), body
            assert fields(answer) == faults
    for who in ("colleague", "admin"):
        for method in ("GET", "PATCH", "DELETE"):
            assert problem(call(who, method, path)) == (404, "not_found")
    assert call("contributor", "DELETE", path).status_code == 204
    assert problem(call("script", "GET", "/resources")) == (401, "bad_token")


def test_a_narrowed_token_widens_nothing(call: Any, house: Any) -> None:
    wide = call("admin", "POST", "/tokens", json={"name": "wide"})
    narrow = call("admin", "POST", "/tokens", json={"scopes": ["read"]})
    house.tokens["reader"] = narrow.json["token"]
    for path, own in (
        (f"/tokens/{wide.json['id']}", False),
        (f"/tokens/{narrow.json['id']}", True),
    ):
        widened = call("reader", "PATCH", path, json={"scopes": ["manage"]})
        assert problem(widened) == (403, "scope_missing")
        emptied = call("reader", "PATCH", path, json={"scopes": []})
        assert emptied.status_code == (200 if own else 403)
    assert call("admin", "GET", f"/tokens/{narrow.json['id']}").json["scopes"] == ["read"]
    assert problem(call("reader", "POST", "/tokens", json={"scopes": ["give"]}))[0] == 403
    assert problem(call("reader", "DELETE", f"/tokens/{wide.json['id']}"))[0] == 403
    for method, path, body in (
        ("GET", "/users", None),
        ("GET", "/institutions", None),
        ("GET", "/agreements", None),
        ("POST", "/institutions", HOUSE),
        ("PATCH", "/institutions/lanzhou", {"country": "CN"}),
        ("PATCH", f"/users/{house.actors['partner'].person_id}", {"active": False}),
    ):
        assert problem(call("reader", method, path, json=body)) == (403, "scope_missing"), path
    assert call("reader", "DELETE", f"/tokens/{narrow.json['id']}").status_code == 204
