"""The blueprint of the API, and what holds for all of its addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import current_app, jsonify, make_response, request
from flask_openapi3.blueprint import APIBlueprint
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from catalog.errors import Fault, Invalid
from portal.errors import answer

if TYPE_CHECKING:
    from flask import Response
    from pydantic import ValidationError

blueprint = APIBlueprint(
    "api", __name__, url_prefix="/api/v1", abp_security=[{"token": []}, {"session": []}]
)

WITH_BODY = frozenset({"POST", "PATCH", "PUT"})


@blueprint.before_request
def demand_known_parameters() -> None:
    """Refuse parameters that the address does not have, with 400."""
    known = parameters_of(str(request.endpoint))
    for name in request.args:
        if name not in known:
            fault = Fault(name, "unknown_parameter")
            raise Invalid((fault,), code="unknown_parameter")


@blueprint.before_request
def demand_json() -> None:
    """Refuse bodies that are not JSON objects: 415 for the type, 400 for what is none."""
    if request.method not in WITH_BODY or not request.content_length:
        return
    if request.mimetype not in ("application/json", "application/merge-patch+json"):
        raise UnsupportedMediaType
    if not isinstance(request.get_json(force=True, silent=True), dict):
        raise BadRequest


_parameters: dict[str, frozenset[str]] = {}


def parameters_of(endpoint: str) -> frozenset[str]:
    """Return the names of the query parameters of an endpoint, from its signature."""
    if endpoint not in _parameters:
        view: Any = current_app.view_functions[endpoint]
        model = getattr(view, "__wrapped__", view).__annotations__.get("query")
        if isinstance(model, str):
            model = getattr(view, "__wrapped__", view).__globals__.get(model)
        _parameters[endpoint] = frozenset(model.model_fields) if model else frozenset()
    return _parameters[endpoint]


def refused(error: ValidationError) -> Response:
    """Answer what pydantic refuses: 400 for a query, 422 for a body."""
    faults = tuple(
        Fault(".".join(str(part) for part in each["loc"]), _code(each["type"]))
        for each in error.errors(include_url=False, include_input=False)
    )
    in_query = request.method == "GET"
    raised = Invalid(faults, code="bad_request" if in_query else "invalid")
    return make_response(answer(raised))


def _code(kind: str) -> str:
    if kind == "missing":
        return "required"
    if kind == "extra_forbidden":
        return "unknown_field"
    if kind.startswith(("int_", "greater_", "less_")):
        return "not_a_number" if kind.startswith("int_") else "too_large"
    return "unknown_value"


def body() -> dict[str, Any]:
    """Return the JSON object of the request as it was sent."""
    found = request.get_json(force=True, silent=True) if request.content_length else {}
    if not isinstance(found, dict):
        raise BadRequest
    return found


def listed(results: list[Any], **more: object) -> Response:
    """Answer a list."""
    return jsonify({"results": results, **more})
