"""Reading resources: one by id as the policy allows, and lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from catalog.errors import Gone, NotFound
from catalog.policy.actions import Action
from catalog.policy.clauses import Standing
from catalog.policy.guard import demand
from catalog.policy.rules import allows
from catalog.policy.visibility import visible_sql
from catalog.resources.rows import (
    ages_of,
    assets_by_version,
    institution_names,
    public_pairs,
    resource_views,
    texts_by_version,
)
from catalog.resources.views import Card
from catalog.states import State
from catalog.tables.resource import Resource, Version
from catalog.texts import Multilingual

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from catalog.policy.actor import Actor
    from catalog.resources.views import AssetView, ResourceView


def resource(session: Session, actor: Actor, resource_id: str) -> ResourceView:
    """Return the published version, or, to those who may see it, the one on its way.

    Raises:
        NotFound: there is none, or the actor may not know of it.
        Gone: it was withdrawn.

    """
    pairs = _versions_of(session, resource_id)
    chosen = [pair for pair in pairs if pair[0].published_number == pair[1].number]
    chosen = chosen or pairs[-1:]
    view = resource_views(session, chosen)[0]
    demand(actor, Action.RESOURCE_READ, view.standing)
    return view


def working_version(session: Session, actor: Actor, resource_id: str) -> ResourceView:
    """Return the version that is on its way, if the actor may see one, else the published one."""
    pairs = _versions_of(session, resource_id)
    view = resource_views(session, pairs[-1:])[0]
    if allows(actor, Action.RESOURCE_READ, view.standing).allowed:
        return view
    return resource(session, actor, resource_id)


def numbered_version(session: Session, actor: Actor, resource_id: str, number: int) -> ResourceView:
    """Return one version by its number, as the policy allows; else NotFound."""
    pairs = [pair for pair in _versions_of(session, resource_id) if pair[1].number == number]
    if not pairs:
        raise NotFound("not_found", what="version")
    view = resource_views(session, pairs)[0]
    demand(actor, Action.RESOURCE_READ, view.standing)
    return view


def asset_of(
    session: Session, actor: Actor, resource_id: str, asset_id: str
) -> tuple[ResourceView, AssetView]:
    """Return a file with the version that shows it to the actor: the public one first.

    Raises NotFound and Gone as `resource` does.
    """
    pairs = _versions_of(session, resource_id)
    public = [pair for pair in pairs if pair[0].published_number == pair[1].number]
    for pair in [*public, *reversed(pairs)]:
        view = resource_views(session, [pair])[0]
        asset = view.asset(asset_id)
        if asset and allows(actor, Action.RESOURCE_READ, view.standing).allowed:
            return view, asset
    raise NotFound("not_found", what="asset")


def _versions_of(session: Session, resource_id: str) -> list[tuple[Resource, Version]]:
    pairs = list(
        session.execute(
            select(Resource, Version)
            .join(Version, Version.resource_id == Resource.id)
            .where(Resource.id == resource_id)
            .order_by(Version.number)
        )
        .tuples()
        .all()
    )
    if not pairs:
        raise NotFound("not_found", what="resource")
    gone = pairs[0][0]
    if gone.withdrawn_at is not None:
        raise Gone(
            "withdrawn",
            id=gone.id,
            reason=gone.withdrawn_reason,
            at=gone.withdrawn_at,
            institution=gone.institution_id,
            version_id=pairs[-1][1].id,
            kind=pairs[-1][1].kind,
            year=pairs[-1][1].year,
            language=pairs[-1][1].language,
        )
    return pairs


def tombstone_title(session: Session, version_id: str) -> Multilingual:
    """Return the title a withdrawn resource had, for its page."""
    found = texts_by_version(session, [version_id], ["title"])
    title = found.get(version_id, {}).get("title", Multilingual())
    return title if isinstance(title, Multilingual) else Multilingual()


def cards(session: Session, ids: Collection[str]) -> dict[str, Card]:
    """Return cards of published resources by id, in at most four statements, however many."""
    return {card.id: card for card in _cards(session, public_pairs(session, ids), names={})}


def given_by(
    session: Session, actor: Actor, *, page: int = 1, per_page: int = 50
) -> tuple[int, tuple[Card, ...]]:
    """Return what the actor may edit, newest first: the version on its way or else the public one."""
    newest = (
        select(Version.resource_id, func.max(Version.number).label("number"))
        .group_by(Version.resource_id)
        .subquery()
    )
    asked = (
        select(Resource, Version)
        .join(Version, Version.resource_id == Resource.id)
        .join(
            newest,
            (newest.c.resource_id == Version.resource_id) & (newest.c.number == Version.number),
        )
        .where(
            Resource.withdrawn_at.is_(None),
            visible_sql(actor),
            (Version.created_by == actor.person_id)
            | Resource.institution_id.in_(_giving_places(actor)),
        )
    )
    return _page(session, asked.order_by(Version.updated_at.desc(), Version.id), page, per_page)


def _giving_places(actor: Actor) -> list[str]:
    places = actor.granted_at(Action.RESOURCE_EDIT)
    return sorted(places or ())


def _page(
    session: Session, asked: Select[tuple[Resource, Version]], page: int, per_page: int
) -> tuple[int, tuple[Card, ...]]:
    total = session.scalar(select(func.count()).select_from(asked.order_by(None).subquery())) or 0
    pairs = session.execute(asked.limit(per_page).offset((page - 1) * per_page)).tuples().all()
    names = institution_names(session, {resource.institution_id for resource, _ in pairs})
    return total, _cards(session, pairs, names)


def _cards(
    session: Session,
    pairs: Collection[tuple[Resource, Version]],
    names: dict[str, dict[str, str]],
) -> tuple[Card, ...]:
    ids = [version.id for _, version in pairs]
    if not ids:
        return ()
    texts = texts_by_version(session, ids, ("title", "summary"))
    assets = assets_by_version(session, ids, with_steps=False)
    return tuple(
        Card(
            id=resource.id,
            number=version.number,
            state=version.state,
            kind=version.kind,
            institution=resource.institution_id,
            institution_names=names.get(resource.institution_id, {}),
            country=version.country,
            language=version.language,
            access=version.access,
            year=version.year,
            ages=ages_of(version),
            details=version.details,
            title=texts.get(version.id, {}).get("title", Multilingual()),
            summary=texts.get(version.id, {}).get("summary", Multilingual()),
            updated_at=version.updated_at,
            submitted_at=version.submitted_at,
            published_at=version.published_at,
            assets=assets.get(version.id, ()),
        )
        for resource, version in pairs
    )


def published_count(session: Session) -> int:
    """Return how many resources are public."""
    return (
        session.scalar(
            select(func.count()).select_from(Version).where(Version.state == State.PUBLISHED)
        )
        or 0
    )


def standing_of_any(session: Session, resource_id: str) -> Standing:
    """Return the standing of a resource in whatever state, withdrawn ones too; raises NotFound."""
    row = session.execute(
        select(Resource, Version)
        .join(Version, Version.resource_id == Resource.id)
        .where(Resource.id == resource_id)
        .order_by(Version.number.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        raise NotFound("not_found", what="resource")
    found, version = row
    return Standing(
        institution=found.institution_id,
        state=version.state,
        access=version.access,
        created_by=version.created_by,
        submitted_by=version.submitted_by,
        public=found.published_number is not None,
    )
