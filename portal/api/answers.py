"""Which answers an operation has, for the OpenAPI document."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask_openapi3.types import ResponseDict

    from portal.api.shapes import Shape

PROBLEM = "#/components/schemas/Problem"
EVERYWHERE = (400, 401, 503)
"""An unknown parameter; a token that is void; a part of the house that rests."""
BODY = (413, 415, 422)
"""Of operations that take a body: too much of it, of another type, values that do not hold."""
BYTES = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}


def answers(status: int, shape: type[Shape] | None, *problems: int) -> ResponseDict:
    """Return what flask-openapi3 takes: one good answer, and the problems beside EVERYWHERE's."""
    told: ResponseDict = {str(status): shape}
    for each in sorted({*EVERYWHERE, *problems}):
        told[str(each)] = problem(each)
    return told


def problem(status: int) -> dict[str, Any]:
    """Return the description of an error."""
    return {
        "description": HTTPStatus(status).phrase,
        "content": {"application/problem+json": {"schema": {"$ref": PROBLEM}}},
    }


def sent(*problems: int) -> ResponseDict:
    """Return the answers of an address that gives bytes, whole or a range of them."""
    told = answers(200, None, *problems, 416)
    told["200"] = {"description": "The bytes", "content": dict(BYTES)}
    told["206"] = {"description": "A range of the bytes", "content": dict(BYTES)}
    told["302"] = {"description": "Where the store itself sends them from"}
    told["304"] = {"description": "The caller has them already"}
    return told
