"""How a document lies in an Elasticsearch index: its mapping, and what is written of it.

Analysers are not used but `whitespace`, which every cluster has: terms come from `search.analysis`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from typing import TYPE_CHECKING, Any, Final

from search import layout
from search.facets import FACETS
from search.fields import FIELDS

if TYPE_CHECKING:
    from search.engine import Document, Text

FORMAT: Final = 1
"""Raised when the mapping is the same and the values are not."""
PROGRAM: Final = "caravan"
VERSION: Final = "version"
META: Final = "_meta"

LARGEST_BODY: Final = 24_000_000
"""Bytes of one document; a node with a heap of 512 MB takes no more than 51 MB at once."""

_RAW: Final[dict[str, Any]] = {"type": "keyword", "doc_values": False, "norms": False}
_SORTED: Final[dict[str, Any]] = {"type": "keyword"}
_PLACED: Final[dict[str, Any]] = {"type": "text", "analyzer": "whitespace"}
_COUNTED: Final[dict[str, Any]] = {**_PLACED, "index_options": "freqs"}

SETTINGS: Final[dict[str, Any]] = {
    # One shard: with several, how rare a word is would differ between them, and so would ranks.
    "index.number_of_shards": 1,
    # A copy on each of up to two further nodes; none on a single one, which stays green.
    "index.auto_expand_replicas": "0-1",
}


def _properties() -> dict[str, dict[str, Any]]:
    fields: dict[str, dict[str, Any]] = {
        layout.ID: _SORTED,
        layout.STATE: _RAW,
        VERSION: {"type": "long", "index": False},
        layout.WHOLE: _RAW,
        layout.SUGGEST: _SORTED,
        layout.PAYLOAD: {"type": "binary"},
    }
    fields.update((name, _PLACED) for name in layout.PLACED_FIELDS)
    fields.update((name, _COUNTED) for name in layout.COUNTED_FIELDS)
    fields.update((name, _SORTED) for name in (*layout.FACET_FIELDS, *layout.SORT_FIELDS))
    return fields


def fingerprint() -> str:
    """Return a word that changes whenever an index has to be built anew."""
    bands = [(facet.name, facet.attribute, facet.kind, facet.bands) for facet in FACETS]
    told = repr((FORMAT, layout.FORMAT, sorted(_properties().items()), FIELDS, bands))
    return hashlib.sha256(told.encode()).hexdigest()[:12]


def mapping() -> dict[str, Any]:
    """Return the mapping. Of what was sent only the payload is kept: terms are never shown."""
    return {
        "dynamic": "strict",
        META: {"program": PROGRAM, "fingerprint": fingerprint(), "complete": False},
        "_source": {"includes": [layout.PAYLOAD, layout.STATE]},
        "properties": _properties(),
    }


def to_index(document: Document) -> bytes:
    """Return what is sent of a document that can be found, as JSON."""
    held = dict(layout.values(document))
    packed = base64.b64encode(zlib.compress(layout.pack(document))).decode()
    stamp = _stamped(document.id, document.version, layout.LIVE)
    body = as_json({**stamp, **held, layout.PAYLOAD: packed})
    files = (layout.exact_field("files"), layout.stem_field("files"))
    while len(body) > LARGEST_BODY and any(held.get(name) for name in files):
        # A book of millions of signs: the end of it is not searched, rather than none of it.
        for name in files:
            held[name] = held[name][: len(held[name]) // 2]
        body = as_json({**stamp, **held, layout.PAYLOAD: packed})
    return body


def tombstone(document_id: str, version: int) -> bytes:
    """Return what remains of a document that was removed, so that a late write cannot undo it."""
    return as_json({**_stamped(document_id, version, layout.GONE), **layout.filling({})})


def external_version(version: int, state: str) -> int:
    """Return the version that the index compares: it stores only what is strictly higher.

    A removal outranks the document of the same version, and no version of a document is lost.
    """
    return 2 * version + (state == layout.GONE)


def payload_of(source: dict[str, Any]) -> tuple[tuple[str, ...], tuple[Text, ...]]:
    """Return the subjects and the texts of a stored document."""
    packed = source.get(layout.PAYLOAD)
    return ((), ()) if packed is None else layout.unpack(zlib.decompress(base64.b64decode(packed)))


def as_json(value: object) -> bytes:
    """Return JSON in UTF-8; half a surrogate pair, which is no sign, becomes a question mark."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")


def _stamped(document_id: str, version: int, state: str) -> dict[str, Any]:
    return {layout.ID: document_id, VERSION: version, layout.STATE: state}
