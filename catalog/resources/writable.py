"""A version back in the shape in which people write it: the inverse of `values.read_values`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catalog.resources.rows import resource_views

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from catalog.resources.views import ResourceView, UseView
    from catalog.tables.resource import Resource, Version


def writable_of(session: Session, resource: Resource, version: Version) -> dict[str, Any]:
    """Return the writable fields of a version as JSON values."""
    return writable(resource_views(session, [(resource, version)], with_steps=False)[0])


def writable(view: ResourceView) -> dict[str, Any]:
    """Return the writable fields of a view as JSON values; what is not set is left out."""
    return {name: value for name, value in described(view).items() if value not in (None, {}, [])}


def described(view: ResourceView) -> dict[str, Any]:
    """Return all writable fields of a view as JSON values; what is not set is null or empty."""
    return {
        "source_id": view.source_id,
        "kind": view.kind,
        "title": dict(view.title.values),
        "summary": dict(view.summary.values),
        "description": dict(view.description.values),
        "subjects": list(view.subjects),
        "keywords": {tag: list(words) for tag, words in view.keywords.items()},
        "language": view.language,
        "ages": list(view.ages) if view.ages else None,
        "country": view.country,
        "year": view.year,
        "licence": view.licence,
        "credit": view.credit,
        "uses": [_use(use) for use in view.uses],
        "access": view.access,
        "details": dict(view.details),
    }


def _use(use: UseView) -> str | dict[str, str]:
    if not use.territory and use.until is None:
        return use.use
    described = {"use": use.use, "territory": use.territory}
    if use.until:
        described["until"] = use.until.isoformat()
    return described
