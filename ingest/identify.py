"""What a file is, by its bytes: libmagic, and a look of our own where libmagic guesses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import magic

from ingest.archives import listing, member
from ingest.endings import DOCM, DOCX, ENCRYPTED, PPTM, PPTX, UNKNOWN, XLSM, XLSX
from ingest.formats.containers import iso_handlers
from ingest.verdict import Faulty
from ingest.writings import written_kind

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ingest.archives import Listing

_HEAD: Final = 256 * 1024

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
    (b"glTF", "model/gltf-binary"),
    (b"\x00\x00\x01\xba", "video/mpeg"),
)
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_KINDS: Final = (
    ("EncryptedPackage", ENCRYPTED),
    ("WordDocument", "application/msword"),
    ("Workbook", "application/vnd.ms-excel"),
    ("PowerPoint Document", "application/vnd.ms-powerpoint"),
)
_OLE_READ: Final = 64 * 1024 * 1024
_PACKAGES: Final = (
    ("word/", DOCX, DOCM),
    ("ppt/", PPTX, PPTM),
    ("xl/", XLSX, XLSM),
)
_DECLARED: Final = re.compile(r"application/(?:epub\+zip|vnd\.oasis\.opendocument\.[a-z]{1,20})")
"""What the member `mimetype` of a zip is believed to say."""
_TS_PACKET: Final = 188
_ASF: Final = b"0&\xb2u\x8ef\xcf\x11"
_ASF_VIDEO: Final = b"\xc0\xef\x19\xbcM[\xcf\x11\xa8\xfd\x00\x80_\\D+"


def identify(path: Path) -> str:
    """Return the media type of a file's bytes; `application/octet-stream` when nobody knows."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    for look in _LOOKS:
        found = look(head, path)
        if found:
            return found
    guessed = magic.from_buffer(head, mime=True)
    if guessed.startswith("text/") or not re.fullmatch(r"[\w.+-]{1,60}/[\w.+-]{1,80}", guessed):
        return UNKNOWN  # Our own look knows texts; what it does not take for one is none.
    return {
        "audio/x-wav": "audio/wav",
        "audio/x-m4a": "audio/mp4",
        "audio/x-flac": "audio/flac",
    }.get(guessed, guessed)


def _by_start(head: bytes, path: Path) -> str | None:
    del path
    if head.startswith(_ASF):
        return "video/x-ms-wmv" if _ASF_VIDEO in head else "audio/x-ms-wma"
    if b"%PDF-" in head[:1024]:
        return "application/pdf"
    return next((kind for start, kind in _STARTS if head.startswith(start)), None)


def _ole(head: bytes, path: Path) -> str | None:
    """Tell the old Office files, and the locked new ones, by the names of their streams."""
    if not head.startswith(_OLE):
        return None
    with path.open("rb") as file:
        content = file.read(_OLE_READ)
    return next(
        (kind for name, kind in _OLE_KINDS if name.encode("utf-16-le") in content),
        "application/x-ole-storage",
    )


def _iso_media(head: bytes, path: Path) -> str | None:
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand in _BRANDS and not _BRANDS[brand].startswith("video/"):
            return _BRANDS[brand]
        if iso_handlers(path) == {b"soun"}:
            return "audio/mp4"  # Recorders write sounds under the brands of films.
        return "video/3gpp" if brand.startswith(b"3g") else _BRANDS.get(brand, "video/mp4")
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
    # The codecs are named V_... and A_... (RFC 9559, 5.1.4.1.21), before the first cluster.
    sound = b"A_" in head and b"V_" not in head
    kind = "webm" if b"webm" in head[:64] else "x-matroska"
    return f"audio/{kind}" if sound else f"video/{kind}"


def _ogg(head: bytes, path: Path) -> str | None:
    del path
    if head[:4] != b"OggS":
        return None
    return "video/ogg" if b"theora" in head[:256] else "audio/ogg"


def _behind_id3(head: bytes) -> str:
    size = sum((head[6 + place] & 0x7F) << (21 - 7 * place) for place in range(4))
    behind = head[10 + size :]
    if behind.startswith(b"fLaC"):
        return "audio/flac"
    return "audio/aac" if _is_adts(behind) else "audio/mpeg"


def _mpeg(head: bytes, path: Path) -> str | None:
    del path
    for start, packet in ((0, _TS_PACKET), (4, _TS_PACKET + 4)):  # Camcorders put a clock before.
        if [head[start + at * packet :][:1] for at in range(3)] == [b"G"] * 3:
            return "video/mp2t"
    if head.startswith(b"ID3") and len(head) > 10:  # noqa: PLR2004 - the header of ID3v2
        return _behind_id3(head)
    if _is_adts(head):
        return "audio/aac"
    return "audio/mpeg" if _has_frames(head) else None


def _is_adts(head: bytes) -> bool:
    """ISO/IEC 14496-3, 1.A.3.2: a frame whose stated length leads to another."""
    if len(head) < 7 or head[0] != 0xFF or head[1] & 0xF6 != 0xF0:  # noqa: PLR2004 - the sync word
        return False
    length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    following = head[length : length + 2]
    return length >= 7 and (following == head[:2] or not following)  # noqa: PLR2004 - its header


def _has_frames(head: bytes) -> bool:
    """ISO/IEC 11172-3, 2.4.1.3: a frame of layer II or III, with another of its kind behind."""
    synced = len(head) > 4 and head[0] == 0xFF and head[1] & 0xE6 in (0xE2, 0xE4)  # noqa: PLR2004 - the sync word
    if not synced or head[1] & 0x18 == 0x08 or head[2] >> 4 in (0, 15) or head[2] & 0x0C == 0x0C:  # noqa: PLR2004 - reserved
        return False
    kind = bytes((head[0], head[1]))
    return kind in head[24:4096] or len(head) < 4096  # noqa: PLR2004 - the longest frame is 2,881


def _zip(head: bytes, path: Path) -> str | None:
    if head[:2] != b"PK":
        return None
    try:
        found = listing(path)
        if found.has("mimetype"):
            said = member(path, "mimetype", 200).decode("ascii", "replace").strip()
            if _DECLARED.fullmatch(said):
                return said
    except Faulty:
        return _broken_zip(head)
    return _office(found, path) if found.has("[Content_Types].xml") else "application/zip"


def _office(found: Listing, path: Path) -> str:
    """Tell the packages of ECMA-376 by their folders, those with programs apart."""
    for folder, plain, programmed in _PACKAGES:
        if any(name.startswith(folder) for name in found.names):
            macros = any(name.lower().endswith("vbaproject.bin") for name in found.names)
            return programmed if macros or _is_programmed(path) else plain
    return "application/zip"


def _is_programmed(path: Path) -> bool:
    """Whether the package calls itself one with macros, by whatever name these stand in it."""
    try:
        types = member(path, "[Content_Types].xml", 4 * 1024 * 1024)
    except Faulty:
        return False
    return b"macroenabled" in types.lower() or b"vbaproject" in types.lower()


def _broken_zip(head: bytes) -> str:
    """Tell what a zip without its directory was: its first members stand in the head."""
    if b"[Content_Types].xml" not in head and b"_rels/.rels" not in head:
        return "application/zip"
    fitting = (plain for folder, plain, _ in _PACKAGES if folder.encode() in head)
    return next(fitting, _PACKAGES[0][1])  # Cut before its first folder: most are documents.


def _stl(head: bytes, path: Path) -> str | None:
    size = path.stat().st_size
    stated = 84 + 50 * int.from_bytes(head[80:84], "little")
    if len(head) >= 84 and size == stated:  # noqa: PLR2004 - the layout of a binary STL
        return "model/stl"
    start = head.lstrip().lower()
    written = start.startswith(b"solid") and (b"facet" in start or b"endsolid" in start)
    return "model/stl" if written else None


_LOOKS: Final[tuple[Callable[[bytes, Path], str | None], ...]] = (
    _by_start,
    _ole,
    _iso_media,
    _riff,
    _matroska,
    _ogg,
    _zip,
    _stl,
    written_kind,
    _mpeg,
)
