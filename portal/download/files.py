"""Which bytes an address means, and who may have them; the pages and the API share it."""

from __future__ import annotations

import mimetypes
from contextlib import suppress
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from flask import request, url_for

from catalog import downloads
from catalog.database import DatabaseBusy
from catalog.errors import Conflict, NotFound
from catalog.policy.actions import Action
from catalog.policy.guard import demand
from catalog.policy.rules import allows
from catalog.resources import reading
from catalog.states import Access, State
from portal.counting import count_taken, is_use
from portal.identity import actor, services
from portal.sending import Sendable, send

if TYPE_CHECKING:
    from flask import Response

    from catalog.resources.views import AssetView, RenditionView, ResourceView

SHOWN = frozenset({"thumbnail", "poster"})
"""Renditions that are public with the record, whatever the access."""
SHOWN_SECONDS = 3600
NEVER_INLINE = frozenset({"text"})
PICTURES = ("contact_sheet", "page_", "still", "waveform")
"""Renditions that the page shows by itself: to load it is not to take anything."""


def original(resource_id: str, asset_id: str) -> Response:
    """Send an original: always as an attachment, under the name its giver gave it."""
    view, asset = _found(resource_id, asset_id)
    demand(actor(), Action.FILE_TAKE, view.standing_of(asset), what="asset")
    if asset.unconfirmed:
        raise Conflict("asset_not_checked", filename=asset.filename)
    _count(view, asset, "")
    return send(
        services().store,
        Sendable(
            key=asset.key,
            size=asset.size,
            sha256=asset.sha256,
            media_type=asset.media_type or "application/octet-stream",
            filename=asset.filename,
            inline=False,
            public=_is_public(view, asset),
            licence=_licence(view),
        ),
    )


def rendition(resource_id: str, asset_id: str, name: str) -> Response:
    """Send what was made from an original; pictures, films and captions may be shown inline."""
    view, asset = _found(resource_id, asset_id)
    shown = name in SHOWN
    action = Action.FILE_SHOW if shown else Action.FILE_TAKE
    demand(actor(), action, view.standing_of(asset), what="asset")
    made = asset.rendition(name)
    if made is None:
        raise NotFound("not_found", what="rendition")
    if not shown:
        _count(view, asset, name)
    return send(
        services().store,
        Sendable(
            key=made.key,
            size=made.size,
            sha256=made.sha256,
            media_type=made.media_type,
            filename=rendition_filename(asset, made),
            inline=name not in NEVER_INLINE,
            public=_is_public(view, asset) or (shown and view.state == State.PUBLISHED),
            seconds=SHOWN_SECONDS if shown else 0,
            licence=_licence(view),
        ),
    )


def rendition_filename(asset: AssetView, made: RenditionView) -> str:
    """Return the giver's name with the rendition's and the ending of its type."""
    stem = PurePosixPath(asset.filename.replace("\\", "/")).stem or "file"
    ending = mimetypes.guess_extension(made.media_type.split(";")[0]) or ""
    return f"{stem}-{made.name}{ending}"


def _found(resource_id: str, asset_id: str) -> tuple[ResourceView, AssetView]:
    with services().database.reading() as session:
        return reading.asset_of(session, actor(), resource_id, asset_id)


def _licence(view: ResourceView) -> str:
    return url_for("download.licence", rid=view.id)


def _is_public(view: ResourceView, asset: AssetView) -> bool:
    return view.state == State.PUBLISHED and view.access == Access.OPEN and asset.fit_to_give


def _count(view: ResourceView, asset: AssetView, name: str) -> None:
    """Count a published file as taken when its first byte is asked for by GET, once for a use."""
    asked = request.headers.get("Range", "bytes=0-")
    if request.method != "GET" or not asked.startswith("bytes=0-"):
        return
    if (
        view.state != State.PUBLISHED
        or not allows(actor(), Action.FILE_TAKE, view.standing_of(asset)).allowed
    ):
        return
    if name.startswith(PICTURES) or not is_use(view.id, asset.id, name):
        return
    count_taken(view.id)
    # A file is not held back because it cannot be counted, as on a full disk.
    with suppress(DatabaseBusy), services().database.unit_of_work() as session:
        downloads.count(session, resource_id=view.id, asset_id=asset.id, rendition=name)
