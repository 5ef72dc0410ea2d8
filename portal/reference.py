"""The vocabulary and the institutions, kept in memory for a minute: every page names some of them."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalog import vocabulary
from catalog.institutions import institutions
from search.thesaurus import ConceptLabel, Thesaurus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalog.database import Database
    from catalog.institutions import InstitutionView
    from catalog.vocabulary import ConceptView

KEPT_SECONDS = 60.0
"""A renamed institution shows its new name on every page within this time."""


@dataclass(frozen=True)
class Shelf:
    """One reading of both, with the thesaurus built from it."""

    concepts: Mapping[str, ConceptView]
    institutions: Mapping[str, InstitutionView]
    thesaurus: Thesaurus

    def concept_label(self, concept: str, language: str) -> str:
        """Return the name of a concept for a reader."""
        from_data = self.concepts.get(concept)
        if from_data is None:
            return concept
        labels = from_data.labels
        return (
            labels.get(language)
            or labels.get(language.split("-", maxsplit=1)[0])
            or labels.get("en", concept)
        )

    def institution_name(self, institution: str, language: str) -> str:
        """Return the name of an institution for a reader: theirs, English, or any it has."""
        return self.institution_named(institution, language)[0]

    def institution_named(self, institution: str, language: str) -> tuple[str, str]:
        """Return the same name, and the tag of the language it is in, "" where it has none."""
        house = self.institutions.get(institution)
        if house is None or not house.names:
            return institution, ""
        names = house.names
        tag = next((each for each in (language, "en") if names.get(each)), next(iter(names)))
        return names[tag], tag


class Reference:
    """Reads the shelf when first asked, and anew when it is old."""

    def __init__(self, database: Database) -> None:
        """Read nothing yet."""
        self._database = database
        self._lock = threading.Lock()
        self._shelf: Shelf | None = None
        self._read_at = 0.0

    def shelf(self) -> Shelf:
        """Return the present shelf; five statements when it is read, none otherwise."""
        with self._lock:
            if self._shelf is None or time.monotonic() - self._read_at > KEPT_SECONDS:
                self._shelf = self._read()
                self._read_at = time.monotonic()
            return self._shelf

    def forget(self) -> None:
        """Have the next page read the shelf anew, as after a change made here."""
        with self._lock:
            self._shelf = None

    def _read(self) -> Shelf:
        with self._database.reading() as session:
            concepts = {concept.id: concept for concept in vocabulary.concepts(session)}
            houses = {house.id: house for house in institutions(session)}
        labels = [
            ConceptLabel(concept=concept.id, lang=tag, text=text, preferred=preferred)
            for concept in concepts.values()
            for tag, text, preferred in _names(concept)
        ]
        return Shelf(concepts, houses, Thesaurus(labels))


def _names(concept: ConceptView) -> list[tuple[str, str, bool]]:
    preferred = [(tag, text, True) for tag, text in concept.labels.items()]
    others = [(tag, text, False) for tag, texts in concept.alternatives.items() for text in texts]
    return preferred + others
