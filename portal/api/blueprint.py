"""The blueprint of the API, and what holds for all of its addresses."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, TypeVar

from flask import current_app, jsonify, make_response, request
from flask_openapi3.blueprint import APIBlueprint
from pydantic import BaseModel, ValidationError

from catalog.errors import Fault, Invalid, NotFound, Stale
from catalog.resources.values import merge_patch
from portal.api.bodies import read_object
from portal.errors import answer
from portal.sentences import FIELDS
from search.engine import FURTHEST

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Response

Model = TypeVar("Model", bound=BaseModel)

blueprint = APIBlueprint(
    "api",
    __name__,
    url_prefix="/api/v1",
    abp_security=[{"token": []}, {"session": []}],
)

WITH_BODY = frozenset({"POST", "PATCH", "PUT"})

CODES = {
    "missing": "required",
    "extra_forbidden": "unknown_field",
    "greater_than_equal": "too_small",
    "less_than_equal": "too_large",
    "string_too_long": "too_long",
    "too_long": "too_many",
    "list_type": "not_a_list",
    "dict_type": "not_an_object",
    "value_error": "unknown_language",
}
"""What pydantic finds -> the code of a field; of our own checks there is only that of a tag."""
BEGINNINGS = {"int_": "not_a_number", "string_": "not_a_text"}


@blueprint.before_request
def demand_text_in_path() -> None:
    """Answer NUL in an address as what is not there: no id has one, and PostgreSQL takes none."""
    if any("\0" in str(part) for part in (request.view_args or {}).values()):
        raise NotFound("not_found", what="address")


@blueprint.before_request
def demand_known_parameters() -> None:
    """Refuse, with 400, parameters that the address does not have, and one given twice."""
    model = model_of(str(request.endpoint), "query")
    known = model.model_fields if model else {}
    for name, values in request.args.lists():
        if name not in known:
            raise Invalid((Fault(name, "unknown_parameter"),), code="unknown_parameter")
        if len(values) > 1 and not isinstance(known[name].get_default(), list):
            raise Invalid((Fault(name, "too_many"),), code="bad_request")


@blueprint.before_request
def demand_json() -> None:
    """Read the body, once: 415 for another type, 400 for what is no object, 422 for one unasked."""
    if request.method not in WITH_BODY:
        return
    found = read_object(request)
    if found and model_of(str(request.endpoint), "body") is None:
        raise Invalid(tuple(Fault(name, "unknown_field") for name in found))
    # What get_json() will answer from now on, to views and to pydantic; Flask has no other way to
    # say how JSON is to be read for some addresses only.
    request._cached_json = (found, found)  # noqa: SLF001


@blueprint.after_request
def keep_private(response: Response) -> Response:
    """Have no cache between us and the caller keep an answer that may be theirs alone."""
    response.headers.setdefault("Cache-Control", "private, no-cache")
    return response


_models: dict[tuple[str, str], type[BaseModel] | None] = {}


def model_of(endpoint: str, part: str) -> type[BaseModel] | None:
    """Return the pydantic model of the `query` or the `body` of an endpoint, from its signature."""
    if (endpoint, part) not in _models:
        view: Any = current_app.view_functions[endpoint]
        view = getattr(view, "__wrapped__", view)
        model = view.__annotations__.get(part)
        _models[endpoint, part] = view.__globals__.get(model) if isinstance(model, str) else model
    return _models[endpoint, part]


def refused(error: ValidationError) -> Response:
    """Answer what pydantic refuses: 400 for a query, 422 for a body."""
    code = "invalid" if request.method in WITH_BODY else "bad_request"
    return make_response(answer(Invalid(faults_of(error), code=code)))


def faults_of(error: ValidationError) -> tuple[Fault, ...]:
    """Return what pydantic found, field by field."""
    return tuple(
        Fault(".".join(str(part) for part in each["loc"]), _code(each["type"]))
        for each in error.errors(include_url=False, include_input=False)
    )


def _code(kind: str) -> str:
    for beginning, code in BEGINNINGS.items():
        if kind.startswith(beginning) and kind not in CODES:
            return code
    return CODES.get(kind, kind if kind in FIELDS else "unknown_value")


def patched(model: type[Model], current: Mapping[str, Any], patch: Mapping[str, Any]) -> Model:
    """Apply a JSON merge patch (RFC 7396) to what there is; raises Invalid."""
    try:
        return model.model_validate(merge_patch(current, patch))
    except ValidationError as error:
        raise Invalid(faults_of(error)) from None


def demand_page(page: int, per_page: int) -> None:
    """Raise Invalid `page_too_far` for what lies beyond the 10,000th result."""
    if (page - 1) * per_page >= FURTHEST:
        raise Invalid((Fault("page", "too_large"),), code="page_too_far")


def listed(results: list[Any], **more: object) -> Response:
    """Answer a list."""
    return jsonify({"results": results, **more})


def tagged(told: dict[str, Any], status: int = 200) -> Response:
    """Answer a thing with the ETag of what it is now."""
    response = jsonify(told)
    response.status_code = status
    response.set_etag(tag_of(told))
    return response


def made(told: dict[str, Any], location: str) -> Response:
    """Answer a thing that was just made, and where it is."""
    response = tagged(told, 201)
    response.headers["Location"] = location
    return response


def tag_of(told: dict[str, Any]) -> str:
    """Return the ETag of a thing that counts no revisions: a digest of its values."""
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]


def wanted_tags() -> frozenset[str] | None:
    """Return the tags of If-Match; None when there is none, or any will do.

    A weak one counts too: a proxy that packs what we answer weakens our tag.
    """
    tags = request.if_match
    if "If-Match" not in request.headers or tags.star_tag:
        return None
    return frozenset(tags.as_set(include_weak=True))


def demand_fresh(told: dict[str, Any]) -> None:
    """Raise Stale when If-Match names another state of a thing than the present one."""
    tags = wanted_tags()
    if tags is not None and tag_of(told) not in tags:
        raise Stale("stale")
