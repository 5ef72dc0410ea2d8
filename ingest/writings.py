"""What a file that reads as text is: subtitle, drawing, model, page, or words.

Some of it is a program for whoever opens it, so HTML and SVG are known by their first element.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from ingest.endings import SVG, UNKNOWN
from ingest.formats.charsets import wide_charset

if TYPE_CHECKING:
    from pathlib import Path

_CLOCK: Final = r"(?:\d{1,4}:)?\d{1,3}:\d{1,2}[,.:]\d{1,3}"
_TIMING: Final = re.compile(
    rf"^[ \t]*{_CLOCK}[ \t]*-->[ \t]*{_CLOCK}(?:[ \t]|$)", re.MULTILINE | re.ASCII
)
_LEAD: Final = re.compile(r"\s*(?:<!--.{0,20000}?-->\s*)*", re.DOTALL)
_HTML: Final = re.compile(r"<(?:!doctype html|html|head|body|script|iframe)[\s>]", re.IGNORECASE)
_SVG_START: Final = re.compile(r"<(?:svg|\w{1,20}:svg)[\s/>]", re.IGNORECASE)
_OBJ_VERTEX: Final = re.compile(r"^[ \t]*v[ \t]", re.MULTILINE)
_OBJ_LINE: Final = re.compile(r"^[ \t]*(?:v[nt]?[ \t]+-?[\d.]|f[ \t]+-?\d)", re.MULTILINE)
_OBJ_LINES: Final = 4

_BEGINNINGS: Final = (
    ("<?xml", "application/xml"),
    ("{\\rtf", "text/rtf"),
    ("solid ", UNKNOWN),
    ("iso-10303-21", UNKNOWN),
    ("0\nsection", UNKNOWN),
    ("  0\nsection", UNKNOWN),
    ("  0\r\nsection", UNKNOWN),
)


def written_kind(head: bytes, path: Path) -> str | None:
    """Return the type of a text by its first bytes; None where they read as none."""
    words = _as_text(head)
    if words is None:
        return None
    start = words.lstrip()
    lowered = start[:4096].lower()
    if start.startswith("WEBVTT"):
        return "text/vtt"
    if "[script info]" in lowered[:200]:
        return "text/x-ssa"
    if _TIMING.search(_one_kind_of_line(words)):
        return "application/x-subrip"
    if lowered.startswith(("<?xml", "<svg", "<!doctype svg", "<!--")) and _SVG_START.search(start):
        return SVG
    return _marked_text(start, lowered, path)


def _marked_text(start: str, lowered: str, path: Path) -> str | None:
    lead = _LEAD.match(start)
    if _HTML.match(start[lead.end() if lead else 0 :][:200]):
        return "text/html"
    known = next((kind for begin, kind in _BEGINNINGS if lowered.startswith(begin)), None)
    if known:
        return known
    if start.startswith("{") and '"asset"' in start and _is_gltf(path):
        return "model/gltf+json"
    return "model/obj" if _is_obj(start) else "text/plain"


def _is_obj(start: str) -> bool:
    lines = len(_OBJ_LINE.findall(start))
    return lines >= _OBJ_LINES and _OBJ_VERTEX.search(start) is not None


def _one_kind_of_line(words: str) -> str:
    return words.replace("\r\n", "\n").replace("\r", "\n")


def _as_text(head: bytes) -> str | None:
    """Return the head as text when it reads as one, in UTF-16 or in bytes without controls."""
    if head[:4] in (b"\xff\xfe\0\0", b"\0\0\xfe\xff"):
        return _readable(head[: len(head) & ~3].decode("utf-32", "replace"))
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _readable(head[: len(head) & ~1].decode("utf-16", "replace"))
    wide = wide_charset(head)
    if wide:
        return head.decode(wide, "replace")
    if not head or re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]", head):
        return None
    return head.decode("utf-8", "replace").removeprefix("\ufeff")


def _readable(words: str) -> str | None:
    """Return the words, or None where half of them are no signs that anybody writes."""
    strange = sum(not sign.isprintable() and not sign.isspace() for sign in words)
    return words.removeprefix("\ufeff") if words and strange <= len(words) // 10 else None


def _is_gltf(path: Path) -> bool:
    try:
        told = json.loads(path.read_bytes()[: 64 * 1024 * 1024])
    except (ValueError, RecursionError):
        return False
    return isinstance(told, dict) and isinstance(told.get("asset"), dict)
