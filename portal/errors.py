"""One table from exceptions to answers, and the one handler: a page, or problem+json (RFC 9457)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import structlog
from flask import Response, g, jsonify, redirect, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from catalog.database import DatabaseBusy, DatabaseFull
from catalog.errors import (
    CatalogError,
    Conflict,
    Gone,
    Invalid,
    NotFound,
    NotPermitted,
    QuotaExceeded,
    Stale,
)
from catalog.sign_ins import TooManySignIns
from portal.checksums import ChecksumMismatch
from portal.limits import TooManyRequests
from portal.own_paths import page_to_return_to
from portal.sentences import field_sentence, sentence
from portal.transfers import TooBusy
from search.engine import EngineRefused, EngineUnavailable
from storage.store import ObjectMissing, StoreError, StoreFull, StoreUnavailable

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.wrappers import Response as AnyResponse

log = structlog.get_logger()

STATUS: dict[type[Exception], tuple[int, str | None]] = {
    NotFound: (404, None),
    Gone: (410, None),
    NotPermitted: (403, None),
    Conflict: (409, None),
    DatabaseFull: (507, None),
    DatabaseBusy: (503, None),
    Stale: (412, None),
    Invalid: (422, None),
    QuotaExceeded: (413, None),
    TooManySignIns: (429, None),
    TooBusy: (503, None),
    TooManyRequests: (429, None),
    StoreFull: (507, "store_full"),
    StoreUnavailable: (503, "store_unavailable"),
    ObjectMissing: (503, "store_unavailable"),
    StoreError: (503, "store_unavailable"),
    EngineUnavailable: (503, "search_unavailable"),
    EngineRefused: (503, "search_unavailable"),
    ChecksumMismatch: (422, None),
    CSRFError: (400, "bad_csrf"),
}
"""Exception -> HTTP status, and a code where the exception has none of its own."""

STATUS_OF_CODE = {
    "bad_request": 400,
    "checksum_mismatch": 422,
    "chunk_checksum_mismatch": 460,
    "page_too_far": 400,
    "too_large": 413,
    "too_large_for_form": 413,
    "unknown_parameter": 400,
    "unsupported_tus_version": 412,
    "upload_busy": 423,
    "upload_expired": 410,
}
"""Codes whose status differs from that of their exception."""

CODE_OF_STATUS = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    412: "precondition_failed",
    413: "too_large",
    415: "unsupported_media_type",
    416: "range_not_satisfiable",
    429: "too_many_requests",
}
"""For what the framework itself refuses."""

RETRY_AFTER_SECONDS = 10
SERVER_FAULT = 500
TOO_LARGE = 413
JSON = "application/json"
UNREAD = frozenset({413, 415})
"""Refused before the form was read."""
FORM_TYPES = frozenset({"application/x-www-form-urlencoded"})
NOT_SHOWN = frozenset({"csrf_token", "current", "new", "next", "password", "revision"})
WORTH_KEEPING = 12
"""Characters; below that it is a choice or a word."""


@dataclass(frozen=True)
class Problem:
    """An error on its way out."""

    status: int
    code: str
    facts: dict[str, Any] = field(default_factory=dict)
    faults: tuple[dict[str, Any], ...] = ()

    @property
    def detail(self) -> str:
        """Return the sentence for people."""
        return sentence(self.code, self.facts)

    def as_json(self) -> dict[str, Any]:
        """Return the members of RFC 9457 with ours: code, errors, reference, and what is known."""
        members: dict[str, Any] = {
            "type": "about:blank",
            "title": self.detail,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            "reference": g.get("request_id"),
        }
        if self.faults:
            members["errors"] = list(self.faults)
        if self.code == "withdrawn":
            members["reason"] = self.facts.get("reason")
            members["withdrawn_at"] = self.facts["at"].isoformat().replace("+00:00", "Z")
        if self.code == "stale":
            members["revision"] = self.facts.get("revision")
        return members


def problem_of(error: Exception) -> Problem:
    """Find the answer to an exception in the table; anything unknown is a 500."""
    if isinstance(error, HTTPException) and type(error) not in STATUS:
        return _problem_of_status(error.code or 500)
    found = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), None)
    if found is None:
        return Problem(500, "internal")
    status, code = found
    if isinstance(error, CatalogError):
        return _problem_of_ours(error, status, code or error.code)
    code = code or "internal"
    return Problem(STATUS_OF_CODE.get(code, status), code)


def _problem_of_status(status: int) -> Problem:
    unnamed = "internal" if status >= SERVER_FAULT else "bad_request"
    most = request.max_content_length
    facts = {"most_bytes": most} if status == TOO_LARGE and most else {}
    return Problem(status, CODE_OF_STATUS.get(status, unnamed), facts)


def _problem_of_ours(error: CatalogError, status: int, code: str) -> Problem:
    facts = dict(error.facts)
    if isinstance(error, NotPermitted) and facts.get("anonymous"):
        status = 401
    faults = tuple(map(_fault, error.faults)) if isinstance(error, Invalid) else ()
    if isinstance(error, Invalid) and error.faults and code == "too_large":
        facts = error.faults[0].facts | facts
    return Problem(STATUS_OF_CODE.get(code, status), code, facts, faults)


def _fault(fault: Any) -> dict[str, Any]:  # noqa: ANN401 - a Fault of the catalogue
    return {
        "field": fault.field,
        "code": fault.code,
        "message": field_sentence(fault.code, fault.facts),
    } | {name: fault.facts[name] for name in ("asset", "value", "allowed") if name in fault.facts}


def wants_json() -> bool:
    """Whether the request came by the API, or from a script of a page that asks for JSON."""
    if request.path.startswith("/api/"):
        return True
    return request.accept_mimetypes.best_match(("text/html", JSON)) == JSON


def answer(error: Exception) -> AnyResponse:
    """Turn an exception into a page or into problem+json."""
    problem = problem_of(error)
    if problem.code == "internal":
        log.error("request_failed", path=request.path, exc_info=error)
    if isinstance(error, StoreError):
        log.error("store_failed", code=error.code, key=error.key, because=error.because)
    response = _json(problem) if wants_json() else _page(problem)
    if isinstance(error, HTTPException):
        for name, value in error.get_headers():
            if name.lower() in ("allow", "content-range"):
                response.headers[name] = value
    if problem.status in (429, 503):
        response.headers["Retry-After"] = str(problem.facts.get("retry_after", RETRY_AFTER_SECONDS))
    return response


def _json(problem: Problem) -> Response:
    response = jsonify(problem.as_json())
    response.status_code = problem.status
    response.content_type = "application/problem+json"
    if problem.status == 401:  # noqa: PLR2004 - unauthorized
        response.headers["WWW-Authenticate"] = 'Bearer realm="caravan"'
    return response


def _page(problem: Problem) -> AnyResponse:
    if problem.status == 401:  # noqa: PLR2004 - unauthorized
        return redirect(f"/sign-in?next={quote(page_to_return_to(), safe='')}", code=303)
    page = render_template(
        "errors/error.html",
        status=problem.status,
        code=problem.code,
        detail=problem.detail,
        faults=problem.faults,
        reference=g.get("request_id"),
        retry_after=problem.facts.get("retry_after"),
        again=page_to_return_to(),
        typed=_typed() if problem.status not in UNREAD else [],
    )
    return Response(page, status=problem.status)


def _typed() -> list[str]:
    """Return the texts of a form that could not be kept, so that nobody has to write them again."""
    if request.method != "POST" or request.mimetype not in FORM_TYPES:
        return []
    sent = [text.strip() for name, text in request.form.items() if name not in NOT_SHOWN]
    return [text for text in sent if len(text) >= WORTH_KEEPING]


def install(app: Flask) -> None:
    """Join the handler to the app."""
    app.register_error_handler(Exception, answer)
