"""How a document lies in a tantivy index: its fields, and what is written into each."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

import tantivy

from search.analysis.terms import analyse, trigram_terms, whole_key
from search.engine import Text
from search.facets import FACETS
from search.fields import FIELDS, LONGEST_TERM, newest_key, smallest_key, title_key
from search.suggest import entries

if TYPE_CHECKING:
    from collections.abc import Iterable

    from search.engine import Document

FORMAT: Final = 1
"""Raised when the same fields come to hold something else, for instance other terms."""

ID: Final = "id"
STAMP: Final = "stamp"
VERSION: Final = "version"
STATE: Final = "state"
LIVE: Final = "live"
GONE: Final = "gone"
TIES: Final = ("id_head", "id_tail")
"""The first sixteen bytes of an id as two numbers: equal scores are ordered by them."""
TRIGRAMS: Final = "trigrams"
WHOLE: Final = "whole"
SUGGEST: Final = "suggest"
PAYLOAD: Final = "payload"
SORTS: Final = {
    "newest": newest_key,
    "smallest": smallest_key,
    "title": title_key,
}

_SEPARATOR: Final = "\0"
_RAW: Final = {"tokenizer_name": "raw", "index_option": "basic"}
_COUNTED: Final = {"tokenizer_name": "whitespace", "index_option": "freq"}
_PLACED: Final = {"tokenizer_name": "whitespace", "index_option": "position"}


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


def _text_fields() -> dict[str, dict[str, Any]]:
    fields: dict[str, dict[str, Any]] = {
        ID: {**_RAW, "stored": True},
        STAMP: _RAW,
        STATE: {**_RAW, "stored": True},
        WHOLE: _RAW,
        SUGGEST: _RAW,
        TRIGRAMS: _COUNTED,
    }
    for each in FIELDS:
        fields[exact_field(each.name)] = _PLACED
        fields[stem_field(each.name)] = _COUNTED
    fields.update((facet_field(facet.name), {**_RAW, "fast": True}) for facet in FACETS)
    fields.update((sort_field(name), {**_RAW, "fast": True}) for name in SORTS)
    return fields


def build() -> tantivy.Schema:
    """Return the schema."""
    builder = tantivy.SchemaBuilder()
    for name, options in _text_fields().items():
        builder.add_text_field(name, **options)
    for name in (VERSION, *TIES):
        builder.add_integer_field(name, fast=True, indexed=True)
    builder.add_bytes_field(PAYLOAD, stored=True)
    return builder.build()


SCHEMA: Final = build()


def fingerprint() -> str:
    """Return a word that changes whenever an index has to be built anew."""
    bands = [(facet.name, facet.attribute, facet.kind, facet.bands) for facet in FACETS]
    told = repr((FORMAT, sorted(_text_fields().items()), FIELDS, bands, TIES))
    return hashlib.sha256(told.encode()).hexdigest()[:12]


def to_index(document: Document) -> tantivy.Document:
    """Return what is stored of a document that can be found."""
    made = _stamped(document.id, document.version, LIVE)
    _add_terms(made, document.texts)
    for facet in FACETS:
        for value in facet.values(document):
            made.add_text(facet_field(facet.name), value)
    for name, key in SORTS.items():
        made.add_text(sort_field(name), key(document))
    for entry in entries(document):
        made.add_text(SUGGEST, entry)
    made.add_bytes(PAYLOAD, _pack(document))
    return made


def tombstone(document_id: str, version: int) -> tantivy.Document:
    """Return what remains of a document that was removed, so that a late write cannot undo it."""
    return _stamped(document_id, version, GONE)


def stamp_parts(stamp: str) -> tuple[str, int]:
    """Return the id and the version that a stamp was made of."""
    document_id, _, version = stamp.rpartition(_SEPARATOR)
    return document_id, int(version)


def payload_of(stored: tantivy.Document) -> tuple[tuple[str, ...], tuple[Text, ...]]:
    """Return the subjects and the texts of a stored document."""
    payload = stored.get_first(PAYLOAD)
    if payload is None:
        return (), ()
    told = json.loads(bytes(payload))
    return tuple(told["subjects"]), tuple(Text(*row) for row in told["texts"])


def _stamped(document_id: str, version: int, state: str) -> tantivy.Document:
    made = tantivy.Document()
    made.add_text(ID, document_id)
    made.add_text(STAMP, f"{document_id}{_SEPARATOR}{version}")
    made.add_text(STATE, state)
    made.add_integer(VERSION, version)
    padded = document_id.encode().ljust(16, b"\0")
    for name, place in zip(TIES, (0, 8), strict=True):
        made.add_integer(name, int.from_bytes(padded[place : place + 8]) - 2**63)
    return made


def _add_terms(made: tantivy.Document, texts: Iterable[Text]) -> None:
    """Add each text as a value of its own: a phrase never reaches from one into the next."""
    by_text = {name: each for each in FIELDS for name in each.texts}
    for text in texts:
        each = by_text[text.field]
        tokens = analyse(text.value, text.lang)
        exact = (term for token in tokens for term in token.exact)
        made.add_text(exact_field(each.name), _joined(exact))
        stems = (term for token in tokens for term in token.stems)
        made.add_text(stem_field(each.name), _joined(stems))
        if each.trigrams:
            made.add_text(TRIGRAMS, _joined(trigram_terms(text.value, text.lang)))
        if each.whole and (key := whole_key(text.value, text.lang)):
            made.add_text(WHOLE, key[:LONGEST_TERM])


def _joined(terms: Iterable[str]) -> str:
    return " ".join(term for term in terms if len(term) <= LONGEST_TERM)


def _pack(document: Document) -> bytes:
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
    return json.dumps(told, ensure_ascii=False).encode()
