"""The files of a gift on its page: sent by a form, described, removed, tried again, forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import flash, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError, validate_csrf
from werkzeug.exceptions import RequestEntityTooLarge
from wtforms import ValidationError

from catalog import assets
from catalog.errors import Invalid
from portal.contribute.blueprint import back, blueprint
from portal.contribute.guessing import settled
from portal.contribute.multipart import SentFile
from portal.contribute.receiving import end_upload, receive_whole
from portal.errors import problem_of
from portal.identity import actor, bearer_token, services
from portal.sentences import field_sentence
from portal.sizes import limit
from portal.weights import FORM_BYTES

if TYPE_CHECKING:
    from typing import BinaryIO

    from flask.typing import ResponseReturnValue


@blueprint.post("/<rid>/files")
def upload_form(rid: str) -> ResponseReturnValue:
    """Take one file by a plain form, streamed; scripts use tus instead."""
    if bearer_token() is None:
        _demand_csrf()
    try:
        sent = SentFile()
    except RequestEntityTooLarge as error:
        refused = Invalid((), code="too_large_for_form")
        refused.facts["size"] = limit(FORM_BYTES)
        raise refused from error
    if not sent.filename:
        flash(_("Choose a file first."), "hold")
        return back(rid, "files")
    given = assets.Given(
        sent.filename,
        sent.fields.get("role") or "main",
        sent.fields.get("language") or None,
    )
    try:
        receive_whole(
            services(),
            actor(),
            rid,
            settled(services(), actor(), rid, given),
            cast("BinaryIO", sent),
            most=sent.most_bytes,
        )
    except Invalid as error:
        flash(_why(error), "stop")
    return back(rid, "files")


def _demand_csrf() -> None:
    """Check the token of the address, since the body is not parsed before it is taken."""
    try:
        validate_csrf(request.args.get("csrf_token"))
    except ValidationError as error:
        raise CSRFError(str(error)) from error


def _why(error: Invalid) -> str:
    """Return what does not hold, in the words of the field where the code says only that."""
    if error.code == "invalid" and error.faults:
        return field_sentence(error.faults[0].code, error.faults[0].facts)
    return problem_of(error).detail


@blueprint.post("/<rid>/files/<aid>/describe")
def describe_asset(rid: str, aid: str) -> ResponseReturnValue:
    """Say anew what a file is to its resource, and in which language."""
    with services().database.unit_of_work() as session:
        assets.describe(
            session,
            by=actor(),
            resource_id=rid,
            asset_id=aid,
            role=request.form.get("role", ""),
            language=request.form.get("language") or None,
        )
    return back(rid, "files")


@blueprint.post("/<rid>/files/<aid>/remove")
def remove_asset(rid: str, aid: str) -> ResponseReturnValue:
    """Take a file out of a draft."""
    with services().database.unit_of_work() as session:
        assets.remove(session, by=actor(), resource_id=rid, asset_id=aid)
    return back(rid, "files")


@blueprint.post("/<rid>/files/<aid>/retry")
def retry_asset(rid: str, aid: str) -> ResponseReturnValue:
    """Run the failed steps of a file again."""
    with services().database.unit_of_work() as session:
        assets.retry(session, by=actor(), resource_id=rid, asset_id=aid)
    return back(rid, "files")


@blueprint.post("/<rid>/uploads/<uid>/forget")
def forget_upload(rid: str, uid: str) -> ResponseReturnValue:
    """End an upload that stopped on its way, and forget what came of it."""
    end_upload(services(), actor(), uid)
    return back(rid, "files")
