"""What every answer carries and every form must bring: headers, CSRF, cookie flags."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

from flask import current_app, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from portal.identity import actor, bearer_token

if TYPE_CHECKING:
    from flask import Flask, Response

    from config.settings import Settings

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
HSTS = "max-age=31536000"
"""Where the public address is https: a year, for this name alone; its neighbours are not ours."""
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
FOR_VISITORS = frozenset({"pages.set_line"})
"""Endpoints that want no token of a visitor: nothing there could be misused by another's page, and
pages without a token stay the same from visit to visit."""
OWN_CHECK = frozenset({"contribute.upload_form"})
"""Endpoints that check the CSRF token themselves, since the body must not be parsed before."""
STREAMED = frozenset({"contribute.upload_form", "uploads.append", "uploads.create"})
"""Endpoints that read their body piece by piece and count it themselves."""
LONGEST_BODY_BYTES = 4 * 1024 * 1024
"""Of a form or of JSON: twelve languages of the longest description are 0.7 MB. Werkzeug reads a
form into memory whole, before anybody knows who sends it."""

csrf = CSRFProtect()


def demand_csrf() -> None:
    """Check the CSRF token of an unsafe request that comes with a session, not with a token."""
    if request.method not in UNSAFE or request.endpoint in OWN_CHECK:
        return
    if request.endpoint is None or bearer_token() is not None:
        return
    free = request.blueprint == "api" or request.endpoint in FOR_VISITORS
    if free and not actor().signed_in:
        return  # a visitor has nothing that another's page could misuse
    csrf.protect()


def limit_body() -> None:
    """Have a body refused (413) that is larger than any form, unless it is a file on its way."""
    if request.endpoint in STREAMED:
        # Not None, which would be the limit of the app again.
        request.max_content_length = sys.maxsize


def headers_for(settings: Settings) -> dict[str, str]:
    """Return the headers; where the store itself sends films and sounds, pages may play them."""
    origin = settings.storage.visitors_origin
    if settings.portal.send_files != "redirect" or origin is None:
        return HEADERS
    policy = CONTENT_SECURITY_POLICY.replace("media-src 'self'", f"media-src 'self' {origin}")
    return HEADERS | {"Content-Security-Policy": policy}


def add_headers(headers: dict[str, str], response: Response) -> Response:
    """Set the headers; a view may have set a narrower policy already."""
    for name, value in headers.items():
        response.headers.setdefault(name, value)
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers["Strict-Transport-Security"] = HSTS
    if response.mimetype == "text/html":
        response.headers.setdefault("Cache-Control", "private, no-cache")
    return response


def install(app: Flask, settings: Settings) -> None:
    """Join all of it to the app."""
    secure = settings.portal.base_url.startswith("https:")
    app.config.update(
        SESSION_COOKIE_NAME="caravan_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure,
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        MAX_CONTENT_LENGTH=LONGEST_BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=LONGEST_BODY_BYTES,
    )
    csrf.init_app(app)
    app.before_request(limit_body)
    app.before_request(demand_csrf)
    app.after_request(partial(add_headers, headers_for(settings)))
    hops = settings.portal.trusted_proxies
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
