"""Files that stopped on their way in: what came of them is safe, and can be gone on with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import url_for

from catalog.errors import Invalid
from portal.contribute.tus import read_metadata
from portal.field_labels import role_name
from portal.file_rows import icon_of

if TYPE_CHECKING:
    from catalog.uploads import UploadView


@dataclass(frozen=True)
class StoppedRow:
    """A file of which `received` of `size` bytes are here.

    `modified` and `path` are what its sender noted to know it again by: when it was last changed,
    in milliseconds, and where it lies in the folder that was given.
    """

    id: str
    filename: str
    icon: str
    role: str
    size: int
    received: int
    address: str
    modified: str
    path: str


def stopped_row(upload: UploadView) -> StoppedRow:
    """Return the row of an upload that is not finished."""
    try:
        noted = read_metadata(upload.metadata_header)
    except Invalid:
        noted = {}
    return StoppedRow(
        id=upload.id,
        filename=upload.filename,
        icon=icon_of(upload.filename),
        role=role_name(upload.role),
        size=upload.length,
        received=upload.received,
        address=url_for("uploads.state", uid=upload.id),
        modified=noted.get("modified", ""),
        path=noted.get("path", ""),
    )
