"""Style, scripts and icon under an address that names their content, so that browsers keep them.

All files share one digest and stand below it (`/static/DIGEST/js/upload.js`), so that a script that
imports its neighbour by a relative path gets the neighbour of the same state, and only once.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import current_app

if TYPE_CHECKING:
    from flask import Flask, Response

DIGEST_DIGITS = 12
YEAR = 365 * 24 * 3600
FOREVER = f"public, max-age={YEAR}, immutable"
"""For what a digest names: it can never change under this address."""
ASK = "public, no-cache"
"""For a bare address, and for one of a state that is gone: a page of yesterday still finds its style."""


def digest_of(folder: Path) -> str:
    """Return the digest of all files below a folder, their names included."""
    running = hashlib.sha256()
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        running.update(f"{path.relative_to(folder).as_posix()}\0".encode())
        running.update(hashlib.sha256(path.read_bytes()).digest())
    return running.hexdigest()[:DIGEST_DIGITS]


def install(app: Flask) -> None:
    """Put the digest into every address of a file, and take it off again when it is asked for."""
    digest = digest_of(Path(str(app.static_folder)))

    def name_content(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values["filename"] = f"{digest}/{values['filename']}"

    def send(filename: str) -> Response:
        head, _, rest = filename.partition("/")
        named = len(head) == DIGEST_DIGITS and bool(rest)
        response = current_app.send_static_file(rest if named else filename)
        response.headers["Cache-Control"] = FOREVER if named and head == digest else ASK
        # Small files, sent whole; so they may be compressed, which a range of bytes would not bear.
        response.headers.pop("Accept-Ranges", None)
        return response

    app.url_defaults(name_content)
    app.view_functions["static"] = send
