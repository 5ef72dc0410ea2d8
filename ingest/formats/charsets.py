"""Which encoding a plain text is in. Makers' files come in whatever their machine wrote in 1998."""

from __future__ import annotations

import codecs
from typing import Final

from charset_normalizer import from_bytes

_LOOKED_AT: Final = 128 * 1024
_CANDIDATES: Final = [
    "cp1252",
    "cp1251",
    "koi8_r",
    "cp1253",
    "cp1254",
    "cp1256",
    "cp874",
    "gb18030",
    "big5",
    "cp1250",
    "shift_jis",
]
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def detect_charset(content: bytes) -> str:
    """Return Python's name of the encoding; `latin-1`, which reads anything, as the last resort."""
    for mark, name in _MARKS:
        if content.startswith(mark):
            return name
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        # A text cut in mid-character is still UTF-8.
        if error.reason == "unexpected end of data":
            return "utf-8"
    else:
        return "utf-8"
    head = content[:_LOOKED_AT]
    halves = head[:200].count(0)
    if halves > len(head[:200]) // 4:
        return "utf-16-be" if head[:1] == b"\0" else "utf-16-le"
    best = from_bytes(head, cp_isolation=_CANDIDATES).best()
    return codecs.lookup(best.encoding).name if best else "latin-1"


def decoded(content: bytes) -> tuple[str, str]:
    """Return the text and the name of its encoding; what cannot be read becomes U+FFFD."""
    name = detect_charset(content)
    return content.decode(name, errors="replace").removeprefix("\ufeff"), name
