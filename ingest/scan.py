"""Dangers and lies: macros, scripts, files that fetch, archives that swell, names that lie.

Runs before any decoder, in a child like them. What it reads is bounded, and it opens nothing.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ingest.archives import Listing, listing, member
from ingest.endings import ENCRYPTED, SVG, UNKNOWN, name_fits
from ingest.identify import identify
from ingest.verdict import Faulty, Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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
_ENTITY_FETCH: Final = re.compile(rb"<!ENTITY[^<>]{1,2000}?(?:SYSTEM|PUBLIC)", re.IGNORECASE)
_EXTERNAL: Final = re.compile(rb"<(?:\w{1,20}:)?Relationship\s[^<>]*>", re.IGNORECASE)
_OUTSIDE: Final = re.compile(rb"""targetmode\s*=\s*["']\s*external""", re.IGNORECASE)
_FIELD: Final = re.compile(rb"<w:instrText[^<>]{0,200}>\s*(DDE(?:AUTO)?|INCLUDE\w{4,8}|IMPORT)\s")
_HARMLESS: Final = (b"/hyperlink", b"/linkedobject")
_PLAYLIST: Final = re.compile(rb"#EXTM3U|#EXT-X-|concat:|subfile,")
_LISTS: Final = (b"#EXTM3U", b"ffconcat version")
"""How lists begin that players open to fetch what stands in them."""
_PROGRAM: Final = re.compile(rb"#!\s*/|<\?php|@echo off", re.IGNORECASE)
_IMAGES: Final = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/tiff"})
_OLE_MACROS: Final = "_VBA_PROJECT".encode("utf-16-le")


def first_look(path: str, filename: str) -> dict[str, Any]:
    """Return media type and reasons of a file named `filename` by its giver. A child's task."""
    file = Path(path)
    media_type = identify(file) if file.stat().st_size else UNKNOWN
    reasons = scan(file, media_type, filename)
    return {"media_type": media_type, "reasons": [[each.code, each.facts] for each in reasons]}


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
    look = _LOOKS.get(media_type) or _LOOKS.get(media_type.partition("/")[0])
    if look is not None:
        yield from look(path)
    elif _starts(path, b"\xd0\xcf\x11\xe0"):
        yield from _ole(path)
    elif _starts(path, b"PK"):
        yield from _archive(path)


def _starts(path: Path, mark: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(mark)) == mark


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


def _words(path: Path) -> Iterator[Reason]:
    """A text that some program would run rather than show."""
    with path.open("rb") as file:
        start = file.read(4096).removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(_LISTS):
        yield Reason("external_reference")
    if _PROGRAM.match(start):
        yield Reason("active_content")


def _ole(path: Path) -> Iterator[Reason]:
    with path.open("rb") as file:
        content = file.read(64 * 1024 * 1024)
    if _OLE_MACROS in content:
        yield Reason("macros")


def _archive(path: Path) -> Iterator[Reason]:
    try:
        found = listing(path)
    except Faulty as fault:
        yield Reason(fault.code, fault.facts)
        return
    yield from found.reasons
    if not found.entries:
        yield Reason("damaged", {"because": "no entries"})
    if not found.has("[Content_Types].xml"):
        return
    names = [name.lower() for name in found.names]
    if any(name.endswith("vbaproject.bin") for name in names):
        yield Reason("macros")
    if any("/activex/" in name for name in names):
        yield Reason("active_content")
    try:
        yield from _ooxml_parts(path, found)
    except Faulty as fault:
        yield Reason(fault.code, fault.facts)


def _ooxml_parts(path: Path, found: Listing) -> Iterator[Reason]:
    """Read the XML parts for entities, and the relationships for what lies outside."""
    parts = [each for each in found.entries if each[0].lower().endswith((".xml", ".rels"))]
    parts.sort(key=lambda each: not each[0].lower().endswith((".rels", "types].xml")))
    left = 8 * _XML_READ
    for name, size in parts[:_MOST_PARTS]:
        if size > min(left, _XML_READ):
            continue
        content = _plain(member(path, name, _XML_READ))
        left -= len(content)
        yield from _ooxml_part(name, content)


def _ooxml_part(name: str, content: bytes) -> Iterator[Reason]:
    if _ENTITY_FETCH.search(content):
        yield Reason("external_reference", {"part": name})
    elif _DOCTYPE.search(content[:65536]):
        yield Reason("archive_bomb", {"part": name})
    if name == "[Content_Types].xml" and b"macroenabled" in content.lower():
        yield Reason("macros")
    if b"<ddeLink" in content or _FIELD.search(content):
        yield Reason("external_reference", {"part": name})
    if name.endswith(".rels") and any(_points_out(each) for each in _EXTERNAL.findall(content)):
        yield Reason("external_reference", {"part": name})


def _plain(content: bytes) -> bytes:
    """Return XML in UTF-8: in UTF-16 none of the patterns would be found."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace").encode("utf-8", "replace")
    return content


def _points_out(relationship: bytes) -> bool:
    lowered = relationship.lower()
    return bool(_OUTSIDE.search(lowered)) and not any(kind in lowered for kind in _HARMLESS)


def _page(path: Path) -> Iterator[Reason]:
    del path
    yield Reason("active_content")


def _locked(path: Path) -> Iterator[Reason]:
    del path
    yield Reason("encrypted")


_LOOKS: Final[dict[str, Callable[[Path], Iterator[Reason]]]] = {
    SVG: _svg,
    "text/html": _page,
    ENCRYPTED: _locked,
    **dict.fromkeys(_IMAGES, _image),
    "video": _media,
    "audio": _media,
    "text": _words,
}
