"""Pages, styles, scripts and JSON by gzip for whoever takes it.

What is sent from the store is left as it is: its ETag is the SHA-256 of its bytes, and ranges of it
are asked for. An answer that carries a secret is marked `no-store` and left as it is too, so that
no length tells of it; `docs/decisions` says why the token of the forms need not be.
"""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

from flask import request

if TYPE_CHECKING:
    from flask import Flask, Response

TYPES = frozenset(
    {
        "application/atom+xml",
        "application/javascript",
        "application/json",
        "application/problem+json",
        "application/xml",
        "image/svg+xml",
        "text/css",
        "text/csv",
        "text/html",
        "text/javascript",
        "text/plain",
    }
)
LEAST_BYTES = 500
"""Below this the frame of gzip outweighs what it saves."""
MOST_BYTES = 4 * 1024 * 1024
"""No page comes near; what is larger must not be held in memory twice."""
LEVEL = 6


def compress(response: Response) -> Response:
    """Replace the body of an answer by its gzip where that is asked for and of use."""
    if response.mimetype not in TYPES or "Accept-Ranges" in response.headers:
        return response
    response.vary.add("Accept-Encoding")
    if not _fit(response) or not request.accept_encodings["gzip"]:
        return response
    response.direct_passthrough = False
    packed = gzip.compress(response.get_data(), LEVEL, mtime=0)
    response.set_data(packed)
    response.headers["Content-Encoding"] = "gzip"
    tag, _weak = response.get_etag()
    if tag:
        response.set_etag(tag, weak=True)
    return response


def _fit(response: Response) -> bool:
    if response.status_code in (204, 206, 304) or request.method == "HEAD":
        return False
    if response.cache_control.no_store or "Content-Encoding" in response.headers:
        return False
    length = response.content_length
    return length is not None and LEAST_BYTES <= length <= MOST_BYTES


def install(app: Flask) -> None:
    """Join it to the app, before everything else that looks at an answer comes to its end."""
    app.after_request(compress)
