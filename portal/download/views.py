"""The addresses of files beside the pages."""

from __future__ import annotations

from flask import Blueprint, Response

from catalog.resources import reading
from portal.download import files
from portal.download.licence import licence_text
from portal.identity import actor, services

blueprint = Blueprint("download", __name__)


@blueprint.get("/resources/<rid>/assets/<aid>/content")
def content(rid: str, aid: str) -> Response:
    """Send an original."""
    return files.original(rid, aid)


@blueprint.get("/resources/<rid>/assets/<aid>/renditions/<name>")
def rendition(rid: str, aid: str, name: str) -> Response:
    """Send a rendition."""
    return files.rendition(rid, aid, name)


@blueprint.get("/resources/<rid>/licence.txt")
def licence(rid: str) -> Response:
    """Send licence and credit as a plain text to keep beside the file."""
    with services().database.reading() as session:
        view = reading.resource(session, actor(), rid)
    response = Response(licence_text(view), content_type="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{rid}-licence.txt"'
    return response
