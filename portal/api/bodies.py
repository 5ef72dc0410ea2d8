"""Bodies of requests: JSON that means one thing only (I-JSON, RFC 7493), and not too much of it."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

if TYPE_CHECKING:
    from flask import Request

LONGEST_BYTES = 4 * 1024 * 1024
"""A description of 20,000 characters in each of sixteen forms of the languages fits in."""
DEEPEST = 16
"""Levels; ours have five. Deeper ones would only try the stack."""
MEDIA_TYPES = frozenset({"application/json", "application/merge-patch+json"})


def read_object(request: Request) -> dict[str, Any]:
    """Return the JSON object of a request; an absent body is an empty one.

    Raises BadRequest, UnsupportedMediaType, RequestEntityTooLarge.
    """
    # Werkzeug cuts a body that comes in chunks at its bound without a word: hence one byte more.
    request.max_content_length = LONGEST_BYTES + 1
    content = request.get_data()
    if len(content) > LONGEST_BYTES:
        raise RequestEntityTooLarge
    if not content:
        return {}
    packed = request.headers.get("Content-Encoding", "identity")
    if request.mimetype not in MEDIA_TYPES or packed != "identity":
        raise UnsupportedMediaType
    return sound_object(content)


def sound_object(content: bytes) -> dict[str, Any]:
    """Read an object in which no name stands twice, and of values only what has one meaning.

    Lone surrogates and NUL are no text that every store can keep; NaN and the infinities are no
    JSON, nor is anything but UTF-8 (RFC 8259 section 8.1). Raises BadRequest.
    """
    try:
        value = json.loads(
            content.decode("utf-8-sig"), object_pairs_hook=_each_once, parse_constant=_refused
        )
    except (ValueError, RecursionError):
        raise BadRequest from None
    if not isinstance(value, dict) or not _is_sound(value):
        raise BadRequest
    return value


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        message = "a name stands twice"
        raise ValueError(message)
    return found


def _refused(constant: str) -> float:
    raise ValueError(constant)


def _is_sound(value: object) -> bool:
    """Walk the values without recursion."""
    left: list[tuple[object, int]] = [(value, 1)]
    while left:
        each, depth = left.pop()
        if depth > DEEPEST:
            return False
        if isinstance(each, dict):
            left += [(part, depth + 1) for pair in each.items() for part in pair]
        elif isinstance(each, list):
            left += [(part, depth + 1) for part in each]
        elif (isinstance(each, str) and not _is_text(each)) or (
            isinstance(each, float) and not math.isfinite(each)
        ):
            return False
    return True


def _is_text(value: str) -> bool:
    return "\0" not in value and not any("\ud800" <= sign <= "\udfff" for sign in value)
