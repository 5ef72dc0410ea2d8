"""From a `Query` to tantivy's own: always from Query objects, never through a query language."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tantivy import Occur
from tantivy import Query as Clause

from search.embedded import schema
from search.embedded.schema import SCHEMA
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
    from collections.abc import Iterable, Mapping, Sequence

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

    `strict` has all the words; `some` has any of them and `loose` what resembles one. Either is
    None where it could find nothing that the step before it has not.
    """

    base: Clause
    filters: Mapping[str, Clause]
    strict: Clause | None
    some: Clause | None
    loose: Clause | None

    def within(self, words: Clause | None, *, without: str | None = None) -> Clause:
        """Return `words` among what the filters let through, but for the filter of one facet."""
        parts = [(Occur.Must, self.base)]
        parts += [(Occur.Must, each) for name, each in self.filters.items() if name != without]
        if words is not None:
            parts.append((Occur.Must, words))
        return Clause.boolean_query(parts)


def plan(query: Query) -> Plan:
    """Return the steps of a search. Raises `EngineRefused` for a facet that there is not."""
    wanted = [(place, word) for place, word in enumerate(query.words) if not word.without]
    units = [unit for place, word in wanted for unit in _units(query, place, word)][:MOST_UNITS]
    words = [word for _, word in wanted][:MOST_UNITS]
    filters = {
        name: _unscored(Clause.term_set_query(SCHEMA, schema.facet_field(name), list(values)))
        for name, values in chosen(query.filters).items()
    }
    excluded = [word for word in query.words if word.without and word.exact][:MOST_UNITS]
    if not wanted:
        nothing = bool(query.text.strip()) and not excluded
        strict = Clause.empty_query() if nothing else None
        return Plan(_base(excluded), filters, strict, None, None)
    strict = _strict(query, words, units)
    return Plan(_base(excluded), filters, strict, _some(words, units), _loose(words))


def excluding(found: Clause, already: Sequence[Clause]) -> Clause:
    """Return what `found` has and none of `already` has."""
    parts = [(Occur.Must, found), *((Occur.MustNot, each) for each in already)]
    return Clause.boolean_query(parts)


def one_after_other(first: Clause, second: Clause) -> Clause:
    """Return what either has, all that the first has ranking before the rest."""
    return _any([Clause.boost_query(first, _FIRST_BY_FAR), second])


def by_id(document_id: str) -> Clause:
    """Return the query for one document, found or removed."""
    return _term(schema.ID, document_id)


def in_state(state: str) -> Clause:
    """Return the query for all live documents, or for all tombstones."""
    return _unscored(_term(schema.STATE, state))


def _base(excluded: Iterable[Word]) -> Clause:
    parts = [(Occur.Must, in_state(schema.LIVE))]
    parts += [(Occur.MustNot, _excluded(word)) for word in excluded]
    return Clause.boolean_query(parts)


def _strict(query: Query, words: Sequence[Word], units: Sequence[Clause]) -> Clause:
    """All words and phrases; of many words three quarters."""
    parts: list[tuple[Occur, Clause]] = []
    if len(units) <= ALL_UP_TO:
        parts += [(Occur.Must, unit) for unit in units]
    else:
        least = math.ceil(len(units) * SHARE_OF_WORDS)
        enough = Clause.boolean_query([(Occur.Should, unit) for unit in units], least)
        parts.append((Occur.Must, enough))
    phrases = [word for word in words if word.form == "phrase" and word.exact]
    parts += [(Occur.Must, _phrase(word.exact)) for word in phrases]
    if not parts:
        return Clause.empty_query()
    runs = [word for word in words if word.form == "word" and len(word.exact) > 1]
    parts += [(Occur.Should, _stems(word)) for word in runs if word.stem]
    strict = Clause.boolean_query(parts)
    if query.whole and all(word.form == "word" for word in query.words):
        whole = Clause.const_score_query(_term(schema.WHOLE, query.whole), WHOLE_WEIGHT)
        return _any([strict, whole])
    return strict


def _some(words: Sequence[Word], units: Sequence[Clause]) -> Clause | None:
    """Any word, those of phrases too; what has a word like the others ranks higher."""
    loosened = [
        _any(_exactly(term)) for word in words if word.form == "phrase" for term in word.exact
    ]
    parts = [*units, *loosened][:MOST_UNITS]
    if len(parts) <= 1:
        return None
    found: list[tuple[Occur, Clause]] = [(Occur.Must, _any(parts))]
    alike = _loose(words)
    return Clause.boolean_query(found if alike is None else [*found, (Occur.Should, alike)])


def _loose(words: Iterable[Word]) -> Clause | None:
    """Most trigrams of a word, or a word that differs by one letter."""
    parts: list[Clause] = []
    for word in words:
        if word.trigrams:
            parts.append(Clause.boost_query(_trigrams(word.trigrams), TRIGRAM_WEIGHT))
        parts += [typo for term in word.exact if _may_be_mistyped(term) for typo in _typos(term)]
    return _any(parts) if parts else None


def _units(query: Query, place: int, word: Word) -> list[Clause]:
    """The pieces of a word, each of which is met by itself or by a concept that covers the word."""
    if word.form == "phrase" or not word.exact:
        return []
    concepts = [
        Clause.const_score_query(
            _term(schema.facet_field("subject"), match.concept), CONCEPT_WEIGHT
        )
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
    return [_any([*piece, *concepts]) for piece in pieces]


def _exactly(term: str) -> list[Clause]:
    return [
        Clause.boost_query(_term(schema.exact_field(each.name), term), each.weight * EXACT_WEIGHT)
        for each in FIELDS
    ]


def _stems(word: Word) -> Clause:
    return _any(
        [
            Clause.boost_query(
                _term(schema.stem_field(each.name), stem, "freq"),
                each.weight * STEM_WEIGHT,
            )
            for each in FIELDS
            for stem in dict.fromkeys(word.stem)
        ]
    )


def _beginning(prefix: str) -> list[Clause]:
    # An edit distance of none over prefixes: terms that begin so. It does not score, so weigh it.
    return [
        Clause.const_score_query(
            Clause.fuzzy_term_query(SCHEMA, schema.exact_field(each.name), prefix, 0, prefix=True),
            each.weight * EXACT_WEIGHT,
        )
        for each in FIELDS
    ]


def _phrase(terms: Sequence[str]) -> Clause:
    if len(terms) == 1:
        return _any(_exactly(terms[0]))
    return _any(
        [
            Clause.boost_query(
                Clause.phrase_query(SCHEMA, schema.exact_field(each.name), list(terms)),
                each.weight * EXACT_WEIGHT,
            )
            for each in FIELDS
        ]
    )


def _excluded(word: Word) -> Clause:
    if word.form == "prefix":
        return _any(_beginning(word.exact[-1]))
    if word.form == "phrase" or len(word.exact) > 1:
        return _phrase(word.exact)
    return _any([*_exactly(word.exact[0]), *([_stems(word)] if word.stem else [])])


def _trigrams(trigrams: Iterable[str]) -> Clause:
    parts = [_term(schema.TRIGRAMS, each, "freq") for each in dict.fromkeys(trigrams)]
    least = math.ceil(len(parts) * SHARE_OF_TRIGRAMS)
    return Clause.boolean_query([(Occur.Should, part) for part in parts], least)


def _may_be_mistyped(term: str) -> bool:
    pieces = any(low <= term[0] <= high for low, high in _NO_TYPOS)
    return len(term) >= SHORTEST_TYPO and term.isalpha() and not pieces


def _typos(term: str) -> list[Clause]:
    return [
        Clause.const_score_query(
            Clause.fuzzy_term_query(SCHEMA, schema.exact_field(each.name), term, 1),
            each.weight * EXACT_WEIGHT,
        )
        for each in FIELDS
    ]


def _term(field: str, value: str, index_option: str = "position") -> Clause:
    return Clause.term_query(SCHEMA, field, value, index_option)


def _unscored(clause: Clause) -> Clause:
    return Clause.const_score_query(clause, 0.0)


def _any(clauses: Sequence[Clause]) -> Clause:
    return Clause.boolean_query([(Occur.Should, clause) for clause in clauses])
