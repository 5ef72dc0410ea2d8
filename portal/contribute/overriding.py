"""`X-HTTP-Method-Override`: PATCH and DELETE of an upload for lines whose proxies let only POST through.

tus 1.0 demands it of a server; no other address of ours listens to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

UPLOADS = "/api/v1/uploads/"
METHODS = frozenset({"PATCH", "DELETE"})


class Overriding:
    """An app in front of the app; what it changes is known before anything is routed or guarded."""

    def __init__(self, inner: WSGIApplication) -> None:
        """Stand in front of `inner`."""
        self._inner = inner

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer with the method that is meant."""
        wanted = environ.get("HTTP_X_HTTP_METHOD_OVERRIDE", "").upper()
        if (
            wanted in METHODS
            and environ["REQUEST_METHOD"] == "POST"
            and environ.get("PATH_INFO", "").startswith(UPLOADS)
        ):
            environ["REQUEST_METHOD"] = wanted
        return self._inner(environ, start_response)
