"""One search from a person's words to what a page shows; the page and the API share it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from catalog.errors import Fault, Invalid
from catalog.policy.actions import Action
from catalog.policy.clauses import Standing
from catalog.policy.rules import allows
from catalog.resources import reading
from catalog.resources.weights import smallest, thumbnail
from portal.facet_labels import labelled
from search.analysis.terms import whole_key
from search.engine import FURTHEST, EngineRefused, EngineUnavailable, Query, Sort
from search.highlights import explain
from search.query import parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalog.policy.actor import Actor
    from catalog.resources.views import Card
    from catalog.resources.weights import Smallest
    from portal.facet_labels import LabelledCount
    from portal.services import Services
    from search.engine import Hit
    from search.highlights import Reason, Snippet


@dataclass(frozen=True)
class Asked:
    """A search as an address spells it."""

    q: str = ""
    lang: str = "en"
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = "relevance"
    page: int = 1
    per_page: int = 20


@dataclass(frozen=True)
class FoundHit:
    """One result with all that a list shows of it. `thumbnail` is the id of the file that has one."""

    card: Card
    near: bool
    snippets: tuple[Snippet, ...]
    matched_by: tuple[Reason, ...]
    smallest: Smallest | None
    thumbnail: str | None


@dataclass(frozen=True)
class Found:
    """One page of results; `facets` by name, each value with its label."""

    total: int
    page: int
    per_page: int
    hits: tuple[FoundHit, ...]
    facets: Mapping[str, tuple[LabelledCount, ...]]


def find(services: Services, actor: Actor, asked: Asked, *, reader: str) -> Found:
    """Search for `actor`, with labels for a reader of `reader`. Four SQL statements at most.

    Raises EngineUnavailable, Invalid (an unknown sort, a page beyond the 10,000th result).
    """
    query = _query(services, asked)
    try:
        results = services.engine.search(query)
    except EngineRefused as error:
        raise Invalid((Fault("page", error.code),), code="page_too_far") from error
    held = None if results.known else services.engine.health().documents
    with services.database.reading() as session:
        if held is not None and held < reading.published_count(session):
            # Lost, and begun again by a late job: what is missing must not look as if not given.
            raise EngineUnavailable("incomplete")
        cards = reading.cards(session, [hit.id for hit in results.hits])
    shelf = services.reference.shelf()
    hits = tuple(
        _found(query, hit, cards[hit.id], actor) for hit in results.hits if hit.id in cards
    )
    facets = {
        name: labelled(name, counts, shelf, reader) for name, counts in results.facets.items()
    }
    return Found(results.total, asked.page, asked.per_page, hits, facets)


def count(services: Services, asked: Asked) -> int:
    """Return how many a search finds, by one question to the engine and no SQL statement.

    Raises EngineUnavailable, Invalid (an unknown sort).
    """
    return services.engine.search(_query(services, replace(asked, page=1, per_page=1))).total


def _query(services: Services, asked: Asked) -> Query:
    if asked.sort not in set(Sort):
        raise Invalid((Fault("sort", "unknown_value", {"allowed": [str(s) for s in Sort]}),))
    if asked.page * asked.per_page > FURTHEST + asked.per_page - 1:
        raise Invalid((Fault("page", "page_too_far"),), code="page_too_far")
    words = parse(asked.q, asked.lang)
    return Query(
        text=asked.q,
        lang=asked.lang,
        words=words,
        concepts=services.reference.shelf().thesaurus.match(words, asked.lang),
        whole=whole_key(asked.q, asked.lang),
        filters=asked.filters,
        # Without words nothing matches better than anything else: then the newest leads.
        sort=Sort.NEWEST if asked.sort == Sort.RELEVANCE and not words else Sort(asked.sort),
        page=asked.page,
        per_page=asked.per_page,
    )


def _found(query: Query, hit: Hit, card: Card, actor: Actor) -> FoundHit:
    explained = explain(query, hit, quote_files=may_quote(actor, card))
    return FoundHit(
        card=card,
        near=hit.near,
        snippets=explained.snippets,
        matched_by=explained.matched_by,
        smallest=smallest(card.assets),
        thumbnail=thumbnail(card.assets),
    )


def may_quote(actor: Actor, card: Card) -> bool:
    """Whether the text of the files may be shown to those who ask: who may take them."""
    standing = Standing(
        institution=card.institution, state=card.state, access=card.access, verdict="accept"
    )
    return allows(actor, Action.FILE_TAKE, standing).allowed
