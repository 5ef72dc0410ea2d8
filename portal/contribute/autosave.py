"""A draft that keeps itself: what has changed is sent by script, and all that holds is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import jsonify, request

from catalog.errors import Fault, Invalid
from catalog.resources import drafts
from catalog.resources.checkers import checkers
from portal.contribute import forms, present
from portal.contribute.blueprint import blueprint, working
from portal.identity import actor, services

if TYPE_CHECKING:
    from flask import Response


@blueprint.post("/<rid>/draft")
def keep(rid: str) -> Response:
    """Keep the fields that `changed` names, and answer how the draft stands then, as JSON.

    Of what does not hold the faults are told, and the rest is kept. `If-Match` names the revision
    that was changed; a stale one is 412, so that two open pages do not overwrite each other.
    """
    tags = frozenset(request.if_match.as_set())
    if not tags:
        raise Invalid((Fault("If-Match", "required"),), code="bad_request")
    view = working(rid)
    faults = _keep_what_holds(rid, forms.changes(request.form, view), tags)
    view = working(rid)
    values = forms.fields(forms.shown(view))
    sent = {name: values.get(name, "") for name in request.form.getlist("changed")}
    with services().database.reading() as session:
        checked = checkers(session, by=actor(), view=view)
    answer = jsonify(present.kept(view, faults, sent, checked))
    answer.set_etag(present.revision(view))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _keep_what_holds(rid: str, patch: dict[str, Any], tags: frozenset[str]) -> Invalid | None:
    try:
        _edit(rid, patch, tags)
    except Invalid as error:
        rest = forms.without(patch, error.faults)
        # What is left holds, or its fault is one that leaving out did not mend: that is told as ever.
        _edit(rid, rest, tags)
        return error
    return None


def _edit(rid: str, patch: dict[str, Any], tags: frozenset[str]) -> None:
    with services().database.unit_of_work() as session:
        drafts.edit(
            session,
            by=actor(),
            resource_id=rid,
            patch=patch,
            if_match=tags,
            checked=forms.checked(request.form),
        )
