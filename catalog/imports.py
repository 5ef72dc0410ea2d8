"""What a bulk import brought before: which resource a source id is, and from which wording."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from catalog import clock
from catalog.states import EDITABLE_STATES
from catalog.tables.imported import Imported
from catalog.tables.resource import Resource, Version

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session


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
    row = session.execute(
        select(Resource, Version.state, Imported.digest)
        .join(Version, Version.resource_id == Resource.id)
        .outerjoin(Imported, Imported.resource_id == Resource.id)
        .where(Resource.institution_id == institution, Resource.source_id == source_id)
        .order_by(Version.number.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    resource, state, digest_of_then = row
    return Known(
        resource.id, resource.published_number is not None, state in EDITABLE_STATES, digest_of_then
    )


def note(session: Session, resource_id: str, wording: str) -> None:
    """Note from which wording a resource was brought in."""
    row = session.get(Imported, resource_id)
    if row is None:
        row = Imported(resource_id=resource_id, digest=wording, at=clock.now())
        session.add(row)
    row.digest, row.at = wording, clock.now()


def digest(payload: Mapping[str, Any], files: Sequence[Sequence[str | None]] | None) -> str:
    """Return a digest of a line and of what it says of its files, their bytes' hash included."""
    told = json.dumps([payload, files], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(told.encode()).hexdigest()
