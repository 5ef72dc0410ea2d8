"""Every role against every address of the URL map. An address without a row fails."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.factories.house import VALUES

WHO = ("visitor", "partner", "contributor", "curator", "admin")
ROWS: dict[tuple[str, str], tuple[int, int, int, int, int]] = {
    # pages: visitor, partner, contributor, curator, admin; a visitor posts without a CSRF token
    ("GET", "/"): (200, 200, 200, 200, 200),
    ("GET", "/resources/<rid>"): (200, 200, 200, 200, 200),
    ("GET", "/resources/<rid>/licence.txt"): (200, 200, 200, 200, 200),
    ("GET", "/resources/<rid>/assets/<aid>/content"): (200, 200, 200, 200, 200),
    ("GET", "/resources/<rid>/assets/<aid>/renditions/<name>"): (200, 200, 200, 200, 200),
    ("GET", "/contribute"): (303, 200, 200, 200, 200),
    ("POST", "/contribute/new"): (303, 403, 303, 422, 403),
    ("GET", "/contribute/<draft>"): (303, 404, 200, 404, 200),
    ("POST", "/contribute/<draft>/save"): (303, 404, 303, 404, 403),
    ("POST", "/contribute/<draft>/files"): (303, 400, 400, 400, 400),
    ("POST", "/contribute/<draft>/files/<aid>/remove"): (303, 404, 404, 404, 403),
    ("POST", "/contribute/<draft>/files/<aid>/retry"): (303, 404, 404, 404, 403),
    ("POST", "/contribute/<draft>/take-back"): (303, 404, 409, 404, 403),
    ("POST", "/contribute/<draft>/version"): (303, 404, 303, 404, 403),
    ("POST", "/contribute/<draft>/delete"): (303, 404, 303, 404, 403),
    ("GET", "/moderate"): (303, 403, 403, 200, 403),
    ("GET", "/moderate/<submitted>"): (303, 404, 403, 200, 403),
    ("POST", "/moderate/<submitted>/claim"): (303, 404, 403, 303, 403),
    ("POST", "/moderate/<submitted>/give-back"): (303, 404, 403, 409, 403),
    ("POST", "/moderate/<submitted>/notes"): (303, 404, 403, 422, 403),
    ("POST", "/moderate/<submitted>/decision"): (303, 404, 403, 422, 403),
    ("POST", "/moderate/<submitted>/withdrawal"): (303, 404, 403, 409, 409),
    ("POST", "/moderate/<submitted>/files/<aid>/release"): (303, 404, 403, 404, 403),
    ("GET", "/sign-in"): (200, 303, 303, 303, 303),
    ("POST", "/sign-in"): (400, 422, 422, 422, 422),
    ("POST", "/sign-out"): (303, 303, 303, 303, 303),
    ("GET", "/account"): (303, 200, 200, 200, 200),
    ("POST", "/account/password"): (303, 422, 422, 422, 422),
    ("POST", "/account/sign-out-everywhere"): (303, 303, 303, 303, 303),
    ("POST", "/account/tokens"): (303, 200, 200, 200, 200),
    ("POST", "/account/tokens/<tid>/end"): (303, 404, 404, 404, 404),
    ("GET", "/about"): (200,) * 5,
    ("GET", "/terms"): (200,) * 5,
    ("GET", "/privacy"): (200,) * 5,
    ("GET", "/help"): (200,) * 5,
    ("POST", "/line"): (400, 303, 303, 303, 303),
    ("GET", "/healthz"): (200,) * 5,
    ("GET", "/readyz"): (200,) * 5,
    ("GET", "/robots.txt"): (200,) * 5,
    ("GET", "/metrics"): (404, 404, 404, 404, 200),
    ("GET", "/static/<path:filename>"): (404,) * 5,
    # the API
    ("GET", "/api/v1/resources"): (200,) * 5,
    ("POST", "/api/v1/resources"): (401, 403, 201, 422, 403),
    ("GET", "/api/v1/resources/<rid>"): (200,) * 5,
    ("PATCH", "/api/v1/resources/<draft>"): (404, 404, 200, 404, 403),
    ("DELETE", "/api/v1/resources/<draft>"): (404, 404, 204, 404, 403),
    ("POST", "/api/v1/resources/<rid>/versions"): (401, 403, 201, 403, 403),
    ("GET", "/api/v1/resources/<rid>/assets"): (200,) * 5,
    ("GET", "/api/v1/resources/<rid>/assets/<aid>"): (200,) * 5,
    ("DELETE", "/api/v1/resources/<draft>/assets/<aid>"): (404, 404, 404, 404, 403),
    ("POST", "/api/v1/resources/<rid>/assets/<aid>/release"): (401, 403, 403, 409, 403),
    ("POST", "/api/v1/resources/<rid>/assets/<aid>/retry"): (401, 403, 202, 202, 403),
    ("GET", "/api/v1/resources/<rid>/assets/<aid>/content"): (200,) * 5,
    ("GET", "/api/v1/resources/<rid>/assets/<aid>/renditions/<name>"): (200,) * 5,
    ("POST", "/api/v1/resources/<draft>/submission"): (404, 404, 200, 404, 403),
    ("DELETE", "/api/v1/resources/<submitted>/submission"): (404, 404, 204, 403, 403),
    ("POST", "/api/v1/resources/<submitted>/claim"): (404, 404, 403, 200, 403),
    ("DELETE", "/api/v1/resources/<submitted>/claim"): (404, 404, 403, 409, 403),
    ("GET", "/api/v1/resources/<submitted>/notes"): (404, 404, 200, 200, 200),
    ("POST", "/api/v1/resources/<submitted>/notes"): (404, 404, 201, 201, 403),
    ("POST", "/api/v1/resources/<submitted>/decision"): (404, 404, 403, 409, 403),
    ("POST", "/api/v1/resources/<rid>/withdrawal"): (401, 403, 403, 200, 200),
    ("GET", "/api/v1/resources/<rid>/events"): (401, 403, 200, 200, 200),
    ("GET", "/api/v1/queue"): (401, 403, 403, 200, 403),
    ("GET", "/api/v1/subjects"): (200,) * 5,
    ("GET", "/api/v1/suggestions"): (200,) * 5,
    ("GET", "/api/v1/openapi.json"): (200,) * 5,
    ("GET", "/api/v1/docs"): (200,) * 5,
    ("GET", "/api/v1/institutions"): (401, 403, 403, 403, 200),
    ("POST", "/api/v1/institutions"): (401, 403, 403, 403, 201),
    ("GET", "/api/v1/institutions/<iid>"): (401, 403, 403, 403, 200),
    ("PATCH", "/api/v1/institutions/<iid>"): (401, 403, 403, 403, 200),
    ("DELETE", "/api/v1/institutions/<iid>"): (401, 403, 403, 403, 409),
    ("GET", "/api/v1/agreements"): (401, 403, 403, 403, 200),
    ("POST", "/api/v1/agreements"): (401, 403, 403, 403, 201),
    ("GET", "/api/v1/agreements/<tid>"): (401, 403, 403, 403, 404),
    ("PATCH", "/api/v1/agreements/<tid>"): (401, 403, 403, 403, 404),
    ("DELETE", "/api/v1/agreements/<tid>"): (401, 403, 403, 403, 404),
    ("GET", "/api/v1/users"): (401, 403, 403, 403, 200),
    ("POST", "/api/v1/users"): (401, 403, 403, 403, 201),
    ("GET", "/api/v1/users/<tid>"): (401, 403, 403, 403, 404),
    ("PATCH", "/api/v1/users/<tid>"): (401, 403, 403, 403, 404),
    ("DELETE", "/api/v1/users/<tid>"): (401, 403, 403, 403, 404),
    ("GET", "/api/v1/tokens"): (401, 200, 200, 200, 200),
    ("POST", "/api/v1/tokens"): (401, 201, 201, 201, 201),
    ("GET", "/api/v1/tokens/<tid>"): (401, 404, 404, 404, 404),
    ("PATCH", "/api/v1/tokens/<tid>"): (401, 404, 404, 404, 404),
    ("DELETE", "/api/v1/tokens/<tid>"): (401, 404, 404, 404, 404),
    ("OPTIONS", "/api/v1/uploads"): (204,) * 5,
    ("POST", "/api/v1/uploads"): (401, 404, 201, 404, 403),
    ("OPTIONS", "/api/v1/uploads/<uid>"): (204,) * 5,
    ("HEAD", "/api/v1/uploads/<uid>"): (401, 404, 404, 404, 404),
    ("PATCH", "/api/v1/uploads/<uid>"): (401, 404, 404, 404, 404),
    ("DELETE", "/api/v1/uploads/<uid>"): (401, 404, 404, 404, 404),
}
BODIES: dict[tuple[str, str], Any] = {
    ("POST", "/api/v1/resources"): VALUES,
    ("PATCH", "/api/v1/resources/<draft>"): {"year": 2000},
    ("POST", "/api/v1/resources/<rid>/assets/<aid>/release"): {"note": "x"},
    ("POST", "/api/v1/resources/<submitted>/notes"): {"text": "x"},
    ("POST", "/api/v1/resources/<submitted>/decision"): {"decision": "publish"},
    ("POST", "/api/v1/resources/<rid>/withdrawal"): {"reason": "x"},
    ("POST", "/api/v1/institutions"): {"id": "new-house", "name": {"en": "New"}, "country": "GR"},
    ("PATCH", "/api/v1/institutions/<iid>"): {"country": "CN"},
    ("POST", "/api/v1/agreements"): {"id": "new", "parties": ["lanzhou", "muscat"]},
    ("PATCH", "/api/v1/agreements/<tid>"): {},
    ("POST", "/api/v1/users"): {"email": "n@example.org", "name": "N", "role": "admin"},
    ("PATCH", "/api/v1/users/<tid>"): {"active": False},
    ("POST", "/api/v1/tokens"): {},
    ("PATCH", "/api/v1/tokens/<tid>"): {"name": "x"},
}


def test_every_address_has_a_row(app: Any) -> None:
    routes = {
        (method, re.sub(r"<(?:rid|draft|submitted)>", "<rid>", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in rule.methods
        if method not in ("HEAD", "OPTIONS") or rule.rule.startswith("/api/v1/uploads")
    }
    routes -= {("HEAD", "/api/v1/uploads")}
    routes = {each for each in routes if not (each[0] == "GET" and "uploads" in each[1])}
    named = {
        (method, re.sub(r"<(?:draft|submitted)>", "<rid>", path).replace("<iid>", "<tid>"))
        for method, path in ROWS
    }
    assert routes - named == set()
    assert named - routes == set()


@pytest.mark.parametrize(("method", "path"), ROWS, ids=str)
def test_a_role_gets_the_answer_of_its_row(house: Any, app: Any, method: str, path: str) -> None:
    import base64

    answers = []
    for who in WHO:
        rid = house.bring_to("published", content=who.encode() * 9)
        with house.services.database.reading() as session:
            from catalog.resources import reading

            asset = reading.resource(session, house.actors["curator"], rid).assets[0].id
        names = {"rid": rid, "aid": asset, "name": "thumbnail", "tid": "none", "iid": "lanzhou"}
        names |= {"uid": "none", "path:filename": "none"}
        for state in ("draft", "submitted"):
            if f"<{state}>" in path:
                names[state] = house.bring_to(state, content=f"{who}{state}".encode())
        address = re.sub(r"<([\w:]+)>", lambda found, names=names: names[found[1]], path)
        headers = {"Tus-Resumable": "1.0.0"}
        if "uploads" in path:
            draft = house.bring_to("draft", content=b"u" + who.encode())
            told = base64.b64encode(draft.encode()).decode()
            headers |= {
                "Upload-Length": "5",
                "Upload-Offset": "0",
                "Upload-Metadata": f"resource {told}",
            }
            if method == "PATCH":
                headers["Content-Type"] = "application/offset+octet-stream"
        if who != "visitor":
            headers["Authorization"] = f"Bearer {house.tokens[who]}"
        app.config["WTF_CSRF_ENABLED"] = False
        more: dict[str, Any] = {"json": BODIES[method, path]} if (method, path) in BODIES else {}
        if path == "/contribute/new":
            more = {"data": {"kind": "film"}}
        elif path.endswith("/save"):
            more = {"data": {"kind": "film", "revision": "1-1"}}
        answer = app.test_client().open(
            address,
            method=method,
            headers=headers,
            environ_overrides={"REMOTE_ADDR": "192.0.2.7"},
            **more,
        )
        answers.append(answer.status_code)
    assert tuple(answers) == ROWS[method, path]
