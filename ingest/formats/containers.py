"""Whether a container is whole: its outermost boxes against the size of the file.

Only lengths are read, a few bytes a box, so that a cut-off film is known as such though its header
promises every minute of it.
"""

import os
from pathlib import Path
from typing import BinaryIO

_ISO_BASE_MEDIA = frozenset({"mov"})
_RIFF = frozenset({"avi", "wav"})
# A box takes at least eight bytes; a film cut in fragments of a second has a few thousand boxes.
_MOST_BOXES = 500_000
_LARGEST_DESCRIPTION = 16 * 1024 * 1024
_EBML_HEADER = 0x1A45DFA3
_SEGMENT = 0x18538067
_UNKNOWN_RIFF_SIZES = frozenset({0, 0xFFFFFFFF})


def is_whole(path: Path, demuxer: str) -> bool:
    """Tell whether every outermost part of the file is there; True where that cannot be known."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        if demuxer in _ISO_BASE_MEDIA:
            return _boxes_are_whole(stream, size)
        if demuxer in _RIFF:
            return _riff_is_whole(stream, size)
        if demuxer == "matroska":
            return _segment_is_whole(stream, size)
    return True


def _boxes_are_whole(stream: BinaryIO, size: int) -> bool:
    """ISO/IEC 14496-12, 4.2: boxes of a length and a type, one of them the film's description."""
    position, described = 0, False
    for _ in range(_MOST_BOXES):
        if position >= size:
            break
        header = stream.read(16)
        length, kind = int.from_bytes(header[:4], "big"), header[4:8]
        if length == 1:
            length = int.from_bytes(header[8:16], "big")
        elif length == 0:  # To the end of the file.
            length = size - position
        if length < 8 or position + length > size:  # noqa: PLR2004 - a box's own header
            # Noughts behind the last box, put there by cameras, do no harm once all is described.
            return described and not header.strip(b"\0")
        described = described or kind == b"moov"
        position += length
        stream.seek(position)
    return described


def iso_handlers(path: Path) -> set[bytes]:
    """Return what the tracks of an MP4 carry: `vide`, `soun`, `text` ...; none where it is cut.

    ISO/IEC 14496-12, 8.4.3: the handler's word stands eight bytes behind the name of its box.
    """
    size, position = path.stat().st_size, 0
    with path.open("rb") as stream:
        for _ in range(_MOST_BOXES):
            stream.seek(position)
            header = stream.read(16)
            length, kind = int.from_bytes(header[:4], "big"), header[4:8]
            length = int.from_bytes(header[8:16], "big") if length == 1 else length or size
            if length < 8 or position >= size:  # noqa: PLR2004 - a box's own header
                return set()
            if kind == b"moov":
                stream.seek(position + 8)
                described = stream.read(min(length, _LARGEST_DESCRIPTION))
                words = described.split(b"hdlr")[1:]
                return {word[8:12] for word in words} & {b"vide", b"soun", b"text", b"sbtl"}
            position += length
    return set()


def _riff_is_whole(stream: BinaryIO, size: int) -> bool:
    header = stream.read(12)
    stated = int.from_bytes(header[4:8], "little")
    # Recorders that were switched off leave no size, or the largest; players read on regardless.
    return header[:4] != b"RIFF" or stated in _UNKNOWN_RIFF_SIZES or stated + 8 <= size + 1


def _segment_is_whole(stream: BinaryIO, size: int) -> bool:
    """RFC 8794 and RFC 9559: an EBML header, then one segment with a length or with none."""
    header = _element(stream)
    if header is None or header[0] != _EBML_HEADER or header[1] is None:
        return False
    stream.seek(header[1], os.SEEK_CUR)
    segment = _element(stream)
    if segment is None or segment[0] != _SEGMENT:
        return False
    return segment[1] is None or stream.tell() + segment[1] <= size


def _element(stream: BinaryIO) -> tuple[int, int | None] | None:
    """Return the next element's id and length, None for a length that is not known."""
    identity = _variable_integer(stream, keep_marker=True)
    length = _variable_integer(stream, keep_marker=False)
    if identity is None or length is None:
        return None
    value, width = length
    return identity[0], None if value == (1 << 7 * width) - 1 else value


def _variable_integer(stream: BinaryIO, *, keep_marker: bool) -> tuple[int, int] | None:
    first = stream.read(1)
    if not first or not first[0]:
        return None
    width = 9 - first[0].bit_length()
    rest = stream.read(width - 1)
    value = int.from_bytes(first + rest, "big")
    if len(rest) != width - 1:
        return None
    return (value if keep_marker else value - (1 << 7 * width)), width
