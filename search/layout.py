"""What an engine keeps of a document: the names of the fields, and the values in each.

Both engines keep the same, so that they find alike; how a field is declared is their own.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from search.analysis.terms import analyse, trigram_terms, whole_key
from search.engine import Text
from search.facets import FACETS
from search.fields import FIELDS, LONGEST_TERM, newest_key, smallest_key, title_key
from search.suggest import entries

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from search.engine import Document

FORMAT: Final = 1
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
FACET_FIELDS: Final = tuple(facet_field(facet.name) for facet in FACETS)
SORT_FIELDS: Final = tuple(sort_field(name) for name in SORTS)


def values(document: Document) -> Mapping[str, list[str]]:
    """Return every value of every field of a document that can be found, but id and state.

    Each text is a value of its own: a phrase never reaches from one into the next.
    """
    held: dict[str, list[str]] = defaultdict(list)
    _add_terms(held, document.texts)
    for facet in FACETS:
        held[facet_field(facet.name)].extend(facet.values(document))
    for name, key in SORTS.items():
        held[sort_field(name)].append(key(document))
    held[SUGGEST].extend(entries(document))
    return held


def _add_terms(held: dict[str, list[str]], texts: Iterable[Text]) -> None:
    by_text = {name: each for each in FIELDS for name in each.texts}
    for text in texts:
        each = by_text[text.field]
        tokens = analyse(text.value, text.lang)
        exact = (term for token in tokens for term in token.exact)
        held[exact_field(each.name)].append(_joined(exact))
        stems = (term for token in tokens for term in token.stems)
        held[stem_field(each.name)].append(_joined(stems))
        if each.trigrams:
            held[TRIGRAMS].append(_joined(trigram_terms(text.value, text.lang)))
        if each.whole and (key := whole_key(text.value, text.lang)):
            held[WHOLE].append(key[:LONGEST_TERM])


def _joined(terms: Iterable[str]) -> str:
    return " ".join(term for term in terms if len(term) <= LONGEST_TERM)


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
