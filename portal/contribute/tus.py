"""Resumable uploads by tus 1.0 (https://tus.io/protocols/resumable-upload), with the extensions
creation, creation-with-upload, checksum, expiration and termination.
"""

from __future__ import annotations

import base64
import binascii
from email.utils import format_datetime
from typing import TYPE_CHECKING, BinaryIO, cast

from flask import Blueprint, Response, current_app, request, url_for

from catalog import uploads
from catalog.assets import Given
from catalog.errors import Conflict, Fault, Invalid
from catalog.uploads import Limits
from portal.checksums import MOST_CHECKED, Checksum
from portal.contribute.receiving import Receiving, finish
from portal.identity import actor, services
from storage.hashing import RunningHash
from storage.keys import original_key

if TYPE_CHECKING:
    from catalog.uploads import UploadView
    from portal.transfers import Transfers

blueprint = Blueprint("uploads", __name__, url_prefix="/api/v1/uploads")

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,checksum,expiration,termination"
OFFSET_TYPE = "application/offset+octet-stream"


@blueprint.after_request
def add_version(response: Response) -> Response:
    """Every answer names the protocol's version."""
    response.headers["Tus-Resumable"] = VERSION
    response.headers["Cache-Control"] = "no-store"
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
            "Tus-Checksum-Algorithm": "sha1,sha256,md5",
        },
    )


@blueprint.post("")
def create() -> Response:
    """Begin an upload; with a body, take its first bytes too."""
    _demand_version()
    length = _number("Upload-Length")
    metadata = _metadata(request.headers.get("Upload-Metadata", ""))
    house = services()
    with house.database.unit_of_work() as session:
        upload = uploads.begin(
            session,
            by=actor(),
            resource_id=metadata.get("resource", ""),
            given=_given(metadata),
            length=length,
            limits=Limits(
                house.settings.limits.max_upload_bytes, house.settings.limits.quota_bytes
            ),
            key_of=original_key,
            metadata_header=request.headers.get("Upload-Metadata", ""),
        )
    offset = 0
    if request.content_type == OFFSET_TYPE and length:
        offset = _take(upload.id, 0)
    elif length == 0:
        house.store.append(upload.key, 0, [], durable=lambda _offset: None)
        finish(house, actor(), upload, upload.token, RunningHash().hexdigest())
    response = Response(status=201, headers=_headers(upload, offset))
    response.headers["Location"] = url_for("uploads.state", uid=upload.id, _external=False)
    return response


@blueprint.route("/<uid>", methods=["HEAD"])
def state(uid: str) -> Response:
    """Say how far an upload is."""
    _demand_version()
    with services().database.reading() as session:
        upload = uploads.upload(session, by=actor(), upload_id=uid)
    if upload.received == upload.length and not upload.finished:
        # The portal was killed between the last byte and the asset: make up for it.
        Receiving.begin(services(), actor(), uid, upload.length).finish()
    response = Response(status=200, headers=_headers(upload, upload.received))
    response.headers["Upload-Length"] = str(upload.length)
    if upload.metadata_header:
        response.headers["Upload-Metadata"] = upload.metadata_header
    return response


@blueprint.patch("/<uid>")
def append(uid: str) -> Response:
    """Take further bytes."""
    _demand_version()
    if request.content_type != OFFSET_TYPE:
        return Response(status=415)
    offset = _take(uid, _number("Upload-Offset"))
    with services().database.reading() as session:
        upload = uploads.upload(session, by=actor(), upload_id=uid)
    return Response(status=204, headers=_headers(upload, offset))


@blueprint.delete("/<uid>")
def drop(uid: str) -> Response:
    """End an upload and forget its bytes."""
    _demand_version()
    with services().database.unit_of_work() as session:
        key = uploads.drop(session, by=actor(), upload_id=uid)
    if key:
        services().store.abandon(key)
    return Response(status=204)


def _take(uid: str, offset: int) -> int:
    """Take the body of this request; finish the file when it is whole. Returns the new offset."""
    transfers = cast("Transfers", current_app.extensions["transfers"])
    header = request.headers.get("Upload-Checksum")
    checksum = Checksum.read(header) if header else None
    if header and checksum is None:
        raise Invalid((Fault("Upload-Checksum", "unknown_value"),), code="bad_request")
    coming = request.content_length
    with transfers.place():
        receiving = Receiving.begin(services(), actor(), uid, offset)
        if coming is not None and offset + coming > receiving.upload.length:
            receiving.take(cast("BinaryIO", _Nothing()))
            raise Invalid((Fault("Upload-Offset", "too_large"),), code="too_large")
        if checksum is not None:
            if coming is None or coming > MOST_CHECKED:
                receiving.take(cast("BinaryIO", _Nothing()))
                raise Invalid((Fault("Upload-Checksum", "too_large"),), code="too_large")
            received = receiving.take_checked(cast("BinaryIO", request.stream), checksum, coming)
        else:
            received = receiving.take(cast("BinaryIO", request.stream))
        if received == receiving.upload.length:
            receiving.finish()
    return received


class _Nothing:
    """A body without bytes."""

    def read(self, size: int) -> bytes:
        """Give nothing."""
        del size
        return b""


def _headers(upload: UploadView, offset: int) -> dict[str, str]:
    return {
        "Upload-Offset": str(offset),
        "Upload-Expires": format_datetime(upload.expires_at, usegmt=True),
    } | ({"Caravan-Asset": upload.asset_id} if upload.asset_id else {})


def _demand_version() -> None:
    if request.headers.get("Tus-Resumable", VERSION) != VERSION:
        raise Conflict("unsupported_tus_version")


def _number(header: str) -> int:
    value = request.headers.get(header, "")
    if not value.isascii() or not value.isdigit():
        raise Invalid((Fault(header, "not_a_number"),), code="bad_request")
    return int(value)


def _metadata(header: str) -> dict[str, str]:
    """Read `Upload-Metadata`: pairs of a name and a value in base64, by commas."""
    found = {}
    for pair in filter(None, (each.strip() for each in header.split(","))):
        name, _, value = pair.partition(" ")
        try:
            found[name] = base64.b64decode(value, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            raise Invalid((Fault("Upload-Metadata", "not_a_text"),), code="bad_request") from None
    return found


def _given(metadata: dict[str, str]) -> Given:
    return Given(
        filename=metadata.get("filename", "file"),
        role=metadata.get("role") or "main",
        language=metadata.get("language") or None,
        sha256=metadata["sha256"].lower() if metadata.get("sha256") else None,
    )
