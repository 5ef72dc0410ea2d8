"""Who asks the API: a bearer token, or the cookie of a session, then with its CSRF token."""

from __future__ import annotations

import re
from typing import Any

from tests.factories.answers import problem
from tests.factories.house import PASSWORD

API = "/api/v1"


def csrf_of(client: Any, path: str = "/sign-in") -> str:
    found = re.search(r'<meta name="csrf-token" content="([^"]+)"', client.get(path).data.decode())
    assert found is not None
    return found[1]


def signed_in(app: Any, name: str) -> Any:
    client = app.test_client()
    form = {"email": f"{name}@example.org", "password": PASSWORD, "csrf_token": csrf_of(client)}
    assert client.post("/sign-in", data=form).status_code == 303
    return client


def test_a_session_writes_only_with_its_csrf_token(app: Any) -> None:
    client = signed_in(app, "contributor")
    assert client.get(f"{API}/tokens").status_code == 200
    body = {"kind": "other"}
    assert problem(client.post(f"{API}/resources", json=body)) == (400, "bad_csrf")
    for wrong in ("", "x", csrf_of(app.test_client())):
        refused = client.post(f"{API}/resources", json=body, headers={"X-CSRFToken": wrong})
        assert problem(refused) == (400, "bad_csrf")
    token = {"X-CSRFToken": csrf_of(client, "/")}
    made = client.post(f"{API}/resources", json=body, headers=token)
    assert made.status_code == 201
    path = f"{API}/resources/{made.json['id']}"
    for method, more in (("PATCH", {"json": {"year": 2000}}), ("DELETE", {})):
        assert problem(client.open(path, method=method, **more)) == (400, "bad_csrf")
    assert client.patch(path, json={"year": 2000}, headers=token).json["year"] == 2000
    assert client.delete(path, headers=token).status_code == 204


def test_a_visitor_is_told_to_sign_in_and_not_of_csrf(app: Any, house: Any) -> None:
    client = app.test_client()
    rid = house.bring_to("published")
    assert problem(client.post(f"{API}/resources", json={})) == (401, "not_signed_in")
    assert problem(client.post(f"{API}/resources/{rid}/claim")) == (401, "not_signed_in")
    assert problem(client.delete(f"{API}/resources/nothing")) == (404, "not_found")


def test_a_token_stands_alone_and_needs_no_csrf_token(app: Any, house: Any) -> None:
    client = signed_in(app, "curator")
    token = house.tokens["contributor"]
    for scheme in ("Bearer", "bearer", "BEARER"):
        headers = {"Authorization": f"{scheme} {token}"}
        made = client.post(f"{API}/resources", json={"kind": "other"}, headers=headers)
        assert made.status_code == 201, scheme
        assert made.json["institution"] == "lanzhou"
    for wrong in (
        "Bearer",
        "Bearer ",
        "Bearer x",
        f"Bearer {token}x",
        "Bearer é",
        f"Bearer {token[4:]}",
    ):
        for method in ("GET", "POST"):
            answer = client.open(
                f"{API}/resources", method=method, headers={"Authorization": wrong}
            )
            assert problem(answer) == (401, "bad_token"), wrong
    other = client.get(f"{API}/resources", headers={"Authorization": "Basic eDp5"})
    assert other.status_code == 200


def test_a_session_ends_with_a_new_password_or_a_closed_account(
    app: Any, house: Any, call: Any
) -> None:
    person = house.actors["contributor"].person_id
    client = signed_in(app, "contributor")
    assert call("admin", "PATCH", f"/users/{person}", json={"name": "Still"}).status_code == 200
    assert client.get(f"{API}/tokens").status_code == 200
    assert (
        call("admin", "PATCH", f"/users/{person}", json={"password": PASSWORD}).status_code == 200
    )
    assert problem(client.get(f"{API}/tokens")) == (401, "not_signed_in")
    client = signed_in(app, "contributor")
    assert call("admin", "DELETE", f"/users/{person}").status_code == 204
    assert problem(client.get(f"{API}/tokens")) == (401, "not_signed_in")
