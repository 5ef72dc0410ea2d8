"""The steps of a search as a tree that no engine knows; each engine writes it in its own terms.

So two engines find alike by construction: what is wanted is said once, here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from search import layout
from search.clauses import All, AnyOf, Clause, Const, Fuzzy, Nothing, Phrase, Prefix, Scaled, Term
from search.facets import chosen
from search.fields import (
    CONCEPT_WEIGHT,
    EXACT_WEIGHT,
    FIELDS,
    STEM_WEIGHT,
    TRIGRAM_WEIGHT,
    WHOLE_WEIGHT,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from search.engine import Query, Word

ALL_UP_TO: Final = 4
"""Of more words than this three quarters are enough (RELEVANCE: strict AND loses long titles)."""
SHARE_OF_WORDS: Final = 0.75
SHARE_OF_TRIGRAMS: Final = 0.6
MOST_UNITS: Final = 40
"""What is typed beyond this many words is ignored: each costs a dozen term look-ups."""
SHORTEST_TYPO: Final = 4
"""Letters of a word that may differ by one (RELEVANCE, typos)."""
_NO_TYPOS: Final = (("฀", "๿"), ("က", "႟"), ("⺀", "鿿"))
"""Scripts whose terms are pieces, not words: Thai, Burmese, Chinese."""
_FIRST_BY_FAR: Final = 1000.0


@dataclass(frozen=True)
class Plan:
    """The steps of a search. Every clause but `base` and `filters` carries the score.

    `base` is what all results are among, `filters` maps facets to the values chosen. `strict` has
    all the words; `some` has any of them and `loose` what resembles one. Either is None where it
    could find nothing that the step before it has not.
    """

    base: All
    filters: Mapping[str, tuple[str, ...]]
    strict: Clause | None
    some: Clause | None
    loose: Clause | None


def plan(query: Query) -> Plan:
    """Return the steps of a search. Raises `EngineRefused` for a facet that there is not."""
    filters = chosen(query.filters)
    excluded = [word for word in query.words if word.without and word.exact][:MOST_UNITS]
    words = [word for word in query.words if not word.without][:MOST_UNITS]
    if not words:
        nothing = bool(query.text.strip()) and not excluded
        return Plan(_base(excluded), filters, Nothing() if nothing else None, None, None)
    units = _all_units(query)
    strict = _strict(query, words, units)
    return Plan(_base(excluded), filters, strict, _some(words, units), _loose(words))


def _all_units(query: Query) -> list[Clause]:
    wanted = [(place, word) for place, word in enumerate(query.words) if not word.without]
    return [unit for place, word in wanted for unit in _units(query, place, word)][:MOST_UNITS]


def excluding(found: Clause, already: Sequence[Clause]) -> Clause:
    """Return what `found` has and none of `already` has."""
    return All((found,), without=tuple(already))


def one_after_other(first: Clause, second: Clause) -> Clause:
    """Return what either has, all that the first has ranking before the rest."""
    return AnyOf((Scaled(first, _FIRST_BY_FAR), second))


def _base(excluded: Iterable[Word]) -> All:
    live = Term(layout.STATE, layout.LIVE)
    return All((live,), without=tuple(_excluded(word) for word in excluded))


def _strict(query: Query, words: Sequence[Word], units: Sequence[Clause]) -> Clause:
    """All words and phrases; of many words three quarters."""
    parts = [*_most_of(units), *_phrases(words)]
    if not parts:
        return Nothing()
    strict = All(tuple(parts), perhaps=_stems_of_runs(words))
    if query.whole and all(word.form == "word" for word in query.words):
        whole = Const(Term(layout.WHOLE, query.whole), WHOLE_WEIGHT)
        return AnyOf((strict, whole))
    return strict


def _most_of(units: Sequence[Clause]) -> Sequence[Clause]:
    if len(units) <= ALL_UP_TO:
        return units
    return [AnyOf(tuple(units), least=math.ceil(len(units) * SHARE_OF_WORDS))]


def _phrases(words: Iterable[Word]) -> Iterator[Clause]:
    for word in words:
        if word.form == "phrase" and word.exact:
            yield _phrase(word.exact)


def _stems_of_runs(words: Iterable[Word]) -> tuple[Clause, ...]:
    """Of a word of several pieces, its stems may be met as well."""
    runs = (word for word in words if word.form == "word" and len(word.exact) > 1)
    return tuple(_stems(word) for word in runs if word.stem)


def _some(words: Sequence[Word], units: Sequence[Clause]) -> Clause | None:
    """Any word, those of phrases too; what has a word like the others ranks higher."""
    loosened = [
        AnyOf(tuple(_exactly(term)))
        for word in words
        if word.form == "phrase"
        for term in word.exact
    ]
    parts = [*units, *loosened][:MOST_UNITS]
    if len(parts) <= 1:
        return None
    alike = _loose(words)
    return All((AnyOf(tuple(parts)),), perhaps=() if alike is None else (alike,))


def _loose(words: Iterable[Word]) -> Clause | None:
    """Most trigrams of a word, or a word that differs by one letter."""
    parts: list[Clause] = []
    for word in words:
        if word.trigrams:
            parts.append(Scaled(_trigrams(word.trigrams), TRIGRAM_WEIGHT))
        parts += [typo for term in word.exact if _may_be_mistyped(term) for typo in _typos(term)]
    return AnyOf(tuple(parts)) if parts else None


def _units(query: Query, place: int, word: Word) -> list[Clause]:
    """The pieces of a word, each of which is met by itself or by a concept that covers the word."""
    if word.form == "phrase" or not word.exact:
        return []
    concepts = [
        Const(Term(layout.facet_field("subject"), match.concept), CONCEPT_WEIGHT)
        for match in query.concepts
        if match.first <= place <= match.last
    ]
    *before, last = dict.fromkeys(word.exact)
    pieces = [_exactly(term) for term in before]
    if word.form == "prefix":
        pieces.append(_beginning(last))
    elif before:
        pieces.append(_exactly(last))
    else:
        pieces.append([*_exactly(last), *([_stems(word)] if word.stem else [])])
    return [AnyOf((*piece, *concepts)) for piece in pieces]


def _exactly(term: str) -> list[Clause]:
    return [
        Scaled(Term(layout.exact_field(each.name), term), each.weight * EXACT_WEIGHT)
        for each in FIELDS
    ]


def _stems(word: Word) -> Clause:
    return AnyOf(
        tuple(
            Scaled(Term(layout.stem_field(each.name), stem), each.weight * STEM_WEIGHT)
            for each in FIELDS
            for stem in dict.fromkeys(word.stem)
        )
    )


def _beginning(prefix: str) -> list[Clause]:
    return [
        Const(Prefix(layout.exact_field(each.name), prefix), each.weight * EXACT_WEIGHT)
        for each in FIELDS
    ]


def _phrase(terms: Sequence[str]) -> Clause:
    if len(terms) == 1:
        return AnyOf(tuple(_exactly(terms[0])))
    return AnyOf(
        tuple(
            Scaled(Phrase(layout.exact_field(each.name), tuple(terms)), each.weight * EXACT_WEIGHT)
            for each in FIELDS
        )
    )


def _excluded(word: Word) -> Clause:
    if word.form == "prefix":
        return AnyOf(tuple(_beginning(word.exact[-1])))
    if word.form == "phrase" or len(word.exact) > 1:
        return _phrase(word.exact)
    return AnyOf((*_exactly(word.exact[0]), *([_stems(word)] if word.stem else [])))


def _trigrams(trigrams: Iterable[str]) -> Clause:
    parts = tuple(Term(layout.TRIGRAMS, each) for each in dict.fromkeys(trigrams))
    return AnyOf(parts, least=math.ceil(len(parts) * SHARE_OF_TRIGRAMS))


def _may_be_mistyped(term: str) -> bool:
    pieces = any(low <= term[0] <= high for low, high in _NO_TYPOS)
    return len(term) >= SHORTEST_TYPO and term.isalpha() and not pieces


def _typos(term: str) -> list[Clause]:
    return [
        Const(Fuzzy(layout.exact_field(each.name), term), each.weight * EXACT_WEIGHT)
        for each in FIELDS
    ]
