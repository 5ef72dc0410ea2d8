"""Stored bytes on their way out: Range, If-Range, strong ETags, names by RFC 6266.

They are sent from here, or by nginx or the store where a setting says so (`portal/elsewhere.py`).

Conditions are evaluated in the order of RFC 9110 section 13.2.2.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Response, current_app, request
from werkzeug.datastructures import ETags
from werkzeug.exceptions import PreconditionFailed, RequestedRangeNotSatisfiable
from werkzeug.http import parse_etags, parse_range_header, unquote_etag

from portal.elsewhere import from_nginx, from_store
from portal.identity import services
from storage.store import ByteRange

if TYPE_CHECKING:
    from portal.transfers import Transfers
    from storage.store import MediaStore

SMALL_BYTES = 256 * 1024
"""What is smaller than this is gone in one write and takes no place among the transfers."""

CLOSED_POLICY = "default-src 'none'; style-src 'none'; sandbox"
"""Given bytes may be anything: even opened in a tab, they may do nothing."""

NEVER_IN_NAMES = frozenset({"Cc", "Cs", "Zl", "Zp"})
TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Bidi controls (Unicode Standard Annex 9, section 2)."""


@dataclass(frozen=True)
class Sendable:
    """What is to be sent; `size` in bytes, `sha256` None when it is not known yet."""

    key: str
    size: int
    sha256: str | None
    media_type: str
    filename: str
    inline: bool
    public: bool
    seconds: int = 0
    """How long a cache may keep it without asking."""
    licence: str = ""
    """The address of licence and credit, named in a Link header (RFC 8288, rel=license)."""


def send(store: MediaStore, what: Sendable) -> Response:
    """Answer a GET or HEAD for stored bytes. Raises ObjectMissing, StoreUnavailable, TooBusy."""
    headers = _headers(what)
    if _is_known(what):
        return Response(status=304, headers=headers)
    settings = services().settings
    inside = from_nginx(store, settings, what.key)
    if inside is not None:
        return Response(headers={**headers, "X-Accel-Redirect": inside})
    redirect = from_store(store, settings, what.key, headers, inline=what.inline)
    if redirect is not None:
        return redirect
    return _from_here(store, what, headers)


def _from_here(store: MediaStore, what: Sendable, headers: dict[str, str]) -> Response:
    span = _asked_range(what)
    start, end = (span.start, span.end) if span else (0, what.size)
    headers["Content-Length"] = str(end - start)
    if span:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{what.size}"
    response = Response(status=206 if span else 200, headers=headers)
    if request.method == "HEAD":
        return response
    transfers: Transfers = current_app.extensions["transfers"]
    if end - start > SMALL_BYTES:
        transfers.enter()
        try:
            chunks = store.read(what.key, span)
        except BaseException:
            transfers.leave()
            raise
        response.response = transfers.guarded(chunks)
    else:
        response.response = store.read(what.key, span)
    return response


def disposition(filename: str, *, inline: bool) -> str:
    """Return a Content-Disposition value (RFC 6266, with RFC 8187 for what is not ASCII)."""
    kind = "inline" if inline else "attachment"
    name = "".join(sign for sign in filename if _may_stand(sign))
    name = name.replace("/", "_").replace("\\", "_") or "file"
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().strip()
    plain = plain.replace('"', "'").replace("%", "_") or "file"
    if plain.startswith("."):
        plain = f"file{plain}"
    if plain == name:
        return f'{kind}; filename="{plain}"'
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _may_stand(sign: str) -> bool:
    """No controls, no breaks of lines, and nothing that turns the direction of what follows.

    `film\u202efdp.exe` would be shown as `filmexe.pdf`. Joiners stay: Persian and Hindi need them.
    """
    return unicodedata.category(sign) not in NEVER_IN_NAMES and sign not in TURNING


def _headers(what: Sendable) -> dict[str, str]:
    headers = {
        "Content-Type": what.media_type,
        "Accept-Ranges": "bytes",
        "Content-Disposition": disposition(what.filename, inline=what.inline),
        "Content-Security-Policy": CLOSED_POLICY,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": f"public, max-age={what.seconds}" if what.public else "private, no-cache",
    }
    if what.licence:
        headers["Link"] = f'<{what.licence}>; rel="license"; type="text/plain"'
    if what.sha256:
        headers["ETag"] = f'"{what.sha256}"'
    return headers


def _is_known(what: Sendable) -> bool:
    """Whether the caller has the bytes already. Raises PreconditionFailed when If-Match says so."""
    if what.sha256 is None:
        return False
    if "If-Match" in request.headers:
        wanted = parse_etags(request.headers["If-Match"])
        if not (wanted.star_tag or wanted.is_strong(what.sha256)):
            raise PreconditionFailed
    if "If-None-Match" in request.headers:
        known: ETags = parse_etags(request.headers["If-None-Match"])
        return known.star_tag or known.contains_weak(what.sha256)
    return False


def _is_still(what: Sendable, condition: str | None) -> bool:
    """Whether a condition of `If-Range` holds: its strong tag is that of these bytes."""
    return condition is None or unquote_etag(condition) == (what.sha256, False)


def _asked_range(what: Sendable) -> ByteRange | None:
    """Return the part asked for; None is the whole. Several parts at once are answered whole.

    A range is a matter of GET alone (RFC 9110 section 14.2). Raises RequestedRangeNotSatisfiable (416).
    """
    asked = parse_range_header(request.headers.get("Range"))
    if request.method != "GET" or asked is None or asked.units != "bytes" or len(asked.ranges) != 1:
        return None
    if not _is_still(what, request.headers.get("If-Range")):
        return None
    start, end = asked.ranges[0]
    # A suffix longer than the file is the whole file (RFC 9110 section 14.1.2).
    start = max(what.size + start, 0) if start < 0 else start
    if start >= what.size:
        raise RequestedRangeNotSatisfiable(what.size)
    return ByteRange(start, what.size if end is None else min(end, what.size))
