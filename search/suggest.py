"""Type-ahead: the keys a document is suggested by, and the choice among those that begin so.

A key is the folded name from one of its words on, then what it names; so an engine needs nothing
but sorted keys, and "mag" finds "Little magnets" as well.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

from config.languages import base
from search.analysis.terms import KEPT_TERMS, whole_key
from search.engine import Suggestion

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from search.engine import Document, Text

_Kind = Literal["title", "subject", "institution"]
_KINDS: Final[dict[str, _Kind]] = {
    "title": "title",
    "label": "subject",
    "institution": "institution",
}
_BLANKS: Final = re.compile(r"[\s\x00-\x1f]+")
_ORDER: Final = {"subject": 0, "title": 1, "institution": 2}
_BETWEEN: Final = "\x1f"
_MOST_WORDS: Final = 8
_LONGEST: Final = 80
_LONGEST_NAME: Final = 1000
"""Characters of a name; with the rest of a key no more than an engine takes as one term."""


def entries(document: Document) -> Iterator[str]:
    """Yield the keys of a document, each once."""
    seen: set[str] = set()
    for text in document.texts:
        kind = _KINDS.get(text.field)
        if kind is None:
            continue
        make = _keys if kind == "title" else _kept_keys
        for key in make(kind, text.lang, _named(document, text), text.value):
            if key not in seen:
                seen.add(key)
                yield key


def _keys(kind: str, lang: str, named: str, value: str) -> tuple[str, ...]:
    told = _BETWEEN.join((kind, lang, named, _plain(value)[:_LONGEST_NAME]))
    begins = (begin for folded in _folded(value, lang) for begin in _from_each_word(folded))
    return tuple(f"{begin[:_LONGEST]}{_BETWEEN}{told}" for begin in begins)


_kept_keys = lru_cache(KEPT_TERMS)(_keys)
"""Of subjects and institutions, which thousands of documents have in common."""


def beginnings(prefix: str, lang: str) -> tuple[str, ...]:
    """Return what keys begin with when a person has typed `prefix`; nothing for blanks."""
    return tuple(each[:_LONGEST] for each in _folded(prefix, lang))


def chosen_from(
    found: Iterable[tuple[str, int]], lang: str, *, limit: int
) -> tuple[Suggestion, ...]:
    """Choose among keys with their counts: subjects first, then what is most used, one a thing."""
    ranked = []
    for key, count in found:
        begin, kind, tag, thing, text = key.split(_BETWEEN)
        ranked.append(
            (
                (
                    _ORDER[kind],
                    tag != lang,
                    not _same(tag, lang),
                    -count,
                    len(begin),
                    key,
                ),
                Suggestion(text, _KIND_WORDS[kind], tag, thing),
            )
        )
    ranked.sort(key=lambda each: each[0])
    best: dict[tuple[str, str], Suggestion] = {}
    for _, suggestion in ranked:
        best.setdefault((suggestion.kind, suggestion.id), suggestion)
    return tuple(best.values())[:limit]


_KIND_WORDS: Final[dict[str, _Kind]] = {str(kind): kind for kind in _KINDS.values()}


def _named(document: Document, text: Text) -> str:
    if text.field == "label":
        return text.concept or ""
    return document.institution if text.field == "institution" else document.id


def _plain(value: str) -> str:
    return _BLANKS.sub(" ", value).strip()


@lru_cache(KEPT_TERMS)
def _folded(value: str, lang: str) -> tuple[str, ...]:
    """Fold in the language's own way and in one that is the same for all.

    A person types in whatever language the pages happen to be in.
    """
    decomposed = unicodedata.normalize("NFKD", _plain(value).casefold())
    if decomposed.isascii():
        common = decomposed  # most names: no sign of theirs is a mark
    else:
        common = "".join(each for each in decomposed if unicodedata.category(each) != "Mn")
    both = (common, whole_key(value, lang))
    return tuple(dict.fromkeys(_plain(each) for each in both if each.strip()))


def _from_each_word(folded: str) -> Iterator[str]:
    starts = [0, *(found.end() for found in _BLANKS.finditer(folded))]
    for start in starts[:_MOST_WORDS]:
        yield folded[start:]


def _same(tag: str, lang: str) -> bool:
    try:
        return base(tag) == base(lang)
    except ValueError:
        return False
