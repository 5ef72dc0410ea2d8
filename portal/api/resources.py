"""Resources and their files by program: read, begun, changed, deleted, taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, jsonify, request, url_for

from catalog import assets
from catalog.policy.actions import Action
from catalog.policy.rules import allows
from catalog.resources import drafts, reading, versions
from portal.api import present, shapes
from portal.api.answers import BODY, answers, sent
from portal.api.blueprint import blueprint, listed, wanted_tags
from portal.api.description import (
    GIVING,
    AssetPath,
    Nothing,
    ReleaseBody,
    RenditionPath,
    ResourceBody,
    ResourcePath,
    VersionQuery,
)
from portal.download import files
from portal.identity import actor, services

if TYPE_CHECKING:
    from catalog.resources.views import ResourceView


def answered(view: ResourceView, status: int = 200) -> Response:
    """Answer a resource with its ETag."""
    response = jsonify(present.resource(view, inside=_inside(view)))
    response.status_code = status
    response.set_etag(present.etag(view))
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def working(rid: str, status: int = 200) -> Response:
    """Answer the version on its way, as its writers see it."""
    with services().database.reading() as session:
        view = reading.working_version(session, actor(), rid)
    return answered(view, status)


def _inside(view: ResourceView) -> bool:
    return allows(actor(), Action.NOTE_READ, view.standing).allowed


@blueprint.get(
    "/resources/<rid>",
    tags=[GIVING],
    summary="One resource",
    responses=answers(200, shapes.Resource, 404, 410),
)
def resource(path: ResourcePath, query: VersionQuery) -> Response:
    """Give the published version; to those who may see it, the one on its way."""
    with services().database.reading() as session:
        if query.version is not None:
            view = reading.numbered_version(session, actor(), path.rid, query.version)
        else:
            view = reading.resource(session, actor(), path.rid)
    return answered(view)


@blueprint.post(
    "/resources",
    tags=[GIVING],
    summary="Begin a draft",
    responses=answers(201, shapes.Resource, 403, 409, *BODY),
)
def create(body: ResourceBody) -> Response:
    """Begin a draft for an institution."""
    payload = dict(request.get_json())
    payload.pop("institution", None)
    with services().database.unit_of_work() as session:
        rid = drafts.create(session, by=actor(), institution=body.institution, payload=payload)
    response = working(rid, 201)
    response.headers["Location"] = url_for("api.resource", rid=rid)
    return response


@blueprint.patch(
    "/resources/<rid>",
    tags=[GIVING],
    summary="Change a draft",
    responses=answers(200, shapes.Resource, 403, 404, 409, 410, 412, *BODY),
)
def change(path: ResourcePath, body: ResourceBody) -> Response:
    """Apply a JSON merge patch (RFC 7396); with If-Match, only to that revision."""
    del body
    with services().database.unit_of_work() as session:
        drafts.edit(
            session,
            by=actor(),
            resource_id=path.rid,
            patch=request.get_json(),
            if_match=wanted_tags(),
        )
    return working(path.rid)


@blueprint.delete(
    "/resources/<rid>",
    tags=[GIVING],
    summary="Delete a draft",
    responses=answers(204, None, 403, 404, 409, 410, 412),
)
def delete(path: ResourcePath) -> Response:
    """Delete a draft; of a published resource, only the version on its way."""
    with services().database.unit_of_work() as session:
        drafts.delete_draft(session, by=actor(), resource_id=path.rid, if_match=wanted_tags())
    return Response(status=204)


@blueprint.post(
    "/resources/<rid>/versions",
    tags=[GIVING],
    summary="Open a new version",
    responses=answers(201, shapes.Resource, 403, 404, 409, 410, *BODY),
)
def open_version(path: ResourcePath) -> Response:
    """Open a draft beside the published version."""
    with services().database.unit_of_work() as session:
        versions.open_version(session, by=actor(), resource_id=path.rid)
    return working(path.rid, 201)


@blueprint.get(
    "/resources/<rid>/assets",
    tags=[GIVING],
    summary="The files",
    responses=answers(200, shapes.Assets, 404, 410),
)
def asset_list(path: ResourcePath, query: VersionQuery) -> Response:
    """Give the files of a resource: of the version on its way, for those who work on it."""
    with services().database.reading() as session:
        if query.version is not None:
            view = reading.numbered_version(session, actor(), path.rid, query.version)
        else:
            view = reading.working_version(session, actor(), path.rid)
    return listed([present.asset(view, each, inside=_inside(view)) for each in view.assets])


@blueprint.get(
    "/resources/<rid>/assets/<aid>",
    tags=[GIVING],
    summary="One file",
    responses=answers(200, shapes.Asset, 404, 410),
)
def asset(path: AssetPath, query: Nothing) -> Response:
    """Give one file with what is known of it."""
    del query
    return jsonify(_asset(path))


def _asset(path: AssetPath) -> dict[str, object]:
    with services().database.reading() as session:
        view, found = reading.asset_of(session, actor(), path.rid, path.aid)
    return present.asset(view, found, inside=_inside(view))


@blueprint.delete(
    "/resources/<rid>/assets/<aid>",
    tags=[GIVING],
    summary="Remove a file",
    responses=answers(204, None, 403, 404, 409, 410),
)
def remove_asset(path: AssetPath) -> Response:
    """Take a file out of a draft."""
    with services().database.unit_of_work() as session:
        assets.remove(session, by=actor(), resource_id=path.rid, asset_id=path.aid)
    return Response(status=204)


@blueprint.post(
    "/resources/<rid>/assets/<aid>/release",
    tags=[GIVING],
    summary="Release",
    responses=answers(200, shapes.Asset, 403, 404, 409, 410, *BODY),
)
def release(path: AssetPath, body: ReleaseBody) -> Response:
    """Let a held file be taken."""
    with services().database.unit_of_work() as session:
        assets.release(session, by=actor(), resource_id=path.rid, asset_id=path.aid, note=body.note)
    return jsonify(_asset(path))


@blueprint.post(
    "/resources/<rid>/assets/<aid>/retry",
    tags=[GIVING],
    summary="Try again",
    responses=answers(202, shapes.Asset, 403, 404, 410, *BODY),
)
def retry(path: AssetPath) -> Response:
    """Run the failed steps of a file again."""
    with services().database.unit_of_work() as session:
        assets.retry(session, by=actor(), resource_id=path.rid, asset_id=path.aid)
    response = jsonify(_asset(path))
    response.status_code = 202
    return response


@blueprint.get(
    "/resources/<rid>/assets/<aid>/content",
    tags=[GIVING],
    summary="The bytes",
    responses=sent(403, 404, 409, 410, 412),
)
def content(path: AssetPath, query: Nothing) -> Response:
    """Give the original; Range, If-Range and HEAD as in RFC 9110."""
    del query
    return files.original(path.rid, path.aid)


@blueprint.get(
    "/resources/<rid>/assets/<aid>/renditions/<name>",
    tags=[GIVING],
    summary="A rendition",
    responses=sent(403, 404, 410, 412),
)
def rendition(path: RenditionPath, query: Nothing) -> Response:
    """Give what was made from an original."""
    del query
    return files.rendition(path.rid, path.aid, path.name)
