"""What a bulk import brought before: which resource a source id is, and from which wording."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from catalog import clock
from catalog.among import among
from catalog.inserting import insert_all
from catalog.states import EDITABLE_STATES
from catalog.tables.imported import Imported
from catalog.tables.resource import Resource, Version

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy.orm import Session

    from catalog.inserting import Row


@dataclass(frozen=True)
class Known:
    """A resource that an institution's source id names; `open` when a draft of it can be changed."""

    resource_id: str
    published: bool
    open: bool
    digest: str | None


def known(session: Session, institution: str, source_id: str | None) -> Known | None:
    """Return the resource of a source id, if there is one."""
    if source_id is None:
        return None
    return known_among(session, institution, [source_id]).get(source_id)


def known_among(
    session: Session, institution: str, source_ids: Collection[str]
) -> dict[str, Known]:
    """Return the resources of those source ids that there are, in one statement."""
    rows = session.execute(
        select(
            Resource.id,
            Resource.source_id,
            Resource.published_number,
            Version.state,
            Imported.digest,
        )
        .join(Version, Version.resource_id == Resource.id)
        .outerjoin(Imported, Imported.resource_id == Resource.id)
        .where(Resource.institution_id == institution, among(Resource.source_id, source_ids))
        .order_by(Version.number)
    )
    # Of several versions the newest comes last.
    return {
        row.source_id: Known(
            row.id, row.published_number is not None, row.state in EDITABLE_STATES, row.digest
        )
        for row in rows
    }


def note(session: Session, resource_id: str, wording: str) -> None:
    """Note from which wording a resource was brought in."""
    row = session.get(Imported, resource_id)
    if row is None:
        insert_all(session, [noted(resource_id, wording)])
    else:
        row.digest, row.at = wording, clock.now()


def noted(resource_id: str, wording: str) -> Row:
    """Return the row that `note` writes for a new resource."""
    return Imported, {"resource_id": resource_id, "digest": wording, "at": clock.now()}


def digest(payload: Mapping[str, Any], files: Sequence[Sequence[str | None]] | None) -> str:
    """Return a digest of a line and of what it says of its files, their bytes' hash included."""
    told = json.dumps([payload, files], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(told.encode()).hexdigest()
