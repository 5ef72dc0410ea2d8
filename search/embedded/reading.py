"""One pass over an index: a page of hits in a stable order, and the counts of every facet."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from tantivy import Order

from search.embedded.compile import within
from search.embedded.schema import TIES, payload_of
from search.engine import Hit, Sort
from search.facets import FACETS, arranged
from search.layout import ID, facet_field, sort_field
from search.stages import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import tantivy

    from search.clauses import Clause
    from search.engine import FacetCount
    from search.plan import Plan
    from search.stages import Step

    Scored = list[tuple[float, tantivy.DocAddress]]

_MOST_COUNTED: Final = 5000
"""Values counted of one facet before the 50 are chosen, so that ties are cut in our order."""


@dataclass(frozen=True)
class Span:
    """The stretch of results to show."""

    offset: int
    limit: int


def answer(searcher: tantivy.Searcher, step: Step) -> Answer:
    """Answer one step of a search."""
    total, found = hits(
        searcher,
        within(step.plan, step.words),
        step.sort,
        Span(step.offset, step.limit),
        near=step.near,
    )
    counts = facets(searcher, step.plan, step.words) if step.counting else {}
    return Answer(total, found, counts)


def count(searcher: tantivy.Searcher, clause: tantivy.Query) -> int:
    """Return how many documents match."""
    return _total(searcher.search(clause, limit=1))


def hits(
    searcher: tantivy.Searcher,
    clause: tantivy.Query,
    sort: Sort,
    span: Span,
    *,
    near: bool,
) -> tuple[int, tuple[Hit, ...]]:
    """Return how many documents match, and a stretch of them in order, ties by id."""
    if sort is Sort.RELEVANCE:
        total, found = _by_score(searcher, clause, span)
    else:
        answer = searcher.search(
            clause,
            limit=max(span.limit, 1),
            offset=span.offset,
            order_by_field=sort_field(sort.value),
            order=Order.Asc,
        )
        total, found = (
            _total(answer),
            [(0.0, each) for _, each in answer.hits[: span.limit]],
        )
    shown = []
    for score, address in found:
        stored = searcher.doc(address)
        shown.append(Hit(stored.get_first(ID) or "", score, near, *payload_of(stored)))
    return total, tuple(shown)


def facets(
    searcher: tantivy.Searcher, plan: Plan, words: Clause | None
) -> dict[str, tuple[FacetCount, ...]]:
    """Count each facet over `words` as if nothing were chosen in it.

    All facets without a choice are counted together, each other one for itself.
    """
    free = [facet.name for facet in FACETS if facet.name not in plan.filters]
    counts = _counted(searcher, within(plan, words), free)
    for name in plan.filters:
        counts |= _counted(searcher, within(plan, words, without=name), [name])
    return {
        facet.name: arranged(facet, counts[facet.name], plan.filters.get(facet.name, ()))
        for facet in FACETS
    }


def _counted(
    searcher: tantivy.Searcher, clause: tantivy.Query, names: Sequence[str]
) -> dict[str, list[tuple[str, int]]]:
    if not names:
        return {}
    asked: Mapping[str, Any] = {
        name: {"terms": {"field": facet_field(name), "size": _MOST_COUNTED}} for name in names
    }
    answer = searcher.aggregate(clause, dict(asked))
    return {
        name: [(bucket["key"], bucket["doc_count"]) for bucket in answer[name]["buckets"]]
        for name in names
    }


def _total(answer: tantivy.SearchResult) -> int:
    found: int | None = answer.count  # type: ignore[attr-defined]  # its stub forgets it
    return found or 0


def _by_score(searcher: tantivy.Searcher, clause: tantivy.Query, span: Span) -> tuple[int, Scored]:
    """Order by score, then by id: the engine itself breaks ties by where a document happens to lie.

    So all that ties with either end of the stretch is fetched, and ordered here.
    """
    end = span.offset + span.limit
    total, found = _with_ties(searcher, clause, end)
    if span.offset >= len(found):
        return total, []
    highest, lowest = found[span.offset][0], found[min(end, len(found)) - 1][0]
    begin = next(place for place, each in enumerate(found) if each[0] == highest)
    tied = [each for each in found if lowest <= each[0] <= highest]
    return total, _ordered(searcher, tied)[span.offset - begin : end - begin]


def _with_ties(searcher: tantivy.Searcher, clause: tantivy.Query, end: int) -> tuple[int, Scored]:
    """Return how many are met, and the best of them, so far that none beyond ties with `end`'s."""
    fetched = end + 1
    while True:
        answer = searcher.search(clause, limit=fetched)
        found, total = [(_rounded(score), at) for score, at in answer.hits], _total(answer)
        if len(found) >= total or found[-1][0] < found[end - 1][0]:
            return total, found
        fetched = min(total, fetched * 4 + 100)


def _ordered(searcher: tantivy.Searcher, tied: Scored) -> Scored:
    places = [at for _, at in tied]
    keys = zip(*(searcher.fast_field_values(name, places) for name in TIES), strict=True)
    ordered = sorted(zip(tied, keys, strict=True), key=lambda each: (-each[0][0], each[1]))
    return [each for each, _ in ordered]


@lru_cache(10_000)
def _rounded(score: float) -> float:
    """Return a score to six digits: of two equal sums, added up in another order, the last differ."""
    return float(f"{score:.6g}")
