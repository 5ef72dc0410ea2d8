"""The house's own hand in the vocabulary: concepts of its own, other names, and what it retires.

The data that the program comes with stays the source of its concepts (decision 0016): their place
in the tree is not changed here, and their names come back when the house takes its own away.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from catalog import clock
from catalog.errors import Conflict, Fault, Invalid, NotFound
from catalog.indexing import touch_subjects
from catalog.policy.actions import Action
from catalog.policy.clauses import Standing
from catalog.policy.guard import demand
from catalog.tables.concept import Concept, ConceptBroader
from catalog.vocabulary import ConceptView, concepts, store_labels, store_over
from config.languages import normalise_tag
from config.subjects import load_concepts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy.orm import Session

    from catalog.policy.actor import Actor
    from catalog.vocabulary import Label

LONGEST = 100
"""Characters of a name."""
MOST_OTHERS = 20
"""Other names in one language."""
LONGEST_ID = 63


@dataclass(frozen=True)
class Given:
    """What is given for a concept: the name by language, and other names by language."""

    labels: Mapping[str, str]
    alternatives: Mapping[str, Sequence[str]]


def managed(session: Session, *, by: Actor) -> tuple[ConceptView, ...]:
    """Return the whole vocabulary, retired concepts too, for an admin of the site."""
    demand(by, Action.VOCABULARY_EDIT, Standing(), what="concept")
    return concepts(session)


def concept(session: Session, *, by: Actor, concept_id: str) -> ConceptView:
    """Return one concept; raises NotFound, NotPermitted."""
    for each in managed(session, by=by):
        if each.id == concept_id:
            return each
    raise NotFound("not_found", what="concept")


def add(
    session: Session, *, by: Actor, concept_id: str, given: Given, broader: str | None = None
) -> None:
    """Add a concept at the end of its branch. The id is an English word and stays for good.

    Raises Invalid, Conflict `concept_exists`, NotPermitted.
    """
    demand(by, Action.VOCABULARY_EDIT, Standing(), what="concept")
    faults = [] if _is_id(concept_id) else [Fault("id", "bad_id")]
    if broader and session.get(Concept, broader) is None:
        faults.append(Fault("broader", "unknown_subject", {"value": broader}))
    labels = _checked(given, faults)
    if session.get(Concept, concept_id) is not None:
        raise Conflict("concept_exists", id=concept_id)
    last = session.scalar(select(func.max(Concept.position))) or 0
    session.add(Concept(id=concept_id, position=last + 1))
    session.flush()
    if broader:
        session.add(ConceptBroader(concept_id=concept_id, broader_id=broader))
    store_labels(session, concept_id, labels, own=True)


def change(
    session: Session,
    *,
    by: Actor,
    concept_id: str,
    given: Given | None = None,
    retired: bool | None = None,
) -> None:
    """Name a concept anew, retire it or bring it back; None leaves a thing as it is.

    A concept of the data shows the name that came with it in a language for which none is given.
    What is published with the concept is indexed anew. Raises Invalid, NotFound, NotPermitted.
    """
    concept(session, by=by, concept_id=concept_id)
    row = session.get_one(Concept, concept_id)
    if given is not None:
        store_over(session, concept_id, _beyond_data(concept_id, _checked(given, [])))
        touch_subjects(session, {concept_id})
    if retired is not None and retired != (row.retired_at is not None):
        row.retired_at = clock.now() if retired else None
    session.flush()


def _is_id(text: str) -> bool:
    plain = text.replace("_", "").replace("-", "")
    return len(text) <= LONGEST_ID and plain.isascii() and plain.isalnum() and text == text.lower()


def _beyond_data(concept_id: str, labels: set[Label]) -> set[Label]:
    """Leave out what the data says already, so that its next edition may say it better."""
    for record in load_concepts():
        if record.id == concept_id:
            known = {(tag, value, True) for tag, value in record.labels.items()}
            known |= {
                (tag, value, False) for tag, values in record.alt_labels.items() for value in values
            }
            return labels - known
    return labels


def _checked(given: Given, faults: list[Fault]) -> set[Label]:
    """Return the labels; raises Invalid with these faults and its own."""
    found = _labels(given, faults)
    for tag, values in given.alternatives.items():
        if len(values) > MOST_OTHERS:
            faults.append(Fault(f"other.{tag}", "too_many"))
    if not any(found.values()):
        faults.append(Fault("label", "required"))
    if faults:
        raise Invalid(tuple(faults))
    return {(tag, words, preferred) for (tag, words), preferred in found.items()}


def _labels(given: Given, faults: list[Fault]) -> dict[tuple[str, str], bool]:
    """Return by tag and words whether a label is the preferred one; a word stands once."""
    found: dict[tuple[str, str], bool] = {}
    for tag, value, preferred in _named(given):
        name = f"label.{tag}" if preferred else f"other.{tag}"
        words = " ".join(value.split())
        try:
            known = normalise_tag(tag)
        except ValueError:
            faults.append(Fault(name, "unknown_language"))
            continue
        if len(words) > LONGEST:
            faults.append(Fault(name, "too_long", {"longest": LONGEST}))
        if words:
            found.setdefault((known, words), preferred)
    return found


def _named(given: Given) -> Iterable[tuple[str, str, bool]]:
    yield from ((tag, value, True) for tag, value in given.labels.items())
    for tag, values in given.alternatives.items():
        yield from ((tag, value, False) for value in values)
