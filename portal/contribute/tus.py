"""Resumable uploads by tus 1.0 (https://tus.io/protocols/resumable-upload), with the extensions
creation, creation-with-upload, checksum, expiration and termination.
"""

from __future__ import annotations

import base64
import binascii
from contextlib import suppress
from email.utils import format_datetime
from typing import TYPE_CHECKING, BinaryIO, cast

from flask import Blueprint, Response, current_app, request, url_for
from werkzeug.exceptions import UnsupportedMediaType

from catalog import uploads
from catalog.assets import Given
from catalog.errors import CatalogError, Conflict, Fault, Invalid
from catalog.uploads import Limits
from portal.checksums import MOST_CHECKED, Checksum
from portal.contribute.guessing import settled
from portal.contribute.receiving import Receiving, end_upload, finish, finish_whole
from portal.identity import actor, services
from portal.transfers import TooBusy
from storage.hashing import RunningHash
from storage.keys import original_key

if TYPE_CHECKING:
    from catalog.uploads import UploadView
    from portal.transfers import Transfers

blueprint = Blueprint("uploads", __name__, url_prefix="/api/v1/uploads")

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,checksum,expiration,termination"
CHECKSUMS = "sha1,sha256,md5"
OFFSET_TYPE = "application/offset+octet-stream"
MOST_DIGITS = 18
"""Of a number of bytes: the databases keep a signed word of 64 bits. More is as good as endless."""
PRECONDITION_FAILED = 412


@blueprint.after_request
def add_version(response: Response) -> Response:
    """Every answer names the protocol's version."""
    response.headers["Tus-Resumable"] = VERSION
    response.headers["Cache-Control"] = "no-store"
    if response.status_code == PRECONDITION_FAILED:
        response.headers["Tus-Version"] = VERSION
    return response


@blueprint.route("", methods=["OPTIONS"])
@blueprint.route("/<uid>", methods=["OPTIONS"])
def options(uid: str = "") -> Response:
    """Say what is spoken here."""
    del uid
    most = services().settings.limits.max_upload_bytes
    return Response(
        status=204,
        headers={
            "Tus-Version": VERSION,
            "Tus-Extension": EXTENSIONS,
            "Tus-Max-Size": str(most),
            "Tus-Checksum-Algorithm": CHECKSUMS,
        },
    )


@blueprint.post("")
def create() -> Response:
    """Begin an upload; with a body, take its first bytes too."""
    _demand_version()
    length = _number("Upload-Length")
    metadata = read_metadata(request.headers.get("Upload-Metadata", ""))
    house, rid = services(), metadata.get("resource", "")
    given = settled(house, actor(), rid, _given(metadata))
    with house.database.unit_of_work() as session:
        upload = uploads.begin(
            session,
            by=actor(),
            resource_id=rid,
            given=given,
            length=length,
            limits=Limits(
                house.settings.limits.max_upload_bytes, house.settings.limits.quota_bytes
            ),
            key_of=original_key,
            metadata_header=request.headers.get("Upload-Metadata", ""),
        )
    offset = 0
    if length == 0:
        house.store.append(upload.key, 0, [], durable=lambda _offset: None)
        finish(house, actor(), upload, upload.token, RunningHash().hexdigest())
    elif request.mimetype == OFFSET_TYPE:
        offset = _take_first(upload)
    response = Response(status=201, headers=_headers(_upload(upload.id), offset))
    response.headers["Location"] = url_for("uploads.state", uid=upload.id, _external=False)
    return response


def _take_first(upload: UploadView) -> int:
    """Take the bytes that came with the creation; return the offset.

    Where there is no place for them the upload has begun all the same, at 0. Where they are
    refused it ends, since the giver never learns its address.
    """
    try:
        return _take(upload.id, 0)
    except TooBusy:
        return 0
    except CatalogError:
        with suppress(CatalogError):
            end_upload(services(), actor(), upload.id)
        raise


def _upload(uid: str) -> UploadView:
    with services().database.reading() as session:
        return uploads.upload(session, by=actor(), upload_id=uid)


@blueprint.route("/<uid>", methods=["HEAD"])
def state(uid: str) -> Response:
    """Say how far an upload is."""
    _demand_version()
    upload = _upload(uid)
    if upload.received == upload.length and not upload.finished:
        # The portal was killed between the last byte and the asset, or is between them: make up for
        # it. No lease is asked for, which a killed portal would hold for seconds.
        finish_whole(services(), actor(), upload)
        upload = _upload(uid)
    response = Response(status=200, headers=_headers(upload, upload.received))
    response.headers["Upload-Length"] = str(upload.length)
    if upload.metadata_header:
        response.headers["Upload-Metadata"] = upload.metadata_header
    return response


@blueprint.patch("/<uid>")
def append(uid: str) -> Response:
    """Take further bytes."""
    _demand_version()
    if request.mimetype != OFFSET_TYPE:
        raise UnsupportedMediaType
    offset = _take(uid, _number("Upload-Offset"))
    return Response(status=204, headers=_headers(_upload(uid), offset))


@blueprint.delete("/<uid>")
def drop(uid: str) -> Response:
    """End an upload and forget its bytes."""
    _demand_version()
    end_upload(services(), actor(), uid)
    return Response(status=204)


def _take(uid: str, offset: int) -> int:
    """Take the body of this request; finish the file when it is whole. Returns the new offset."""
    transfers = cast("Transfers", current_app.extensions["transfers"])
    header = request.headers.get("Upload-Checksum")
    checksum = Checksum.read(header) if header is not None else None
    if header is not None and checksum is None:
        raise Invalid((Fault("Upload-Checksum", "unknown_value"),), code="bad_request")
    coming = request.content_length or 0
    if checksum is not None and coming > MOST_CHECKED:
        fault = Fault("Upload-Checksum", "too_large", {"most_bytes": MOST_CHECKED})
        raise Invalid((fault,), code="too_large")
    with transfers.place():
        receiving = Receiving.begin(services(), actor(), uid, offset)
        if offset + coming > receiving.upload.length:
            receiving.let_go()
            raise Invalid((Fault("Content-Length", "too_large"),), code="too_large")
        stream = cast("BinaryIO", request.stream)
        if checksum is not None:
            received = receiving.take_checked(stream, checksum)
        else:
            received = receiving.take(stream)
        if received == receiving.upload.length:
            receiving.finish()
    return received


def _headers(upload: UploadView, offset: int) -> dict[str, str]:
    return {
        "Upload-Offset": str(offset),
        "Upload-Expires": format_datetime(upload.expires_at, usegmt=True),
    } | ({"Caravan-Asset": upload.asset_id} if upload.asset_id else {})


def _demand_version() -> None:
    if request.headers.get("Tus-Resumable") != VERSION:
        raise Conflict("unsupported_tus_version")


def _number(header: str) -> int:
    value = request.headers.get(header, "")
    if not value.isascii() or not value.isdigit():
        raise Invalid((Fault(header, "not_a_number"),), code="bad_request")
    return int(value) if len(value) <= MOST_DIGITS else 10**MOST_DIGITS


def read_metadata(header: str) -> dict[str, str]:
    """Read `Upload-Metadata`: pairs of a name and a value in base64, by commas.

    Raises Invalid for what is not base64 of UTF-8, and for a name that stands twice: then nobody
    knows which was meant.
    """
    found: dict[str, str] = {}
    for pair in filter(None, (each.strip() for each in header.split(","))):
        name, _, value = pair.partition(" ")
        try:
            text = base64.b64decode(value.strip(), validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            raise Invalid((Fault("Upload-Metadata", "not_a_text"),), code="bad_request") from None
        if name in found or "\x00" in text:
            raise Invalid((Fault("Upload-Metadata", "not_a_text"),), code="bad_request")
        found[name] = text
    return found


def _given(metadata: dict[str, str]) -> Given:
    return Given(
        filename=metadata.get("filename", "file"),
        role=metadata.get("role") or "main",
        language=metadata.get("language") or None,
        sha256=metadata["sha256"].lower() if metadata.get("sha256") else None,
    )
