"""How a document lies in a tantivy index: its fields, and what is written into each."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

import tantivy

from search import layout
from search.facets import FACETS
from search.fields import FIELDS

if TYPE_CHECKING:
    from search.engine import Document, Text

STAMP: Final = "stamp"
VERSION: Final = "version"
TIES: Final = ("id_head", "id_tail")
"""The first sixteen bytes of an id as two numbers: equal scores are ordered by them."""

_SEPARATOR: Final = "\0"
_RAW: Final = {"tokenizer_name": "raw", "index_option": "basic"}
_COUNTED: Final = {"tokenizer_name": "whitespace", "index_option": "freq"}
_PLACED: Final = {"tokenizer_name": "whitespace", "index_option": "position"}


def _text_fields() -> dict[str, dict[str, Any]]:
    fields: dict[str, dict[str, Any]] = {
        layout.ID: {**_RAW, "stored": True},
        STAMP: _RAW,
        layout.STATE: {**_RAW, "stored": True},
    }
    fields.update((name, _RAW) for name in layout.RAW_FIELDS)
    fields.update((name, _PLACED) for name in layout.PLACED_FIELDS)
    fields.update((name, _COUNTED) for name in layout.COUNTED_FIELDS)
    fast = (*layout.FACET_FIELDS, *layout.SORT_FIELDS)
    fields.update((name, {**_RAW, "fast": True}) for name in fast)
    return fields


def build() -> tantivy.Schema:
    """Return the schema."""
    builder = tantivy.SchemaBuilder()
    for name, options in _text_fields().items():
        builder.add_text_field(name, **options)
    for name in (VERSION, *TIES):
        builder.add_integer_field(name, fast=True, indexed=True)
    builder.add_bytes_field(layout.PAYLOAD, stored=True)
    return builder.build()


SCHEMA: Final = build()


def fingerprint() -> str:
    """Return a word that changes whenever an index has to be built anew."""
    bands = [(facet.name, facet.attribute, facet.kind, facet.bands) for facet in FACETS]
    told = repr((layout.FORMAT, sorted(_text_fields().items()), FIELDS, bands, TIES))
    return hashlib.sha256(told.encode()).hexdigest()[:12]


def to_index(document: Document) -> tantivy.Document:
    """Return what is stored of a document that can be found."""
    made = _stamped(document.id, document.version, layout.LIVE)
    for name, held in layout.values(document).items():
        for value in held:
            made.add_text(name, value)
    made.add_bytes(layout.PAYLOAD, layout.pack(document))
    return made


def tombstone(document_id: str, version: int) -> tantivy.Document:
    """Return what remains of a document that was removed, so that a late write cannot undo it."""
    made = _stamped(document_id, version, layout.GONE)
    for name, (sign,) in layout.filling({}).items():
        made.add_text(name, sign)
    return made


def stamp_parts(stamp: str) -> tuple[str, int]:
    """Return the id and the version that a stamp was made of."""
    document_id, _, version = stamp.rpartition(_SEPARATOR)
    return document_id, int(version)


def payload_of(stored: tantivy.Document) -> tuple[tuple[str, ...], tuple[Text, ...]]:
    """Return the subjects and the texts of a stored document."""
    payload = stored.get_first(layout.PAYLOAD)
    return ((), ()) if payload is None else layout.unpack(bytes(payload))


def _stamped(document_id: str, version: int, state: str) -> tantivy.Document:
    made = tantivy.Document()
    made.add_text(layout.ID, document_id)
    made.add_text(STAMP, f"{document_id}{_SEPARATOR}{version}")
    made.add_text(layout.STATE, state)
    made.add_integer(VERSION, version)
    padded = document_id.encode().ljust(16, b"\0")
    for name, place in zip(TIES, (0, 8), strict=True):
        made.add_integer(name, int.from_bytes(padded[place : place + 8]) - 2**63)
    return made
