"""Where to go on: a path of ours, whatever an address, a form or a browser says."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

FRONT = "/"


def own_path(wanted: str) -> str:
    """Return `wanted` if it is a path of ours with its query, else the front.

    Browsers take a backslash for a slash and leave out control signs, so neither may stand in it.
    """
    if not wanted.startswith("/") or wanted.startswith("//") or "\\" in wanted:
        return FRONT
    if any(sign.isspace() or not sign.isprintable() for sign in wanted):
        return FRONT
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return FRONT
    return FRONT if parts.scheme or parts.netloc else wanted


def page_to_return_to() -> str:
    """Return the page to show after signing in: the one asked for, or the one a form stood on."""
    if request.method in ("GET", "HEAD"):
        return own_path(request.full_path.rstrip("?"))
    came_from = urlsplit(request.referrer or "")
    path = came_from._replace(scheme="", netloc="", fragment="").geturl()
    if came_from.netloc == request.host and _is_a_page(came_from.path):
        return own_path(path)
    path = request.path
    while path and not _is_a_page(path):
        path = path.rpartition("/")[0]
    return own_path(path or FRONT)


def _is_a_page(path: str) -> bool:
    """Whether a path can be asked for."""
    adapter = current_app.url_map.bind("")
    try:
        adapter.match(path, method="GET")
    except RequestRedirect:
        return False
    except HTTPException:
        return False
    return True
