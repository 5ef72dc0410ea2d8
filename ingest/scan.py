"""Dangers and lies: macros, scripts, files that fetch, archives that swell, names that lie.

Runs before any decoder. What it reads is bounded, and it opens nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ingest.archives import Listing, listing, member
from ingest.identify import SVG, name_fits
from ingest.verdict import Faulty, Reason

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_EDGE: Final = 2 * 1024 * 1024
"""Bytes of the beginning and of the end of a file in which programs are looked for."""
_XML_READ: Final = 8 * 1024 * 1024
_MOST_PARTS: Final = 400
_PHP: Final = re.compile(rb"<\?php|<\?=")
_SCRIPT: Final = re.compile(rb"<script[\s>]|javascript:|\son[a-z]{3,20}\s*=", re.IGNORECASE)
_SVG_FETCH: Final = re.compile(
    rb"""(?:href|src|data)\s*=\s*["']\s*(?!\#|data:image/)[^"']+|url\(\s*["']?(?!\#|data:)|<!ENTITY|@import""",
    re.IGNORECASE,
)
_DOCTYPE: Final = re.compile(rb"<!DOCTYPE|<!ENTITY", re.IGNORECASE)
_ENTITY_FETCH: Final = re.compile(rb"<!ENTITY[^>]+(?:SYSTEM|PUBLIC)", re.IGNORECASE)
_EXTERNAL: Final = re.compile(rb"<Relationship\s[^>]*>", re.IGNORECASE)
_HARMLESS: Final = (b"/hyperlink", b"/linkedobject")
_PLAYLIST: Final = re.compile(rb"#EXTM3U|#EXT-X-|concat:|subfile,")
_IMAGES: Final = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/tiff"})
_OLE_LOCKED: Final = "EncryptedPackage".encode("utf-16-le")
_OLE_MACROS: Final = "_VBA_PROJECT".encode("utf-16-le")


def scan(path: Path, media_type: str, filename: str) -> tuple[Reason, ...]:
    """Return the reasons against a file, each code once."""
    found: dict[str, Reason] = {}
    for reason in _reasons(path, media_type, filename):
        found.setdefault(reason.code, reason)
    return tuple(found.values())


def _reasons(path: Path, media_type: str, filename: str) -> Iterator[Reason]:
    if path.stat().st_size == 0:
        yield Reason("empty")
        return
    if not name_fits(filename, media_type):
        yield Reason("type_mismatch", {"found": media_type})
    if media_type == SVG:
        yield from _svg(path)
    elif media_type == "text/html":
        yield Reason("active_content")
    elif media_type in _IMAGES:
        yield from _image(path)
    elif media_type.startswith(("video/", "audio/")):
        yield from _media(path)
    elif media_type in ("application/x-ole-storage", "application/msword"):
        yield from _ole(path)
    elif _is_zip(path):
        yield from _archive(path)


def _is_zip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"PK"


def _edges(path: Path) -> bytes:
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(_EDGE)
        file.seek(max(size - _EDGE, len(head)))
        return head + file.read(_EDGE)


def _svg(path: Path) -> Iterator[Reason]:
    """An SVG is a program that draws: it is always held, and we never draw it."""
    content = _edges(path)
    if _SVG_FETCH.search(content):
        yield Reason("external_reference")
    yield Reason("active_content", {"script": bool(_SCRIPT.search(content))})


def _image(path: Path) -> Iterator[Reason]:
    content = _edges(path)
    if _PHP.search(content) or re.search(rb"<script[\s>]", content, re.IGNORECASE):
        yield Reason("active_content")


def _media(path: Path) -> Iterator[Reason]:
    """A film that holds a playlist wants ffmpeg to open other files."""
    if _PLAYLIST.search(_edges(path)):
        yield Reason("external_reference")


def _ole(path: Path) -> Iterator[Reason]:
    content = path.read_bytes()[: 64 * 1024 * 1024]
    if _OLE_LOCKED in content:
        yield Reason("encrypted")
    elif _OLE_MACROS in content:
        yield Reason("macros")


def _archive(path: Path) -> Iterator[Reason]:
    try:
        found = listing(path)
    except Faulty as fault:
        yield Reason(fault.code, fault.facts)
        return
    yield from found.reasons
    if not found.has("[Content_Types].xml"):
        return
    if any(name.lower().endswith("vbaproject.bin") for name in found.names):
        yield Reason("macros")
    try:
        yield from _ooxml_parts(path, found)
    except Faulty as fault:
        yield Reason(fault.code, fault.facts)


def _ooxml_parts(path: Path, found: Listing) -> Iterator[Reason]:
    """Read the XML parts for entities, and the relationships for what lies outside."""
    parts = [name for name in found.names if name.endswith((".xml", ".rels"))][:_MOST_PARTS]
    left = 8 * _XML_READ
    for name in parts:
        size = next(size for each, size in found.entries if each == name)
        if size > min(left, _XML_READ):
            continue
        content = member(path, name, _XML_READ)
        left -= len(content)
        if _ENTITY_FETCH.search(content):
            yield Reason("external_reference", {"part": name})
        elif _DOCTYPE.search(content[:65536]):
            yield Reason("archive_bomb", {"part": name})
        if name.endswith(".rels") and any(_points_out(each) for each in _EXTERNAL.findall(content)):
            yield Reason("external_reference", {"part": name})


def _points_out(relationship: bytes) -> bool:
    lowered = relationship.lower()
    external = b'targetmode="external"' in lowered
    return external and not any(kind in lowered for kind in _HARMLESS)
