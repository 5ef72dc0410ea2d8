"""What an engine keeps of a document: the names of the fields, and the values in each.

Both engines keep the same, so that they find alike; how a field is declared is their own.
"""

from __future__ import annotations

import json
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from search.analysis.terms import KEPT_TERMS, all_terms, whole_key
from search.engine import Text
from search.facets import FACETS
from search.fields import (
    FIELDS,
    LONGEST_TERM,
    LONGEST_VALUE,
    USUAL_TRIGRAMS,
    newest_key,
    smallest_key,
    title_key,
)
from search.suggest import entries

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from search.engine import Document

FORMAT: Final = 2
"""Raised when the same fields come to hold something else, for instance other terms."""

ID: Final = "id"
STATE: Final = "state"
LIVE: Final = "live"
GONE: Final = "gone"
TRIGRAMS: Final = "trigrams"
WHOLE: Final = "whole"
SUGGEST: Final = "suggest"
PAYLOAD: Final = "payload"
SORTS: Final = {
    "newest": newest_key,
    "smallest": smallest_key,
    "title": title_key,
}


_BY_TEXT: Final = {name: each for each in FIELDS for name in each.texts}
_REPEATED: Final = frozenset({"label", "institution"})
"""What thousands of documents have in common: a subject has a label in each language."""


def exact_field(name: str) -> str:
    """Return the field of exact terms; it has positions, for phrases."""
    return f"exact_{name}"


def stem_field(name: str) -> str:
    """Return the field of stems."""
    return f"stem_{name}"


def facet_field(name: str) -> str:
    """Return the field whose values a facet counts."""
    return f"facet_{name}"


def sort_field(name: str) -> str:
    """Return the field that holds the keys of a sort order."""
    return f"sort_{name}"


PLACED_FIELDS: Final = tuple(exact_field(each.name) for each in FIELDS)
"""Terms parted by blanks, their positions known."""
COUNTED_FIELDS: Final = (*(stem_field(each.name) for each in FIELDS), TRIGRAMS)
"""Terms parted by blanks, counted only."""
RAW_FIELDS: Final = (WHOLE, SUGGEST)
"""Values that are one term each."""
_FILLING: Final = {
    name: " ".join("-" * terms)
    for name, terms in (
        *((exact_field(each.name), each.usual) for each in FIELDS),
        *((stem_field(each.name), each.usual) for each in FIELDS),
        (TRIGRAMS, USUAL_TRIGRAMS),
    )
}
"""What stands in a field that has no terms: a sign that no query has, since it is no letter.

How much a term counts depends on how long the field is in other documents. Elasticsearch takes the
mean of those that have the field, tantivy of all: a long description among many resources without
one sank on one engine alone. With every field filled, both see the same lengths.
"""
FACET_FIELDS: Final = tuple(facet_field(facet.name) for facet in FACETS)
SORT_FIELDS: Final = tuple(sort_field(name) for name in SORTS)


def values(document: Document) -> Mapping[str, list[str]]:
    """Return every value of every field of a document that can be found, but id and state.

    Each text is a value of its own: a phrase never reaches from one into the next.
    """
    held: dict[str, list[str]] = defaultdict(list)
    _add_terms(held, document.texts)
    held.update(filling(held))
    for facet in FACETS:
        counted = (each for each in facet.values(document) if len(each) <= LONGEST_VALUE)
        held[facet_field(facet.name)].extend(counted)
    for name, key in SORTS.items():
        held[sort_field(name)].append(key(document))
    held[SUGGEST].extend(entries(document))
    return held


def filling(held: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Return what stands in the fields of terms that have none; of a tombstone in all of them."""
    return {name: [sign] for name, sign in _FILLING.items() if not any(held.get(name, ()))}


def _add_terms(held: dict[str, list[str]], texts: Iterable[Text]) -> None:
    for text in texts:
        each = _BY_TEXT[text.field]
        make = _kept_terms if text.field in _REPEATED else _terms
        exact, stems, trigrams = make(text.value, text.lang)
        held[exact_field(each.name)].append(exact)
        held[stem_field(each.name)].append(stems)
        if each.trigrams:
            held[TRIGRAMS].append(trigrams)
        if each.whole and (key := whole_key(text.value, text.lang)):
            held[WHOLE].append(key[:LONGEST_TERM])


def _terms(value: str, lang: str) -> tuple[str, str, str]:
    """Return the exact terms of a text, its stems and its trigrams, as the fields have them."""
    exact, stems, trigrams = all_terms(value, lang)
    return _joined(exact), _joined(stems), " ".join(trigrams)


def _joined(terms: list[str]) -> str:
    if max(map(len, terms), default=0) > LONGEST_TERM:
        terms = [term for term in terms if len(term) <= LONGEST_TERM]
    return " ".join(terms)


_kept_terms = lru_cache(KEPT_TERMS)(_terms)


def pack(document: Document) -> bytes:
    """Return what highlights need of a document: its subjects and texts."""
    rows = [
        (
            text.field,
            text.lang,
            text.value,
            text.concept,
            text.asset,
            text.page,
            text.second,
        )
        for text in document.texts
    ]
    told = {"subjects": document.subjects, "texts": rows}
    return json.dumps(told, ensure_ascii=False).encode(errors="replace")


def unpack(payload: bytes) -> tuple[tuple[str, ...], tuple[Text, ...]]:
    """Return the subjects and the texts that were packed."""
    told = json.loads(payload)
    return tuple(told["subjects"]), tuple(Text(*row) for row in told["texts"])
