"""What a file is, by its bytes: libmagic, and a look of our own where libmagic guesses.

The name is only held against what was found: it never decides.
"""

from __future__ import annotations

import json
import re
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

import magic

from ingest.archives import listing, member
from ingest.verdict import Faulty

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_HEAD: Final = 256 * 1024
UNKNOWN: Final = "application/octet-stream"
SVG: Final = "image/svg+xml"

_BRANDS: Final = {
    b"qt  ": "video/quicktime",
    b"M4A ": "audio/mp4",
    b"M4B ": "audio/mp4",
    b"M4V ": "video/x-m4v",
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"mif1": "image/heic",
}
_ATOMS: Final = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})
_STARTS: Final = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF8", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"),
    (b"glTF", "model/gltf-binary"),
    (b"0&\xb2u\x8ef\xcf\x11", "video/x-ms-wmv"),
    (b"\x00\x00\x01\xba", "video/mpeg"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
)
_OOXML: Final = "application/vnd.openxmlformats-officedocument."
DOCM: Final = "application/vnd.ms-word.document.macroenabled.12"
_PACKAGES: Final = (
    ("word/", f"{_OOXML}wordprocessingml.document"),
    ("ppt/", f"{_OOXML}presentationml.presentation"),
    ("xl/", f"{_OOXML}spreadsheetml.sheet"),
)
_TIMING: Final = re.compile(r"\d{1,2}:\d{2}[,.]\d{1,3}\s*-->", re.ASCII)
_OBJ_LINE: Final = re.compile(r"^(?:v -?[\d.]+ -?[\d.]+ -?[\d.]+|f \d+)", re.MULTILINE)
_OBJ_LINES: Final = 4
_TS_PACKET: Final = 188

_BY_ENDING: Final[dict[str, tuple[str, ...]]] = {
    ".pdf": ("application/pdf",),
    ".png": ("image/png",),
    ".jpg": ("image/jpeg",),
    ".jpeg": ("image/jpeg",),
    ".gif": ("image/gif",),
    ".webp": ("image/webp",),
    ".tif": ("image/tiff",),
    ".tiff": ("image/tiff",),
    ".svg": (SVG,),
    ".mp4": ("video/mp4", "video/x-m4v", "audio/mp4", "video/quicktime"),
    ".mov": ("video/quicktime", "video/mp4"),
    ".mkv": ("video/x-matroska", "video/webm"),
    ".webm": ("video/webm",),
    ".avi": ("video/x-msvideo",),
    ".mp3": ("audio/mpeg",),
    ".m4a": ("audio/mp4", "video/mp4"),
    ".flac": ("audio/flac",),
    ".wav": ("audio/wav",),
    ".docm": (DOCM,),
    ".docx": (f"{_OOXML}wordprocessingml.document",),
    ".pptx": (f"{_OOXML}presentationml.presentation",),
    ".xlsx": (f"{_OOXML}spreadsheetml.sheet",),
    ".odt": ("application/vnd.oasis.opendocument.text",),
    ".odp": ("application/vnd.oasis.opendocument.presentation",),
    ".ods": ("application/vnd.oasis.opendocument.spreadsheet",),
    ".epub": ("application/epub+zip",),
    ".zip": ("application/zip",),
    ".stl": ("model/stl",),
    ".obj": ("model/obj",),
    ".glb": ("model/gltf-binary",),
    ".srt": ("application/x-subrip",),
    ".vtt": ("text/vtt",),
}


def identify(path: Path) -> str:
    """Return the media type of a file's bytes; `application/octet-stream` when nobody knows."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    for look in _LOOKS:
        found = look(head, path)
        if found:
            return found
    guessed = magic.from_buffer(head, mime=True)
    return {
        "audio/x-wav": "audio/wav",
        "audio/x-m4a": "audio/mp4",
        "audio/x-flac": "audio/flac",
    }.get(guessed, guessed)


def name_fits(filename: str, media_type: str) -> bool:
    """Whether the ending of a name allows the type that was found; unknown endings allow all."""
    allowed = _BY_ENDING.get(PurePath(filename).suffix.lower())
    return allowed is None or media_type in allowed


def _by_start(head: bytes, path: Path) -> str | None:
    del path
    if head.startswith(b"\xd0\xcf\x11\xe0") and "WordDocument".encode("utf-16-le") in head:
        return "application/msword"
    if b"%PDF-" in head[:1024]:
        return "application/pdf"
    return next((kind for start, kind in _STARTS if head.startswith(start)), None)


def _iso_media(head: bytes, path: Path) -> str | None:
    del path
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand.startswith(b"3g"):
            return "video/3gpp"
        return _BRANDS.get(brand, "video/mp4")
    return "video/quicktime" if head[4:8] in _ATOMS else None


def _riff(head: bytes, path: Path) -> str | None:
    del path
    if head[:4] != b"RIFF":
        return None
    kinds = {b"AVI ": "video/x-msvideo", b"WAVE": "audio/wav", b"WEBP": "image/webp"}
    return kinds.get(head[8:12])


def _matroska(head: bytes, path: Path) -> str | None:
    del path
    if head[:4] != b"\x1aE\xdf\xa3":
        return None
    return "video/webm" if b"webm" in head[:64] else "video/x-matroska"


def _ogg(head: bytes, path: Path) -> str | None:
    del path
    if head[:4] != b"OggS":
        return None
    return "video/ogg" if b"theora" in head[:256] else "audio/ogg"


def _mpeg(head: bytes, path: Path) -> str | None:
    del path
    packets = [head[at : at + 1] for at in (0, _TS_PACKET, 2 * _TS_PACKET)]
    if packets == [b"G", b"G", b"G"]:
        return "video/mp2t"
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") and _as_text(head[:4]) and b"\0" in head[:8]:
        return None  # the mark of a text in UTF-16
    synced = len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 in (0xE2, 0xE4, 0xE6)  # noqa: PLR2004 - the sync word
    return "audio/mpeg" if synced else None


def _zip(head: bytes, path: Path) -> str | None:
    if head[:2] != b"PK":
        return None
    try:
        found = listing(path)
        if found.has("mimetype"):
            return member(path, "mimetype", 200).decode("ascii", "replace").strip()
    except Faulty:
        return _broken_zip(head)
    if found.has("[Content_Types].xml"):
        names = found.names
        if any(name.lower() == "word/vbaproject.bin" for name in names):
            return DOCM
        return next(
            (kind for folder, kind in _PACKAGES if any(name.startswith(folder) for name in names)),
            "application/zip",
        )
    return "application/zip"


def _broken_zip(head: bytes) -> str:
    """Tell what a zip without its directory was: its first members stand in the head."""
    if b"[Content_Types].xml" in head or b"_rels/.rels" in head:
        return next(
            (kind for folder, kind in _PACKAGES if folder.encode() in head), "application/zip"
        )
    return "application/zip"


def _stl(head: bytes, path: Path) -> str | None:
    size = path.stat().st_size
    if len(head) >= 84 and size == 84 + 50 * int.from_bytes(head[80:84], "little"):  # noqa: PLR2004 - the layout of a binary STL
        return "model/stl"
    start = head[:2048].lstrip().lower()
    return "model/stl" if start.startswith(b"solid") and b"facet" in start else None


def _text(head: bytes, path: Path) -> str | None:
    """Look into what reads as text: subtitles, drawings, models, scripts."""
    words = _as_text(head)
    if words is None:
        return None
    start = words.lstrip()
    lowered = start[:4096].lower()
    if start.startswith("WEBVTT"):
        return "text/vtt"
    if "[script info]" in lowered[:200]:
        return "text/x-ssa"
    if _TIMING.search(words[:4096]):
        return "application/x-subrip"
    if "<svg" in lowered and (lowered.startswith(("<?xml", "<svg", "<!doctype svg", "<!--"))):
        return SVG
    return _marked_text(start, lowered, path)


def _marked_text(start: str, lowered: str, path: Path) -> str | None:
    if lowered.startswith(("<!doctype html", "<html")):
        return "text/html"
    if lowered.startswith("<?xml"):
        return "application/xml"
    if start.startswith("{") and '"asset"' in start and _is_gltf(path):
        return "model/gltf+json"
    if len(_OBJ_LINE.findall(start[:65536])) >= _OBJ_LINES:
        return "model/obj"
    if lowered.startswith(
        ("solid ", "iso-10303-21", "0\nsection", "  0\r\nsection", "  0\nsection")
    ):
        return UNKNOWN
    return "text/plain"


def _as_text(head: bytes) -> str | None:
    """Return the head as text when it reads as one, in UTF-16 or in bytes without controls."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return head.decode("utf-16", "replace")
    if not head or re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]", head):
        return None
    return head.decode("utf-8", "replace").removeprefix("\ufeff")


def _is_gltf(path: Path) -> bool:
    try:
        told = json.loads(path.read_bytes()[: 64 * 1024 * 1024])
    except (ValueError, RecursionError):
        return False
    return isinstance(told, dict) and isinstance(told.get("asset"), dict)


_LOOKS: Final[tuple[Callable[[bytes, Path], str | None], ...]] = (
    _by_start,
    _iso_media,
    _riff,
    _matroska,
    _ogg,
    _zip,
    _stl,
    _mpeg,
    _text,
)
