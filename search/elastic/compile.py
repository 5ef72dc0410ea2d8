"""From clauses to Elasticsearch's own: term queries as objects, never its query language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, assert_never

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
from search.engine import Sort
from search.facets import FACETS, MOST_VALUES
from search.fields import LONGEST_VALUE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from search.stages import Step

Body = dict[str, Any]

MOST_TYPOS: Final = 200
"""Words that differ by one letter, looked at for one word; the engine's own limit is 50."""
FREE: Final = "free"
OWN: Final = "own_"
TOP: Final = "top"
CHOSEN: Final = "chosen"
_BY_COUNT: Final = [{"_count": "desc"}, {"_key": "asc"}]


def request(step: Step) -> Body:
    """Return the body of one search: hits and, where they are counted, all facets in one."""
    filters = {name: _values(name, values) for name, values in step.plan.filters.items()}
    body: Body = {
        "query": _query(step),
        "from": step.offset,
        "size": step.limit,
        "track_total_hits": True,
        "_source": [layout.PAYLOAD],
        "docvalue_fields": [layout.ID],
        "sort": _order(step.sort),
    }
    if filters:
        body["post_filter"] = {"bool": {"filter": list(filters.values())}}
    if step.counting:
        body["aggs"] = _counts(step.plan.filters, filters)
    return body


def compiled(clause: Clause, boost: float = 1.0) -> Body:
    """Return Elasticsearch's query for a clause, its score multiplied by `boost`."""
    match clause:
        case Scaled(inner, factor):
            return compiled(inner, boost * factor)
        case Const(inner, score):
            return {"constant_score": {"filter": compiled(inner), "boost": score * boost}}
        case AnyOf(()) | Nothing():
            # An empty `bool` would match everything.
            return {"match_none": {}}
        case AnyOf(clauses, least):
            return _bool(boost, should=clauses, minimum_should_match=least)
        case All(clauses, perhaps, without):
            return _bool(boost, must=clauses, should=perhaps, must_not=without)
        case _:
            return _of_terms(clause, boost)


def _of_terms(clause: Term | Values | Phrase | Prefix | Fuzzy, boost: float) -> Body:
    match clause:
        case Term(field, value):
            return {"term": {field: {"value": clean(value), "boost": boost}}}
        case Values(field, values):
            return {"terms": {field: [clean(each) for each in values], "boost": boost}}
        case Phrase(field, terms):
            # The analyser of the field only splits on blanks, and a term has none.
            return {"match_phrase": {field: {"query": " ".join(terms), "boost": boost}}}
        case Prefix(field, value):
            return {"prefix": {field: {"value": clean(value), "boost": boost}}}
        case Fuzzy(field, value):
            wanted = {"value": clean(value), "fuzziness": 1, "max_expansions": MOST_TYPOS}
            return {"fuzzy": {field: {**wanted, "boost": boost}}}
        case _:
            assert_never(clause)


def clean(value: str) -> str:
    """Return a value that can be sent: half a surrogate pair becomes a question mark.

    What is longer than any value of the index is cut, and still found nowhere: the engine refuses
    terms of more than 32,766 bytes.
    """
    return value[: LONGEST_VALUE + 1].encode(errors="replace").decode()


def _bool(boost: float, **parts: Iterable[Clause] | int) -> Body:
    told: Body = {"boost": boost}
    for name, part in parts.items():
        if isinstance(part, int):
            told[name] = part
        elif clauses := [compiled(each) for each in part]:
            told[name] = clauses
    return {"bool": told}


def _query(step: Step) -> Body:
    base = step.plan.base
    told: Body = {"filter": [compiled(each) for each in base.clauses]}
    if base.without:
        told["must_not"] = [compiled(each) for each in base.without]
    if step.words is not None:
        told["must"] = [compiled(step.words)]
    return {"bool": told}


def _order(sort: Sort) -> list[Body]:
    if sort is Sort.RELEVANCE:
        return [{"_score": {"order": "desc"}}, {layout.ID: {"order": "asc"}}]
    return [{layout.sort_field(sort.value): {"order": "asc"}}]


def _counts(chosen: Mapping[str, tuple[str, ...]], filters: Mapping[str, Body]) -> Body:
    """Count each facet as if nothing were chosen in it.

    All facets without a choice are counted together, each other one for itself: its most frequent
    values, and the chosen ones, which may be rare.
    """
    free = [facet.name for facet in FACETS if facet.name not in chosen]
    counts = {FREE: _among(filters.values(), {name: _top(name) for name in free})}
    for name, values in chosen.items():
        others = [each for other, each in filters.items() if other != name]
        include = {"include": [clean(each) for each in values], "size": max(len(values), 1)}
        own = {TOP: _top(name), CHOSEN: {"terms": {"field": layout.facet_field(name), **include}}}
        counts[OWN + name] = _among(others, own)
    return counts


def _among(filters: Iterable[Body], counts: Body) -> Body:
    return {"filter": {"bool": {"filter": list(filters)}}, "aggs": counts}


def _top(name: str) -> Body:
    field = layout.facet_field(name)
    return {"terms": {"field": field, "size": MOST_VALUES, "order": _BY_COUNT}}


def _values(name: str, values: tuple[str, ...]) -> Body:
    return compiled(Values(layout.facet_field(name), values))
