"""Bytes that others send for the portal: nginx from the folder of the store, or the store itself.

Both are asked only when the portal has answered who may have what, and every condition but Range.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from config.settings import Settings
    from storage.store import MediaStore

ACCEL = "x-accel:"
PLAYED = ("video/", "audio/")


def from_nginx(store: MediaStore, settings: Settings, key: str) -> str | None:
    """Return the address inside nginx of an object in the folder of the store, where that is set.

    None when nginx is not asked, or could not hold the condition of this request: it knows our
    ETag only once it has looked at If-Match. Raises ObjectMissing.
    """
    prefix = settings.portal.send_files.removeprefix(ACCEL)
    if prefix == settings.portal.send_files or not _may_be_handed_on("If-Match"):
        return None
    return None if store.path(key) is None else f"{prefix}/{key}"


def from_store(
    store: MediaStore, settings: Settings, key: str, headers: Mapping[str, str], *, inline: bool
) -> Response | None:
    """Return a redirect to where the store sends an object itself, where that is set.

    None when it is not: for a condition on our ETag, which the store does not know, and for what a
    page shows inside itself and its policy allows from the portal's own origin alone.
    """
    if settings.portal.send_files != "redirect" or not _may_be_handed_on("If-Match", "If-Range"):
        return None
    media_type = headers["Content-Type"]
    if inline and not (media_type.startswith(PLAYED) and settings.storage.visitors_origin):
        return None
    link = store.link(key, media_type=media_type, disposition=headers["Content-Disposition"])
    if link is None:
        return None
    # The address is a key to the file: kept by nobody, told to nobody.
    told = {"Location": link, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return Response(status=302, headers=told)


def _may_be_handed_on(*conditions: str) -> bool:
    return request.method == "GET" and not any(name in request.headers for name in conditions)
