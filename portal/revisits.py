"""A page that is asked for again and has not changed is not sent again: 304 by an ETag of its text.

Pages of visitors hold no token and set no cookie, so they stay the same. What is `no-store`, and what
sends an ETag of its own, is left as it is.
"""

from __future__ import annotations

import hashlib
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import request

if TYPE_CHECKING:
    from flask import Flask, Response

DIGITS = 20


def answer(response: Response) -> Response:
    """Give a page its ETag, and answer 304 without a body to who has it already."""
    page = request.method == "GET" and response.mimetype == "text/html"
    if not page or response.status_code != HTTPStatus.OK or response.cache_control.no_store:
        return response
    if "ETag" not in response.headers:
        digest = hashlib.sha256(response.get_data()).hexdigest()[:DIGITS]
        response.set_etag(digest, weak=True)
    # By the tag alone: a page is made anew each time and has no date.
    if request.if_none_match.contains_weak(response.get_etag()[0] or ""):
        response.status_code = HTTPStatus.NOT_MODIFIED
        response.set_data(b"")
        del response.headers["Content-Length"]
    return response


def install(app: Flask) -> None:
    """Join it to the app, just before compression, which changes no meaning."""
    app.after_request(answer)
