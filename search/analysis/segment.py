"""Text into runs: words split by what is no letter, and runs of scripts that write no spaces.

Chinese is cut into characters, Thai into clusters, Burmese into syllables, by rule and without a
dictionary: none earned its size (docs/relevance.md).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from search.analysis.normalise import simplified

if TYPE_CHECKING:
    from collections.abc import Iterator

_HAN: Final = "\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_THAI: Final = "\u0e01-\u0e3a\u0e40-\u0e4e"
_BURMESE: Final = "\u1000-\u109f\ua9e0-\ua9ff\uaa60-\uaa7f"
_MARKS: Final = "\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u200c\u200d"
_APOSTROPHES: Final = "'’ʻʼ‘`´ʹʾʿ＇"
_LETTER: Final = rf"(?:(?![{_HAN}{_THAI}{_BURMESE}_])\w)"

RUN: Final = re.compile(
    rf"(?P<han>[{_HAN}]+)|(?P<thai>[{_THAI}]+)|(?P<burmese>[{_BURMESE}]+)"
    rf"|(?P<word>{_LETTER}(?:{_LETTER}|[{_MARKS}]|[{_APOSTROPHES}](?={_LETTER}))*)"
)

_THAI_CLUSTER: Final = re.compile("[เ-ไ]?[ก-ฮ]?[ะ-ฺๅ็-๎]*|.")
_BURMESE_CUT: Final = re.compile(
    "(?<!\u1039)(?=[\u1000-\u102a\u103f\u104c-\u104f\u1040-\u1049](?!\u1037?[\u1039\u103a]))"
)
_BURMESE_SIGNS: Final = re.compile("[\u104a\u104b]")


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text of one kind, by offsets into it: word, han, thai or burmese."""

    kind: str
    start: int
    end: int
    text: str


def runs(text: str) -> Iterator[Run]:
    """Give the runs of a text, in order."""
    for found in RUN.finditer(text):
        yield Run(found.lastgroup or "word", found.start(), found.end(), found.group())


def units(run: Run) -> list[tuple[int, int, str]]:
    """Cut a run without spaces into (start, end, folded unit)."""
    if run.kind == "han":
        return [
            (run.start + at, run.start + at + 1, simplified(unicodedata.normalize("NFKC", sign)))
            for at, sign in enumerate(run.text)
        ]
    if run.kind == "thai":
        cut = [(found.start(), found.end()) for found in _THAI_CLUSTER.finditer(run.text)]
    else:
        cuts = [found.start() for found in _BURMESE_CUT.finditer(run.text)]
        edges = sorted({0, *cuts, len(run.text)})
        cut = list(pairwise(edges))
    return [
        (run.start + start, run.start + end, _unit(run.text[start:end]))
        for start, end in cut
        if end > start and _unit(run.text[start:end])
    ]


def _unit(piece: str) -> str:
    plain = unicodedata.normalize("NFKC", piece).replace("ฏ", "ฎ")
    return _BURMESE_SIGNS.sub("", plain)
