"""One spelling for many: case, width, digits, accents and marks folded away.

Rules and the traps they answer are measured: see docs/relevance.md.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Final

LONGEST_TERM: Final = 100
"""Characters of one term; engines refuse terms of tens of thousands of bytes."""

APOSTROPHES: Final = "'’ʻʼ‘`´ʹʾʿ＇ʽ‛′"
"""Signs typed for an apostrophe; Uzbek ones are seen in eight forms."""
INVISIBLE: Final = "\u00ad\u200b-\u200f\u2060\ufeff"
"""Soft hyphens, zero-width spaces, joiners, direction marks: inside a word, and no part of it."""

_APOSTROPHE: Final = re.compile(f"[{APOSTROPHES}]")
_UNSEEN: Final = re.compile(f"[{INVISIBLE}\\s]")
_MARKS: Final = re.compile("[\u0300-\u036f]")
_ARABIC_MARKS: Final = re.compile("[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]")
_ARABIC: Final = re.compile("[\u0600-\u06ff]")
_ARABIC_LETTERS: Final = str.maketrans(
    {
        "أ": "ا",
        "إ": "ا",
        "آ": "ا",
        "ٱ": "ا",
        "ى": "ي",
        "ة": "ه",
        "ؤ": "و",
        "ئ": "ي",
        "ک": "ك",
        "ی": "ي",
        "گ": "ك",
        "ء": None,
    }
)
_OTHERS: Final = str.maketrans(
    {"đ": "dj", "ł": "l", "ø": "o", "œ": "oe", "æ": "ae", "ı": "i", "ฏ": "ฎ"}
)


def _read_simplified() -> dict[int, str]:
    path = Path(__file__).parent / "data" / "simplified.txt"
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
    return {ord(one): other for one, other in zip(lines[0], lines[1], strict=True)}


_SIMPLIFIED: Final = _read_simplified()


def simplified(text: str) -> str:
    """Return Chinese text in simplified characters, one for one."""
    return text.translate(_SIMPLIFIED)


def composed(word: str) -> str:
    """Return a word in NFKC and lower case, with digits of any script as 0 to 9; accents stay.

    Every apostrophe becomes the plain one, before NFKC: that makes a blank and a mark of ´.
    """
    if word.isascii():
        return word.lower()
    plain = unicodedata.normalize("NFKC", _APOSTROPHE.sub("'", word)).casefold()
    if any(sign.isdigit() and not sign.isascii() for sign in plain):
        plain = "".join(
            str(unicodedata.digit(sign)) if unicodedata.digit(sign, None) is not None else sign
            for sign in plain
        )
    return unicodedata.normalize("NFC", _UNSEEN.sub("", plain))


def without_apostrophes(word: str) -> str:
    """Return a word without its apostrophes, in whatever form."""
    return _APOSTROPHE.sub("", word)


def folded(word: str) -> str:
    """Return a composed word without accents, harakat, tonos and apostrophes.

    й keeps its breve: without it и and й would be one letter.
    """
    word = without_apostrophes(word)
    if word.isascii():
        return word[:LONGEST_TERM]
    if _ARABIC.search(word):
        word = _ARABIC_MARKS.sub("", word).translate(_ARABIC_LETTERS)
    kept = unicodedata.normalize("NFD", word).replace("и\u0306", "й")
    bare = unicodedata.normalize("NFC", _MARKS.sub("", kept))
    return bare.translate(_OTHERS)[:LONGEST_TERM]
