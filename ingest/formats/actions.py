"""What a PDF would do beside being read: scripts, launches, files inside it, calls to elsewhere.

Only names are looked for, where names stand: in the open and in packed object streams, not in the
bytes of pictures, where three letters after a stroke come up by chance every few megabytes.
"""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_INFLATED: Final = 24 * 1024 * 1024
_LARGEST: Final = 512 * 1024 * 1024
_STREAM: Final = re.compile(rb"(?<!end)stream\r?\n")
_HEX: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_NAME: Final = re.compile(
    rb"/(JavaScript|JS|Launch|RichMedia|EmbeddedFile|XFA|GoToR|GoToE|SubmitForm|ImportData)"
    rb"(?=[\s/<>\[(\]])"
)
_FETCHES: Final = frozenset({"GoToR", "GoToE", "SubmitForm", "ImportData"})


def dangers(path: Path) -> dict[str, str]:
    """Return codes with the first word that leads to each (ISO 32000-1, 12.6.4)."""
    with path.open("rb") as file:
        content = file.read(_LARGEST)
    found: dict[str, str] = {}
    for piece in _pieces(content):
        for name in _NAME.findall(_HEX.sub(_unescaped, piece)):
            word = name.decode("ascii")
            code = "external_reference" if word in _FETCHES else "active_content"
            found.setdefault(code, word)
    return found


def _unescaped(escape: re.Match[bytes]) -> bytes:
    return bytes.fromhex(escape[1].decode("ascii"))


def _pieces(content: bytes) -> Iterator[bytes]:
    """Yield what stands between the streams, and what object streams hold."""
    position, room = 0, _INFLATED
    for begin in _STREAM.finditer(content):
        if begin.start() < position:
            continue
        before = content[position : begin.start()]
        yield before
        end = content.find(b"endstream", begin.end())
        position = end if end >= 0 else len(content)
        if b"ObjStm" in _HEX.sub(_unescaped, before[-2000:]) and room > 0:
            try:
                inflated = zlib.decompressobj().decompress(content[begin.end() : position], room)
            except zlib.error:
                continue
            room -= len(inflated)
            yield inflated
    yield content[position:]
