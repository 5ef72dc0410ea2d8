"""The whole OpenAPI document: what flask-openapi3 collected, and the uploads, which speak tus."""

from __future__ import annotations

import copy
from typing import Any

from flask import current_app

from portal.api.answers import problem
from portal.api.description import CHAPTERS
from portal.contribute.tus import CHECKSUMS, EXTENSIONS, OFFSET_TYPE, VERSION

SECURITY: list[dict[str, list[str]]] = [{"token": []}, {"session": []}]
PROTOCOL = "https://tus.io/protocols/resumable-upload"
UPLOADS = "/api/v1/uploads"


def document() -> dict[str, Any]:
    """Return the document; the caller may change it."""
    told: dict[str, Any] = copy.deepcopy(current_app.api_doc)  # type: ignore[attr-defined]
    for operations in told["paths"].values():
        for operation in operations.values():
            _allow_visitors(operation)
            _tell_conditions(operation)
        if "patch" in operations:
            content = operations["patch"]["requestBody"]["content"]
            content["application/merge-patch+json"] = content["application/json"]
    told["paths"] |= {UPLOADS: _collection(), f"{UPLOADS}/{{uid}}": _one()}
    told["tags"].sort(key=lambda tag: CHAPTERS.index(tag["name"]))
    told["tags"].append({"name": "uploads", "description": f"Resumable uploads: tus {VERSION}."})
    return told


def _allow_visitors(operation: dict[str, Any]) -> None:
    """Reading asks for no account where the thing is public; the answer says where it does."""
    if "requestBody" not in operation and "200" in operation["responses"]:
        operation["security"] = [{}, *SECURITY]


def _tell_conditions(operation: dict[str, Any]) -> None:
    if "412" in operation["responses"]:
        told = "An ETag: the call is done only to that state of the thing."
        operation.setdefault("parameters", []).append(_header("If-Match", told))


def _header(name: str, told: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "description": told,
        "required": False,
        "schema": {"type": "string"},
    }


def _collection() -> dict[str, Any]:
    begin = _operation(
        "Begin an upload",
        "With a body, its first bytes are taken too (creation-with-upload).",
        {
            "Upload-Length": "Bytes of the whole file.",
            "Upload-Metadata": (
                "Pairs of a name and a value in base64, by commas: filename, resource, role, "
                "language, sha256."
            ),
            "Upload-Checksum": f"Of the bytes of this request: {CHECKSUMS}.",
        },
        {"201": "Where the upload is: Location, Upload-Offset, Upload-Expires."},
        (400, 401, 403, 404, 409, 410, 412, 413, 422, 423, 503, 507),
    )
    options = _operation("What is spoken here", f"{VERSION}: {EXTENSIONS}.", {}, {"204": "So"}, ())
    return {"post": begin, "options": options | {"security": [{}]}}


def _one() -> dict[str, Any]:
    more = _operation(
        "Send further bytes",
        "What an answered request brought is never lost.",
        {
            "Upload-Offset": "Where these bytes begin.",
            "Upload-Checksum": f"Of the bytes of this request: {CHECKSUMS}.",
        },
        {"204": "The new Upload-Offset; with the last byte, Caravan-Asset names the file."},
        (400, 401, 403, 404, 409, 410, 412, 413, 415, 422, 423, 503, 507),
    )
    more["responses"]["460"] = problem(400) | {"description": "A part changed on its way"}
    more["requestBody"] = {
        "content": {OFFSET_TYPE: {"schema": {"type": "string", "format": "binary"}}}
    }
    state = _operation(
        "How far an upload is",
        "Upload-Offset says where to go on.",
        {},
        {"200": "Upload-Offset, Upload-Length, Upload-Expires."},
        (400, 401, 404, 409, 410, 412, 422, 503, 507),
    )
    drop = _operation(
        "End an upload",
        "Its bytes are forgotten.",
        {},
        {"204": "Gone"},
        (401, 404, 410, 412, 423, 503),
    )
    identifier = {"name": "uid", "in": "path", "required": True, "schema": {"type": "string"}}
    return {"parameters": [identifier], "head": state, "patch": more, "delete": drop}


def _operation(
    summary: str,
    description: str,
    headers: dict[str, str],
    good: dict[str, str],
    problems: tuple[int, ...],
) -> dict[str, Any]:
    named = {"Tus-Resumable": f"{VERSION}.", **headers}
    return {
        "tags": ["uploads"],
        "summary": summary,
        "description": description,
        "externalDocs": {"url": PROTOCOL},
        "security": SECURITY,
        "parameters": [_header(name, told) for name, told in named.items()],
        "responses": {status: {"description": words} for status, words in good.items()}
        | {str(status): problem(status) for status in problems},
    }
