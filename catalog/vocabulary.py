"""The subject vocabulary in the catalogue: loaded from data, read as a tree, found by any label.

What the house adds to it (`catalog.concepts`) lies over the data and outlives a new edition.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select

from catalog.indexing import touch_subjects
from catalog.states import State
from catalog.tables.concept import Concept, ConceptBroader, ConceptLabel, VersionSubject
from catalog.tables.resource import Version
from config.subjects import load_concepts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sqlalchemy.orm import Session

    from config.subjects import ConceptRecord


@dataclass(frozen=True)
class ConceptView:
    """A concept with its labels (language -> preferred, language -> others) and its neighbours."""

    id: str
    labels: Mapping[str, str]
    alternatives: Mapping[str, tuple[str, ...]]
    broader: tuple[str, ...]
    narrower: tuple[str, ...]
    retired: bool = False


Label = tuple[str, str, bool]
"""Language, value, and whether it is the preferred one."""


def load(session: Session, records: Sequence[ConceptRecord]) -> None:
    """Bring the tables to what the data files say. A concept that is gone from them stays.

    Only what differs is written; published resources that a change is about are indexed anew.
    """
    known = {concept.id: concept for concept in session.scalars(select(Concept))}
    for place, record in enumerate(records):
        if record.id not in known:
            session.add(Concept(id=record.id, position=place))
        elif known[record.id].position != place:
            known[record.id].position = place
    session.flush()
    changed = _load_labels(session, records)
    moved = _load_broader(session, records)
    changed |= {record.id for record in records if _ancestors(record, records) & moved}
    touch_subjects(session, changed)


def _load_labels(session: Session, records: Sequence[ConceptRecord]) -> set[str]:
    present: dict[str, set[Label]] = defaultdict(set)
    own: dict[str, set[Label]] = defaultdict(set)
    for concept, tag, value, preferred, ours in _label_rows(session):
        (own if ours else present)[concept].add((tag, value, preferred))
    wanted = {each.id: _beside(_labels_of(each), own[each.id]) for each in records}
    changed = {concept: labels for concept, labels in wanted.items() if labels != present[concept]}
    if changed:
        _store(session, changed, own=False)
    return set(changed)


def _beside(labels: set[Label], own: set[Label]) -> set[Label]:
    """Return the labels of the data beside the house's own: in a language one alone is preferred."""
    preferred = {tag for tag, _, first in own if first}
    there = {(tag, value) for tag, value, _ in own}
    return {
        (tag, value, first and tag not in preferred)
        for tag, value, first in labels
        if (tag, value) not in there
    }


def store_labels(session: Session, concept_id: str, labels: set[Label], *, own: bool) -> None:
    """Write the labels of a concept anew: those of the house, or those of the data."""
    _store(session, {concept_id: labels}, own=own)


def _store(session: Session, labels: Mapping[str, set[Label]], *, own: bool) -> None:
    """Write the labels of concepts anew, in two statements: one row after the other takes a second."""
    session.flush()
    session.execute(
        delete(ConceptLabel).where(ConceptLabel.concept_id.in_(labels), ConceptLabel.own.is_(own))
    )
    rows = [
        {
            "concept_id": concept,
            "language": tag,
            "value": value,
            "preferred": preferred,
            "folded": folded(value),
            "own": own,
        }
        for concept, names in labels.items()
        for tag, value, preferred in names
    ]
    if rows:
        session.execute(insert(ConceptLabel), rows)


def store_over(session: Session, concept_id: str, own: set[Label]) -> None:
    """Lay the house's own labels over those of the data, or take them off again."""
    store_labels(session, concept_id, set(), own=False)
    store_labels(session, concept_id, own, own=True)
    for record in load_concepts():
        if record.id == concept_id:
            store_labels(session, concept_id, _beside(_labels_of(record), own), own=False)


def _label_rows(session: Session) -> Iterable[tuple[str, str, str, bool, bool]]:
    """Give concept, language, value, whether it is preferred and whether our own, by value.

    Plain rows: made objects of, they leave 3 MB in the memory of every process.
    """
    return session.execute(
        select(
            ConceptLabel.concept_id,
            ConceptLabel.language,
            ConceptLabel.value,
            ConceptLabel.preferred,
            ConceptLabel.own,
        ).order_by(ConceptLabel.value)
    ).tuples()


def _labels_of(record: ConceptRecord) -> set[Label]:
    names = dict.fromkeys(record.labels.items(), True)
    for tag, values in record.alt_labels.items():
        for value in values:
            names.setdefault((tag, value), False)
    return {(tag, value, preferred) for (tag, value), preferred in names.items()}


def _load_broader(session: Session, records: Sequence[ConceptRecord]) -> set[str]:
    ours = {record.id for record in records}
    links = session.scalars(select(ConceptBroader))
    present = {(row.concept_id, row.broader_id) for row in links if row.concept_id in ours}
    wanted = {(record.id, broader) for record in records for broader in record.broader}
    for concept, broader in present - wanted:
        session.execute(
            delete(ConceptBroader).where(
                ConceptBroader.concept_id == concept, ConceptBroader.broader_id == broader
            )
        )
    session.add_all(
        ConceptBroader(concept_id=concept, broader_id=broader)
        for concept, broader in wanted - present
    )
    session.flush()
    return {concept for concept, _ in present ^ wanted}


def _ancestors(record: ConceptRecord, records: Sequence[ConceptRecord]) -> set[str]:
    """Return the ids of a concept and of all that are broader."""
    by_id = {each.id: each for each in records}
    found: set[str] = set()
    left = [record.id]
    while left:
        concept = left.pop()
        if concept not in found:
            found.add(concept)
            left.extend(by_id[concept].broader if concept in by_id else ())
    return found


def concepts(session: Session) -> tuple[ConceptView, ...]:
    """Return the whole vocabulary in three statements, in its own order."""
    labels: dict[str, dict[str, str]] = defaultdict(dict)
    others: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for concept, tag, value, preferred, _own in _label_rows(session):
        if preferred:
            labels[concept][tag] = value
        else:
            others[concept][tag].append(value)
    broader, narrower = defaultdict(list), defaultdict(list)
    for link in session.scalars(select(ConceptBroader)):
        broader[link.concept_id].append(link.broader_id)
        narrower[link.broader_id].append(link.concept_id)
    rows = session.scalars(select(Concept).order_by(Concept.position, Concept.id))
    return tuple(
        ConceptView(
            id=each.id,
            labels=labels[each.id],
            alternatives={tag: tuple(texts) for tag, texts in others[each.id].items()},
            broader=tuple(sorted(broader[each.id])),
            narrower=tuple(sorted(narrower[each.id])),
            retired=each.retired_at is not None,
        )
        for each in rows
    )


def counts(session: Session) -> dict[str, int]:
    """Return how many public resources name each concept or one narrower, in one statement.

    The same as the facet counts, so that a subject leads to as many results as it says.
    """
    within = select(Concept.id.label("concept"), Concept.id.label("counted")).cte(recursive=True)
    within = within.union(
        select(within.c.concept, ConceptBroader.broader_id).join(
            ConceptBroader, ConceptBroader.concept_id == within.c.counted
        )
    )
    return dict(
        session.execute(
            select(within.c.counted, func.count(VersionSubject.version_id.distinct()))
            .join(VersionSubject, VersionSubject.concept_id == within.c.concept)
            .join(Version, Version.id == VersionSubject.version_id)
            .where(Version.state == State.PUBLISHED)
            .group_by(within.c.counted)
        )
        .tuples()
        .all()
    )


def subject_finder(session: Session) -> Callable[[str], str | None]:
    """Return a function from a concept's id or a label in any language to its id.

    Each look-up is one statement over an index: a payload names a few subjects of thousands. A
    retired concept is found by its id alone: who has it keeps it, nobody comes to it by a word.
    """

    def find(word: str) -> str | None:
        concept = session.get(Concept, word.strip())
        if concept is not None:
            return concept.id
        return session.scalar(
            select(ConceptLabel.concept_id)
            .join(Concept, Concept.id == ConceptLabel.concept_id)
            .where(ConceptLabel.folded == folded(word), Concept.retired_at.is_(None))
            .order_by(ConceptLabel.preferred.desc(), ConceptLabel.concept_id)
            .limit(1)
        )

    return find


def around(session: Session, ids: Iterable[str]) -> dict[str, ConceptView]:
    """Return some concepts with all their labels, and those broader with none, in two statements."""
    links: dict[str, list[str]] = defaultdict(list)
    for concept, above in session.execute(
        select(ConceptBroader.concept_id, ConceptBroader.broader_id)
    ).tuples():
        links[concept].append(above)
    own = set(ids)
    labels: dict[str, dict[str, str]] = defaultdict(dict)
    asked = select(ConceptLabel.concept_id, ConceptLabel.language, ConceptLabel.value).where(
        ConceptLabel.concept_id.in_(own), ConceptLabel.preferred
    )
    for concept, tag, label in session.execute(asked).tuples():
        labels[concept][tag] = label
    found: dict[str, ConceptView] = {}
    left = list(own)
    while left:
        each = left.pop()
        if each not in found:
            broader = tuple(sorted(links[each]))
            found[each] = ConceptView(each, labels.get(each, {}), {}, broader, ())
            left.extend(broader)
    return found


def folded(word: str) -> str:
    """Return a label as it is looked up."""
    return " ".join(unicodedata.normalize("NFKC", word).casefold().replace("_", " ").split())
