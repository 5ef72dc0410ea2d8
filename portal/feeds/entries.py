"""What the feed says of a resource."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import url_for

from catalog.resources.weights import thumbnail
from portal.identity import services
from portal.interface import language
from portal.rows import rendition_address

if TYPE_CHECKING:
    from datetime import datetime

    from catalog.resources.views import Card
    from catalog.texts import Picked


@dataclass(frozen=True)
class Entry:
    """One line of the feed; addresses are whole ones."""

    address: str
    title: Picked | None
    summary: Picked | None
    giver: str
    kind: str
    updated: datetime
    picture: str | None


def entry(card: Card, base: str) -> Entry:
    """Return the entry of a published resource."""
    pictured = thumbnail(card.assets)
    return Entry(
        address=base + url_for("browse.resource", rid=card.id),
        title=card.title.pick(language(), original=card.language),
        summary=card.summary.pick(language(), original=card.language),
        giver=services().reference.shelf().institution_name(card.institution, language()),
        kind=card.kind,
        updated=card.published_at or card.updated_at,
        picture=base + rendition_address(card.id, pictured, "thumbnail") if pictured else None,
    )
