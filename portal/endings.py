"""Families of files by the endings of their names: for icons and guesses, until ingest has looked.

What a file *is* is found from its bytes, never from here.
"""

from __future__ import annotations

ENDINGS = {
    "subtitle": frozenset({"srt", "vtt", "ass", "ssa", "sub", "ttml"}),
    "film": frozenset({"mp4", "m4v", "mov", "mkv", "webm", "avi", "mpg", "mpeg", "wmv", "mxf"}),
    "audio": frozenset({"mp3", "wav", "ogg", "oga", "opus", "m4a", "flac", "aac"}),
    "image": frozenset({"png", "jpg", "jpeg", "webp", "gif", "tif", "tiff", "heic", "bmp", "svg"}),
    "model": frozenset({"step", "stp", "stl", "obj", "3mf", "glb", "gltf", "ply"}),
    "drawing": frozenset({"dwg", "dxf"}),
}


def family(filename: str) -> str:
    """Return the family that an ending names, "" for all others."""
    ending = filename.rpartition(".")[2].casefold()
    return next((name for name, known in ENDINGS.items() if ending in known), "")
