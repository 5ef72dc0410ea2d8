"""What the cluster answers, as plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from search import layout
from search.clauses import AnyOf, Const, Prefix, Term
from search.elastic.compile import CHOSEN, FREE, OWN, TOP, clean, compiled, request
from search.elastic.schema import VERSION, payload_of
from search.engine import Hit
from search.facets import FACETS, arranged
from search.stages import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from search.elastic.connection import Connection
    from search.engine import FacetCount
    from search.stages import Step

_MOST_SUGGESTED_FROM: Final = 200
_AT_ONCE: Final = 5000
_KEPT: Final = "1m"


def answer(connection: Connection, alias: str, step: Step, *, seconds: float) -> Answer:
    """Answer one step of a search in one request."""
    body = request(step)
    told = connection.ask(
        lambda client: client.search(
            index=alias, body=body, allow_partial_search_results=False, request_cache=False
        ),
        seconds=seconds,
    )
    found = tuple(_hit(each, near=step.near) for each in told["hits"]["hits"])
    counts = _facets(told["aggregations"], step) if step.counting else {}
    return Answer(told["hits"]["total"]["value"], found, counts)


def beginning_so(
    connection: Connection, alias: str, begins: Sequence[str], *, seconds: float
) -> list[tuple[str, int]]:
    """Return keys of type-ahead that begin with one of `begins`, each with its number of uses."""
    begins = [clean(each) for each in begins]
    wanted = AnyOf(tuple(Prefix(layout.SUGGEST, each) for each in begins))
    keys = [{"key": {"terms": {"field": layout.SUGGEST}}}]
    told = connection.ask(
        lambda client: client.search(
            index=alias,
            size=0,
            query={"bool": {"filter": [in_state(layout.LIVE), compiled(wanted)]}},
            aggs={
                # Keys in order from the beginning on: a key is always longer than what was typed.
                str(place): {
                    "composite": {
                        "size": _MOST_SUGGESTED_FROM,
                        "sources": keys,
                        "after": {"key": begin},
                    }
                }
                for place, begin in enumerate(begins)
            },
            allow_partial_search_results=False,
        ),
        seconds=seconds,
    )
    return [
        (bucket["key"]["key"], bucket["doc_count"])
        for place, begin in enumerate(begins)
        for bucket in told["aggregations"][str(place)]["buckets"]
        if bucket["key"]["key"].startswith(begin)
    ]


def in_state(state: str) -> dict[str, Any]:
    """Return the query for all live documents, or for all tombstones."""
    return compiled(Const(Term(layout.STATE, state), 0.0))


def count(connection: Connection, alias: str, *, seconds: float) -> int:
    """Return how many documents can be found."""
    told = connection.ask(
        lambda client: client.count(index=alias, query=in_state(layout.LIVE)), seconds=seconds
    )
    return int(told["count"])


def versions_in(connection: Connection, alias: str, state: str) -> Iterator[tuple[str, int]]:
    """Yield id and version of all live documents, or of all tombstones, as they are at one moment."""
    opened = connection.ask(lambda client: client.open_point_in_time(index=alias, keep_alive=_KEPT))
    moment: str = opened["id"]
    try:
        after: list[Any] | None = None
        while True:
            told = _some_versions(connection, moment, state, after)
            moment = told.get("pit_id", moment)
            found = told["hits"]["hits"]
            for each in found:
                yield each["fields"][layout.ID][0], int(each["fields"][VERSION][0])
            if len(found) < _AT_ONCE:
                return
            after = found[-1]["sort"]
    finally:
        connection.ask(lambda client: client.close_point_in_time(id=moment))


def _some_versions(
    connection: Connection, moment: str, state: str, after: list[Any] | None
) -> dict[str, Any]:
    body: dict[str, Any] = {
        "pit": {"id": moment, "keep_alive": _KEPT},
        "size": _AT_ONCE,
        "query": in_state(state),
        "_source": False,
        "docvalue_fields": [layout.ID, VERSION],
        "sort": [{layout.ID: "asc"}],
        "track_total_hits": False,
    }
    if after is not None:
        body["search_after"] = after
    return connection.ask(lambda client: client.search(body=body))


def live_among(connection: Connection, alias: str, ids: Sequence[str]) -> set[str]:
    """Return which of `ids` can be found now."""
    told = connection.ask(
        lambda client: client.mget(index=alias, ids=list(ids), source_includes=[layout.STATE])
    )
    return {
        each["_id"]
        for each in told["docs"]
        if each.get("_source", {}).get(layout.STATE) == layout.LIVE
    }


def _hit(told: dict[str, Any], *, near: bool) -> Hit:
    document_id = told["fields"][layout.ID][0]
    return Hit(document_id, told["_score"] or 0.0, near, *payload_of(told.get("_source", {})))


def _facets(told: dict[str, Any], step: Step) -> dict[str, tuple[FacetCount, ...]]:
    chosen = step.plan.filters
    counts = {}
    for facet in FACETS:
        if facet.name in chosen:
            own = told[OWN + facet.name]
            pairs = _pairs(own[TOP]) + _pairs(own[CHOSEN])
        else:
            pairs = _pairs(told[FREE][facet.name])
        counts[facet.name] = arranged(facet, pairs, chosen.get(facet.name, ()))
    return counts


def _pairs(told: dict[str, Any]) -> list[tuple[str, int]]:
    return [(bucket["key"], bucket["doc_count"]) for bucket in told["buckets"]]
