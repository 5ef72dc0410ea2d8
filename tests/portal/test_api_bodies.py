"""Bodies that are hostile, at every address that takes one: a plain refusal, never a 500."""

from __future__ import annotations

import gzip
import io
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from portal.api.bodies import DEEPEST, LONGEST_BYTES
from tests.factories.answers import fields, problem
from tests.factories.house import VALUES

MEANINGLESS: dict[str, bytes] = {
    "cut off": b'{"kind": "fil',
    "a list": b"[]",
    "a text": b'"film"',
    "a number": b"5",
    "nothing": b"null",
    "two values": b"{} {}",
    "not a number": b'{"year": NaN}',
    "beyond all numbers": b'{"year": -Infinity}',
    "a number too large for a double": b'{"year": 1e999}',
    "a number of thousands of digits": b'{"year": ' + b"9" * 5_000 + b"}",
    "a name twice": b'{"year": 2000, "year": 2001}',
    "a name twice, inside": b'{"title": {"en": "a", "en": "b"}}',
    "a NUL": b'{"title": {"en": "a\\u0000"}}',
    "a NUL in a name": b'{"ti\\u0000tle": 1}',
    "a lone surrogate": b'{"title": {"en": "\\ud800"}}',
    "a lone surrogate in a name": b'{"\\udfff": 1}',
    "no UTF-8": b'{"title": {"en": "\xff"}}',
    "UTF-16": '{"year": 2000}'.encode("utf-16"),
    "a bare control sign": b'{"title": {"en": "a\nb"}}',
    "far too deep": b'{"a": ' + b"[" * 200_000 + b"]" * 200_000 + b"}",
    "too deep": b'{"a": ' + b"[" * DEEPEST + b"]" * DEEPEST + b"}",
    "only zeros": b"\0" * 10,
}
PLACES = {"rid": "nothing", "aid": "nothing", "tid": "nothing", "name": "thumbnail", "uid": "x"}


def writes(app: Any) -> list[tuple[str, str]]:
    """Every address of the API that takes a JSON body."""
    from flask_openapi3.openapi import OpenAPI

    assert isinstance(app, OpenAPI)
    return [
        (verb.upper(), address.removeprefix("/api/v1").format(**PLACES))
        for address, item in app.api_doc["paths"].items()
        for verb in item
        if verb in ("post", "patch")
    ]


def test_a_body_without_one_meaning_is_refused_everywhere(call: Any, app: Any) -> None:
    found = writes(app)
    assert len(found) > 15
    for method, path in found:
        for name, content in MEANINGLESS.items():
            answer = call("admin", method, path, data=content, content_type="application/json")
            assert problem(answer) == (400, "bad_request"), (method, path, name)
        for kind in ("text/plain", "application/x-www-form-urlencoded", "text/json", None):
            answer = call("admin", method, path, data=b"{}", content_type=kind)
            assert problem(answer) == (415, "unsupported_media_type"), (method, path, kind)
        answer = call("admin", method, path, json={"no such field": 1})
        assert problem(answer)[0] in (403, 404, 422), (method, path)


def test_a_body_is_bounded_before_it_is_read(call: Any, app: Any) -> None:
    for method, path in writes(app):
        content = b'{"a": "' + b"x" * LONGEST_BYTES + b'"}'
        answer = call("admin", method, path, data=content, content_type="application/json")
        assert problem(answer) == (413, "too_large"), (method, path)
    largest = json.dumps({"kind": "other", "description": {"en": "x" * 20_001}})
    answer = call(
        "contributor",
        "POST",
        "/resources",
        data=largest.ljust(LONGEST_BYTES),
        content_type="application/json; charset=utf-8",
    )
    assert fields(answer) == {"description.en": "too_long"}


def test_a_body_of_unsaid_length_is_bounded_too(call: Any) -> None:
    for size, status in ((LONGEST_BYTES, 201), (LONGEST_BYTES + 1, 413), (3 * LONGEST_BYTES, 413)):
        answer = call(
            "contributor",
            "POST",
            "/resources",
            input_stream=io.BytesIO(b'{"kind": "other"}'.ljust(size)),
            content_type="application/json",
            environ_overrides={"CONTENT_LENGTH": "", "wsgi.input_terminated": True},
        )
        assert answer.status_code == status, size
    packed = call(
        "contributor",
        "POST",
        "/resources",
        data=gzip.compress(b'{"kind": "other"}'),
        headers={"Content-Type": "application/json", "Content-Encoding": "gzip"},
    )
    assert problem(packed) == (415, "unsupported_media_type")


def test_a_call_that_takes_no_values_refuses_them(call: Any, house: Any) -> None:
    rid = house.bring_to("draft")
    for end in ("submission", "claim", "versions"):
        answer = call("contributor", "POST", f"/resources/{rid}/{end}", json={"force": True})
        assert problem(answer) == (422, "invalid")
        assert fields(answer) == {"force": "unknown_field"}
    assert call("contributor", "POST", f"/resources/{rid}/submission", json={}).status_code == 200


TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=20)
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
ANYTHING = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=8,
)
NAMES = (
    st.sampled_from(
        [
            *VALUES,
            "description",
            "keywords",
            "ages",
            "country",
            "year",
            "credit",
            "details",
            "source_id",
            "institution",
            "state",
            "assets",
        ]
    )
    | TEXTS
)
TAGS = st.sampled_from(["en", "ZH-hans", "sr-Latn", "x-klingon", "i-default", "", "en-"]) | TEXTS
VALUE = ANYTHING | st.dictionaries(TAGS, ANYTHING, max_size=3)
DETAILS = st.dictionaries(
    st.sampled_from(["makers", "duration_minutes", "spoken_languages", "year"]) | TEXTS, ANYTHING
)


@settings(
    max_examples=40,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(body=st.dictionaries(NAMES, VALUE, max_size=5), details=DETAILS | VALUE)
def test_values_of_any_type_are_taken_or_refused_by_field(
    call: Any, draft: str, body: dict[str, Any], details: Any
) -> None:
    for payload in (body, {**body, "kind": "film", "details": details}):
        patched = call("contributor", "PATCH", f"/resources/{draft}", json=payload)
        assert patched.status_code == 200 or problem(patched) in (
            (422, "invalid"),
            (409, "source_exists"),
        )
        if patched.status_code == 200:
            again = call("contributor", "GET", f"/resources/{draft}")
            assert again.json == patched.json
    begun = call("contributor", "POST", "/resources", json=body)
    assert begun.status_code == 201 or problem(begun)[0] in (403, 409, 422)


@pytest.fixture
def draft(house: Any) -> str:
    return str(house.give())
