"""Text into runs: words split by what is no letter, and runs of scripts that write no spaces.

Chinese is cut into characters, Thai into clusters, Burmese into syllables, by rule and without a
dictionary: none earned its size (docs/relevance.md).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from search.analysis.normalise import APOSTROPHES, INVISIBLE, simplified

if TYPE_CHECKING:
    from collections.abc import Iterator

_HAN: Final = "\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_THAI: Final = "\u0e01-\u0e3a\u0e40-\u0e4e"
_BURMESE: Final = "\u1000-\u103f\u104c-\u108f\u109a-\u109f\ua9e0-\ua9ef\ua9fa-\ua9ff\uaa60-\uaa7f"
"""Without digits, which are words as everywhere, and without the full stop, which ends a run."""
_MARKS: Final = "".join(
    chr(code) for code in range(0x300, 0x2000) if unicodedata.category(chr(code))[0] == "M"
)
"""Python's \\w leaves out the marks: vowel signs of India, harakat, niqqud."""
_LETTER: Final = rf"(?:(?![{_HAN}{_THAI}{_BURMESE}_])\w)"

RUN: Final = re.compile(
    rf"(?P<han>[{_HAN}]+)"
    rf"|(?P<thai>[{_THAI}](?:[{_THAI}]|[{INVISIBLE}]+(?=[{_THAI}]))*)"
    rf"|(?P<burmese>[{_BURMESE}](?:[{_BURMESE}]|[{INVISIBLE}]+(?=[{_BURMESE}]))*)"
    rf"|(?P<word>{_LETTER}(?:{_LETTER}|(?![{_THAI}{_BURMESE}])[{_MARKS}]|[{APOSTROPHES}](?={_LETTER})"
    rf"|(?!\u200b)[{INVISIBLE}]+(?={_LETTER}))*)"
)
"""A zero-width space parts words, but Thai and Burmese pages have it at will and so it is nothing."""

_ASCII_WORD: Final = re.compile("[A-Za-z0-9]+(?:['`][A-Za-z0-9]+)*")
"""What `RUN` finds in a text of these signs alone, in a third of the time."""

_THAI_CLUSTER: Final = re.compile(rf"[เ-ไ]*[ก-ฮ]?[{INVISIBLE}]*[ะ-ฺๅ็-๎]*|.", re.DOTALL)
_THAI_AM: Final = re.compile("\u0e4d([\u0e48-\u0e4b]?)\u0e32|([\u0e48-\u0e4b])\u0e4d\u0e32")
_BURMESE_CUT: Final = re.compile(
    "(?<!\u1039)(?=[\u1000-\u102a\u103f\u104c-\u104f](?!\u1037?[\u1039\u103a]))"
)
_BURMESE_ZERO: Final = re.compile(
    "(?<![\u1040-\u1049])\u1040(?![\u1040-\u1049])(?:(?=[\u1000-\u103e])|(?<=[\u1000-\u103e]\u1040))"
)
_BURMESE_NYA: Final = re.compile("\u1025(?=[\u102c\u103a])")
_UNSEEN: Final = re.compile(f"[{INVISIBLE}]")
KEPT_UNITS: Final = 8192
"""A page has a few hundred different ones; a hundred bytes each."""


class Run(NamedTuple):
    """A stretch of text of one kind, by offsets into it: word, han, thai or burmese."""

    kind: str
    start: int
    end: int
    text: str


def runs(text: str) -> Iterator[Run]:
    """Give the runs of a text, in order."""
    if "\u1040" in text:
        # The letter wa is often typed as the digit it looks like: one sign for one, offsets hold.
        text = _BURMESE_ZERO.sub("\u101d", text)
    if text.isascii():
        for found in _ASCII_WORD.finditer(text):
            yield Run("word", found.start(), found.end(), found.group())
        return
    for found in RUN.finditer(text):
        yield Run(found.lastgroup or "word", found.start(), found.end(), found.group())


def ascii_words(text: str) -> list[str] | None:
    """Return the words of a text of ASCII signs alone, as `runs` cuts it; None for another text."""
    return _ASCII_WORD.findall(text) if text.isascii() else None


def units(run: Run) -> list[tuple[int, int, str]]:
    """Cut a run without spaces into (start, end, folded unit)."""
    if run.kind == "han":
        return [
            (run.start + at, run.start + at + 1, _character(sign))
            for at, sign in enumerate(run.text)
        ]
    if run.kind == "thai":
        cut = [(found.start(), found.end()) for found in _THAI_CLUSTER.finditer(run.text)]
    else:
        cuts = [found.start() for found in _BURMESE_CUT.finditer(run.text)]
        edges = sorted({0, *cuts, len(run.text)})
        cut = list(pairwise(edges))
    return [
        (run.start + start, run.start + end, unit)
        for start, end in cut
        if end > start and (unit := _unit(run.text[start:end]))
    ]


@lru_cache(KEPT_UNITS)
def _character(sign: str) -> str:
    return simplified(unicodedata.normalize("NFKC", sign))


@lru_cache(KEPT_UNITS)
def _unit(piece: str) -> str:
    """Spell a cluster or a syllable in one way.

    NFKC takes ำ apart and puts the tone marks and asat of Burmese in one order. ฏ and ฎ are
    written for each other, two เ for แ, and ဥ for ဉ before aa and asat.
    """
    plain = unicodedata.normalize("NFKC", _UNSEEN.sub("", piece))
    whole = _THAI_AM.sub(r"\1\2ำ", plain).replace("ฏ", "ฎ").replace("เเ", "แ")
    return _BURMESE_NYA.sub("\u1009", whole)
