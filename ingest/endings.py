"""The media types that have a name of ours, and what endings of file names go with which.

The name is only held against what was found: it never decides.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Final

UNKNOWN: Final = "application/octet-stream"
SVG: Final = "image/svg+xml"
ENCRYPTED: Final = "application/encrypted"
_OOXML: Final = "application/vnd.openxmlformats-officedocument."
DOCM: Final = "application/vnd.ms-word.document.macroenabled.12"
PPTM: Final = "application/vnd.ms-powerpoint.presentation.macroenabled.12"
XLSM: Final = "application/vnd.ms-excel.sheet.macroenabled.12"
DOCX: Final = f"{_OOXML}wordprocessingml.document"
PPTX: Final = f"{_OOXML}presentationml.presentation"
XLSX: Final = f"{_OOXML}spreadsheetml.sheet"

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
    ".mov": ("video/quicktime", "video/mp4", "audio/mp4"),
    ".mkv": ("video/x-matroska", "video/webm", "audio/x-matroska"),
    ".webm": ("video/webm", "audio/webm"),
    ".avi": ("video/x-msvideo",),
    ".mp3": ("audio/mpeg",),
    ".m4a": ("audio/mp4", "video/mp4"),
    ".flac": ("audio/flac",),
    ".wav": ("audio/wav",),
    ".docm": (DOCM, ENCRYPTED),
    ".docx": (DOCX, ENCRYPTED),
    ".pptm": (PPTM, ENCRYPTED),
    ".pptx": (PPTX, ENCRYPTED),
    ".xlsm": (XLSM, ENCRYPTED),
    ".xlsx": (XLSX, ENCRYPTED),
    ".doc": ("application/msword", "text/rtf", ENCRYPTED),
    ".xls": ("application/vnd.ms-excel", ENCRYPTED),
    ".ppt": ("application/vnd.ms-powerpoint", ENCRYPTED),
    ".odt": ("application/vnd.oasis.opendocument.text",),
    ".odp": ("application/vnd.oasis.opendocument.presentation",),
    ".ods": ("application/vnd.oasis.opendocument.spreadsheet",),
    ".epub": ("application/epub+zip",),
    ".zip": ("application/zip",),
    ".stl": ("model/stl",),
    ".obj": ("model/obj",),
    ".glb": ("model/gltf-binary",),
    ".txt": (
        "text/plain",
        "text/csv",
        "text/markdown",
        "text/rtf",
        "text/vtt",
        "text/x-ssa",
        "application/x-subrip",
        UNKNOWN,
    ),
    ".srt": ("application/x-subrip",),
    ".vtt": ("text/vtt",),
}


def name_fits(filename: str, media_type: str) -> bool:
    """Whether the ending of a name allows the type that was found; unknown endings allow all."""
    allowed = _BY_ENDING.get(PurePath(filename).suffix.lower())
    return allowed is None or media_type in allowed
