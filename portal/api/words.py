"""The vocabulary and the checklists by program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, url_for

from catalog import checklists, concepts
from portal.api import desk_shapes
from portal.api.answers import BODY, answers
from portal.api.blueprint import blueprint, demand_fresh, listed, made, patched, tagged
from portal.api.description import MANAGING, Nothing, ThingPath
from portal.api.desk_bodies import (
    ConceptBody,
    ConceptFields,
    ConceptPatch,
    PointBody,
    PointFields,
    PointPatch,
)
from portal.checklist_words import point_words
from portal.identity import actor, services
from portal.interface import language

if TYPE_CHECKING:
    from catalog.checklists import PointView
    from catalog.vocabulary import ConceptView


def concept_told(view: ConceptView) -> dict[str, Any]:
    """Return a concept as its admins see it."""
    return {
        "id": view.id,
        "labels": dict(view.labels),
        "alternatives": {tag: list(texts) for tag, texts in view.alternatives.items()},
        "broader": list(view.broader),
        "retired": view.retired,
    }


def point_told(view: PointView) -> dict[str, Any]:
    """Return a point of the checklists; `label` is what the caller reads."""
    return {
        "id": view.id,
        "label": point_words(view, language())[0],
        "wording": dict(view.wording),
        "kinds": list(view.kinds),
        "retired": view.retired,
    }


@blueprint.post(
    "/subjects",
    tags=[MANAGING],
    summary="Add a concept",
    responses=answers(201, desk_shapes.Concept, 403, 409, *BODY),
)
def add_concept(body: ConceptBody) -> Response:
    """Add a concept of the house's own, for an admin of the whole site."""
    given = concepts.Given(body.labels, body.alternatives)
    with services().database.unit_of_work() as session:
        concepts.add(session, by=actor(), concept_id=body.id, given=given, broader=body.broader)
        told = concept_told(concepts.concept(session, by=actor(), concept_id=body.id))
    services().reference.forget()
    return made(told, url_for("api.concept", tid=body.id))


@blueprint.get(
    "/subjects/<tid>",
    tags=[MANAGING],
    summary="One concept",
    responses=answers(200, desk_shapes.Concept, 403, 404),
)
def concept(path: ThingPath, query: Nothing) -> Response:
    """Give one concept with all its names."""
    del query
    with services().database.reading() as session:
        return tagged(concept_told(concepts.concept(session, by=actor(), concept_id=path.tid)))


@blueprint.patch(
    "/subjects/<tid>",
    tags=[MANAGING],
    summary="Change a concept",
    responses=answers(200, desk_shapes.Concept, 403, 404, 412, *BODY),
)
def change_concept(path: ThingPath, body: ConceptPatch) -> Response:
    """Apply a JSON merge patch: name a concept anew, retire it or bring it back."""
    with services().database.unit_of_work() as session:
        current = concept_told(concepts.concept(session, by=actor(), concept_id=path.tid))
        demand_fresh(current)
        kept = {name: current[name] for name in ConceptFields.model_fields}
        fields = patched(ConceptFields, kept, body.model_dump(exclude_unset=True))
        concepts.change(
            session,
            by=actor(),
            concept_id=path.tid,
            given=concepts.Given(fields.labels, fields.alternatives),
            retired=fields.retired,
        )
        told = concept_told(concepts.concept(session, by=actor(), concept_id=path.tid))
    services().reference.forget()
    return tagged(told)


@blueprint.get(
    "/checklist-points",
    tags=[MANAGING],
    summary="The checklists",
    responses=answers(200, desk_shapes.Points, 403),
)
def point_list(query: Nothing) -> Response:
    """Give the points that curators look at, in their order, retired ones too."""
    del query
    with services().database.reading() as session:
        return listed([point_told(each) for each in checklists.managed(session, by=actor())])


@blueprint.post(
    "/checklist-points",
    tags=[MANAGING],
    summary="Add a point",
    responses=answers(201, desk_shapes.Point, 403, *BODY),
)
def add_point(body: PointBody) -> Response:
    """Add a point to the checklists, at the end."""
    with services().database.unit_of_work() as session:
        point_id = checklists.add(session, by=actor(), wording=body.wording, kinds=body.kinds)
        told = point_told(checklists.point(session, by=actor(), point_id=point_id))
    return made(told, url_for("api.point", tid=point_id))


@blueprint.get(
    "/checklist-points/<tid>",
    tags=[MANAGING],
    summary="One point",
    responses=answers(200, desk_shapes.Point, 403, 404),
)
def point(path: ThingPath, query: Nothing) -> Response:
    """Give one point of the checklists."""
    del query
    with services().database.reading() as session:
        return tagged(point_told(checklists.point(session, by=actor(), point_id=path.tid)))


@blueprint.patch(
    "/checklist-points/<tid>",
    tags=[MANAGING],
    summary="Change a point",
    responses=answers(200, desk_shapes.Point, 403, 404, 412, *BODY),
)
def change_point(path: ThingPath, body: PointPatch) -> Response:
    """Apply a JSON merge patch: word a point anew, ask it of other kinds, retire it."""
    with services().database.unit_of_work() as session:
        current = point_told(checklists.point(session, by=actor(), point_id=path.tid))
        demand_fresh(current)
        kept = {name: current[name] for name in PointFields.model_fields}
        fields = patched(PointFields, kept, body.model_dump(exclude_unset=True))
        checklists.change(
            session,
            by=actor(),
            point_id=path.tid,
            wording=fields.wording,
            kinds=fields.kinds,
            retired=fields.retired,
        )
        told = point_told(checklists.point(session, by=actor(), point_id=path.tid))
    return tagged(told)
