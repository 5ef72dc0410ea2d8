"""The subject vocabulary as it is shipped: SKOS concepts in ``data/subjects.jsonld``.

The file is JSON-LD that any SKOS program reads; here it is read as the plain JSON that it is, in
the one shape that it is written in.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

_FILE: Final = Path(__file__).parent / "data" / "subjects.jsonld"


@dataclass(frozen=True)
class ConceptRecord:
    """One concept; labels are by language tag, and ``broader`` is empty at the top of the tree."""

    id: str
    broader: tuple[str, ...]
    labels: Mapping[str, str]
    alt_labels: Mapping[str, tuple[str, ...]]


@cache
def load_concepts() -> tuple[ConceptRecord, ...]:
    """Return all concepts in the order of the file; a broader one may come after its narrower."""
    graph = json.loads(_FILE.read_text(encoding="utf-8"))["@graph"]
    return tuple(_concept(node) for node in graph if node["@type"] == "Concept")


def _concept(node: Mapping[str, Any]) -> ConceptRecord:
    alternatives = {tag: tuple(texts) for tag, texts in node["altLabel"].items()}
    return ConceptRecord(
        id=node["@id"],
        broader=tuple(node.get("broader", ())),
        labels=MappingProxyType(node["prefLabel"]),
        alt_labels=MappingProxyType(alternatives),
    )
