"""Finding by program: search, subjects, suggestions, and the description of the API itself."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Response, jsonify, render_template, url_for

from catalog import vocabulary
from portal import limits
from portal.api import present, shapes
from portal.api.answers import answers
from portal.api.blueprint import blueprint, listed
from portal.api.description import FINDING, LangQuery, Nothing, SearchQuery, SuggestQuery
from portal.api.document import document
from portal.api.manual import chapters
from portal.finding import Asked, find
from portal.identity import actor, services
from portal.interface import language
from search.facets import FACETS

MOST_SUGGESTIONS = 10


@blueprint.get(
    "/resources", tags=[FINDING], summary="Search", responses=answers(200, shapes.Hits, 429)
)
def search(query: SearchQuery) -> Response:
    """Find published resources by words and facets."""
    limits.count_search()
    reader = query.lang or language()
    given = query.model_dump()
    asked = Asked(
        q=query.q,
        lang=reader,
        filters={facet.name: tuple(given[facet.name]) for facet in FACETS if given[facet.name]},
        sort=query.sort,
        page=query.page,
        per_page=query.per_page,
    )
    found = find(services(), actor(), asked, reader=language_known(reader))
    return jsonify(
        total=found.total,
        page=found.page,
        per_page=found.per_page,
        results=[present.hit(each, reader) for each in found.hits],
        facets={
            name: [
                {
                    "value": each.value,
                    "label": each.label,
                    "count": each.count,
                    "chosen": each.chosen,
                }
                for each in counts
            ]
            for name, counts in found.facets.items()
        },
    )


@blueprint.get(
    "/subjects",
    tags=[FINDING],
    summary="The subject vocabulary",
    responses=answers(200, shapes.Subjects),
)
def subjects(query: LangQuery) -> Response:
    """Give all concepts with their labels and how many resources each has."""
    reader = query.lang or language()
    shelf = services().reference.shelf()
    with services().database.reading() as session:
        counts = vocabulary.counts(session)
    return listed(
        [
            {
                "id": concept.id,
                "label": shelf.concept_label(concept.id, reader),
                "labels": dict(concept.labels),
                "broader": list(concept.broader),
                "narrower": list(concept.narrower),
                "count": counts.get(concept.id, 0),
            }
            for concept in shelf.concepts.values()
        ]
    )


@blueprint.get(
    "/suggestions",
    tags=[FINDING],
    summary="Type-ahead",
    responses=answers(200, shapes.Suggestions, 429),
)
def suggestions(query: SuggestQuery) -> Response:
    """Give titles, subjects and institutions that begin so."""
    limits.count_search()
    reader = query.lang or language()
    found = services().engine.suggest(query.q, reader, limit=MOST_SUGGESTIONS)
    return listed(
        [
            {
                "text": each.text,
                "kind": each.kind,
                "lang": each.lang,
                "url": _address(each.kind, each.id),
            }
            for each in found
        ]
    )


def _address(kind: str, thing: str) -> str:
    if kind == "title":
        return url_for("browse.resource", rid=thing)
    return f"{url_for('browse.front')}?{urlencode({kind: thing})}"


@blueprint.get(
    "/openapi.json", tags=[FINDING], summary="This description", responses=answers(200, None)
)
def openapi(query: Nothing) -> Response:
    """Give the OpenAPI document."""
    del query
    return jsonify(document())


@blueprint.get("/docs", doc_ui=False)
def docs() -> str:
    """Show the description to people."""
    told = document()
    return render_template(
        "api/docs.html", description=told["info"]["description"], chapters=chapters(told)
    )


def language_known(tag: str) -> str:
    """Return a tag that labels can be looked up by; the interface's for one that is none."""
    return tag if tag.replace("-", "").isalnum() and tag.isascii() else language()
