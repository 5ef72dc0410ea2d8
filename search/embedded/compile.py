"""From clauses to tantivy's own: always Query objects, never through a query language."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from tantivy import Occur
from tantivy import Query as Native

from search import layout
from search.clauses import (
    All,
    AnyOf,
    Clause,
    Const,
    Fuzzy,
    Nothing,
    Phrase,
    Prefix,
    Scaled,
    Term,
    Values,
)
from search.embedded.schema import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterable

    from search.plan import Plan


def within(plan: Plan, words: Clause | None, *, without: str | None = None) -> Native:
    """Return `words` among what the filters let through, but for the filter of one facet."""
    chosen = [
        Const(Values(layout.facet_field(name), values), 0.0)
        for name, values in plan.filters.items()
        if name != without
    ]
    base = All((Const(plan.base.clauses[0], 0.0),), without=plan.base.without)
    return compiled(All((base, *chosen, *(() if words is None else (words,)))))


def by_id(document_id: str) -> Native:
    """Return the query for one document, found or removed."""
    return compiled(Term(layout.ID, document_id))


def in_state(state: str) -> Native:
    """Return the query for all live documents, or for all tombstones."""
    return compiled(Const(Term(layout.STATE, state), 0.0))


def compiled(clause: Clause) -> Native:
    """Return tantivy's query for a clause."""
    match clause:
        case Scaled(inner, factor):
            return Native.boost_query(compiled(inner), factor)
        case Const(inner, score):
            return Native.const_score_query(compiled(inner), score)
        case AnyOf(clauses, least):
            return Native.boolean_query(_each(Occur.Should, clauses), least)
        case All(clauses, perhaps, without):
            return Native.boolean_query(
                [
                    *_each(Occur.Must, clauses),
                    *_each(Occur.Should, perhaps),
                    *_each(Occur.MustNot, without),
                ]
            )
        case Nothing():
            return Native.empty_query()
        case _:
            return _of_terms(clause)


def _of_terms(clause: Term | Values | Phrase | Prefix | Fuzzy) -> Native:
    match clause:
        case Term(field, value):
            counted = field in layout.COUNTED_FIELDS
            return Native.term_query(SCHEMA, field, value, "freq" if counted else "position")
        case Values(field, values):
            return Native.term_set_query(SCHEMA, field, list(values))
        case Phrase(field, terms):
            return Native.phrase_query(SCHEMA, field, list(terms))
        case Prefix(field, value):
            # An edit distance of none over prefixes: terms that begin so.
            return Native.fuzzy_term_query(SCHEMA, field, value, 0, prefix=True)
        case Fuzzy(field, value):
            return Native.fuzzy_term_query(SCHEMA, field, value, 1)
        case _:
            assert_never(clause)


def _each(occur: Occur, clauses: Iterable[Clause]) -> list[tuple[Occur, Native]]:
    return [(occur, compiled(each)) for each in clauses]
