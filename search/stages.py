"""All words first, near matches behind: the order of the requests of a search, for any engine.

One request where ten or more have all the words; at most two further ones where fewer have.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from search.engine import FEW, FURTHEST, EngineRefused, EngineUnavailable, Results, Sort
from search.facets import FACETS, arranged, chosen
from search.plan import excluding, one_after_other, plan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from search.clauses import Clause
    from search.engine import FacetCount, Hit, Query
    from search.plan import Plan


@dataclass(frozen=True)
class Step:
    """One request: `words` among what base and filters of the plan let through.

    `near` marks its hits; facets are counted only where `counting`.
    """

    plan: Plan
    words: Clause | None
    sort: Sort
    offset: int
    limit: int
    near: bool
    counting: bool


@dataclass(frozen=True)
class Answer:
    """What one request brought."""

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[FacetCount, ...]] = field(default_factory=dict)


class Ask(Protocol):
    """Make one request of an engine; each call counts as one."""

    def __call__(self, step: Step) -> Answer:
        """Answer the step. Raises `EngineUnavailable`."""


def planned(query: Query) -> Plan:
    """Return the plan of a query. Raises `EngineRefused` (`too_far`, `unknown_facet`)."""
    if query.page < 1 or query.per_page < 1 or query.page * query.per_page > FURTHEST:
        raise EngineRefused("too_far", furthest=FURTHEST)
    return plan(query)


def nothing(query: Query) -> Results:
    """Return the answer of an engine that has no index; what is chosen still shows."""
    wanted = chosen(query.filters)
    counts = {each.name: arranged(each, (), wanted.get(each.name, ())) for each in FACETS}
    return Results(0, 0, (), counts, known=False)


def find(ask: Ask, steps: Plan, query: Query) -> Results:
    """Find what has all the words; where that is little, look for what comes near."""
    offset, limit = (query.page - 1) * query.per_page, query.per_page
    sort = query.sort
    if sort is Sort.RELEVANCE and not any(not word.without for word in query.words):
        sort = Sort.NEWEST
    first = ask(Step(steps, steps.strict, sort, offset, limit, near=False, counting=True))
    if first.total == 0 and (steps.some is not None or steps.loose is not None):
        return _nearest(ask, steps, query, first)
    near: tuple[Hit, ...] = ()
    if 0 < first.total < FEW and offset < first.total <= offset + limit:
        near = _near(ask, steps, FEW - first.total)
    return Results(first.total, len(near), first.hits + near, first.facets)


def _near(ask: Ask, steps: Plan, wanted: int) -> tuple[Hit, ...]:
    """Return the best of what has not all the words, to stand behind what has."""
    found: tuple[Hit, ...] = ()
    already = [] if steps.strict is None else [steps.strict]
    for words in (steps.some, steps.loose):
        if words is None or len(found) >= wanted:
            continue
        only = excluding(words, already)
        step = Step(steps, only, Sort.RELEVANCE, 0, wanted - len(found), near=True, counting=False)
        try:
            found += ask(step).hits
        except EngineUnavailable:
            # What has all the words is known: it is not withheld since time ran out behind it.
            break
        already.append(words)
    return found


def _nearest(ask: Ask, steps: Plan, query: Query, answer: Answer) -> Results:
    """Answer with near matches alone, counted and paged like any others."""
    offset, limit = (query.page - 1) * query.per_page, query.per_page
    words = steps.some
    if words is not None:
        answer = ask(Step(steps, words, query.sort, offset, limit, near=True, counting=True))
    if answer.total < FEW and steps.loose is not None:
        words = steps.loose if words is None else one_after_other(words, steps.loose)
        answer = ask(Step(steps, words, query.sort, offset, limit, near=True, counting=True))
    return Results(answer.total, answer.total, answer.hits, answer.facets)
