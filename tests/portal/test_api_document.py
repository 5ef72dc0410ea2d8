"""The OpenAPI document: valid, whole, and readable by people."""

from __future__ import annotations

import re
from typing import Any

from openapi_spec_validator import validate

from tests.factories.answers import problem


def operations(document: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (verb.upper(), address): operation
        for address, item in document["paths"].items()
        for verb, operation in item.items()
        if verb != "parameters"
    }


def test_the_document_is_valid_and_names_every_address_of_the_api(call: Any, app: Any) -> None:
    answer = call(None, "GET", "/openapi.json")
    assert answer.status_code == 200
    assert answer.json["openapi"].startswith("3.1")
    validate(answer.json)
    found = {
        (method, re.sub(r"<(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in rule.methods
        if rule.rule.startswith("/api/v1/") and method not in ("HEAD", "OPTIONS")
    } - {("GET", "/api/v1/docs")}
    named = set(operations(answer.json))
    assert {each for each in found if "uploads" not in each[1]} <= named
    assert {
        ("POST", "/api/v1/uploads"),
        ("OPTIONS", "/api/v1/uploads"),
        ("HEAD", "/api/v1/uploads/{uid}"),
        ("PATCH", "/api/v1/uploads/{uid}"),
        ("DELETE", "/api/v1/uploads/{uid}"),
    } <= named


def test_every_operation_says_what_it_answers_when_all_is_well_and_when_not(call: Any) -> None:
    for (verb, address), told in operations(call(None, "GET", "/openapi.json").json).items():
        assert told["summary"], address
        assert told["description"], address
        assert told["tags"], address
        good = [status for status in told["responses"] if status < "300"]
        assert good, (verb, address)
        if verb == "OPTIONS":
            continue
        bad = {status: each for status, each in told["responses"].items() if status >= "400"}
        assert "503" in bad, (verb, address)
        for status, each in bad.items():
            schema = each["content"]["application/problem+json"]["schema"]
            assert schema["$ref"].endswith("/Problem"), (address, status)
        if "uploads" not in address and good[0] in ("200", "201", "202"):
            plain = ("openapi.json", "/content", "/renditions/{name}")
            shape = told["responses"][good[0]].get("content", {})
            assert address.endswith(plain) or "application/json" in shape, (verb, address)
        if verb == "PATCH" and "uploads" not in address:
            assert set(told["requestBody"]["content"]) == {
                "application/json",
                "application/merge-patch+json",
            }
            assert "If-Match" in {each["name"] for each in told["parameters"]}


def test_the_page_shows_every_operation_without_script_or_anything_from_elsewhere(
    call: Any,
) -> None:
    page = call(None, "GET", "/docs")
    assert page.status_code == 200
    words = page.data.decode()
    for verb, address in operations(call(None, "GET", "/openapi.json").json):
        assert f"<b><code>{verb}</code></b> <code>{address}</code>" in words
    assert "https://" not in re.sub(r'xmlns="[^"]*"', "", words)
    assert "<script>" not in words
    assert "style=" not in words
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    for field in ("per_page", "decision", "Upload-Offset", "If-Match", "sort"):
        assert f"<code>{field}</code>" in words, field
    anchors = re.findall(r'<article id="([^"]+)"', words)
    assert len(anchors) == len(set(anchors)) > 30
    assert problem(call(None, "GET", "/docs?x=1")) == (400, "unknown_parameter")


def test_what_is_no_address_or_no_verb_is_a_problem_too(call: Any) -> None:
    for path in ("/nothing", "/resources/", "/resources/x/y", "/resources/%00", "/uploads/x/y"):
        for who in (None, "admin"):
            assert problem(call(who, "GET", path)) == (404, "not_found"), path
    wrong = call("admin", "PUT", "/resources/x")
    assert problem(wrong) == (405, "method_not_allowed")
    assert {"GET", "PATCH", "DELETE"} <= set(wrong.headers["Allow"].split(", "))
