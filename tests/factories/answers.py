"""What every answer of the API must be, for tests that read it from outside."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def problem(answer: TestResponse) -> tuple[int, str]:
    """Return status and code of an error, and hold what every error has (RFC 9457)."""
    assert answer.content_type == "application/problem+json", (
        answer.status_code,
        answer.data[:200],
    )
    told = answer.json
    assert told is not None
    assert told["status"] == answer.status_code
    assert told["type"] == "about:blank"
    assert told["title"]
    assert told["detail"]
    if answer.status_code == 401:
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    if answer.status_code in (429, 503):
        assert int(answer.headers["Retry-After"]) > 0
    for fault in told.get("errors", []):
        assert isinstance(fault["field"], str)
        assert fault["code"]
        assert fault["message"]
        assert "%(" not in fault["message"]
    return answer.status_code, told["code"]


def fields(answer: TestResponse) -> dict[str, str]:
    """Return field -> code of what does not hold."""
    assert answer.json is not None
    return {each["field"]: each["code"] for each in answer.json["errors"]}
