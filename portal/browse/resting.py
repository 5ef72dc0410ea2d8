"""Finding while the search rests: by kind and subject, read from the catalogue."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from catalog.resources import shelves
from catalog.resources.weights import smallest, thumbnail
from portal.browse import present, searching
from portal.finding import Found, FoundHit
from portal.numerals import ngettext

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catalog.resources.views import Card
    from portal.finding import Asked
    from portal.services import Services

BROWSED = frozenset({"kind", "subject"})


def browsed(services: Services, asked: Asked) -> Found | None:
    """Return what the catalogue has of the kinds and subjects; None where words are asked, or more.

    A subject stands for its narrower ones too, as it does in the search.
    """
    if asked.q or not asked.filters.keys() <= BROWSED:
        return None
    concepts = services.reference.shelf().concepts
    subjects = asked.filters.get("subject", ())
    wanted = _with_narrower(subjects, {each: concepts[each].narrower for each in concepts})
    with services.database.reading() as session:
        total, cards = shelves.published(
            session,
            kinds=asked.filters.get("kind", ()),
            subjects=wanted,
            page=asked.page,
            per_page=asked.per_page,
        )
    return Found(total, asked.page, asked.per_page, tuple(_found(card) for card in cards), {})


def page(asked: Asked, found: Found | None) -> dict[str, Any]:
    """Return what the page shows beside kinds and subjects: what was found, or the words typed."""
    told = {**present.resting(), "q": asked.q, "heading": "", "rows": [], "pages": None}
    if found is None:
        return told
    heading = ngettext("%(num)s resource", "%(num)s resources", found.total)
    rows = [searching.hit_row(hit) for hit in found.hits]
    pages = searching.pages(replace(asked, q=""), found)
    return {**told, "heading": heading, "rows": rows, "pages": pages, "total": found.total}


def _with_narrower(
    subjects: Iterable[str], narrower: dict[str, tuple[str, ...]]
) -> tuple[str, ...]:
    found: dict[str, None] = {}
    left = list(subjects)
    while left:
        concept = left.pop()
        if concept not in found:
            found[concept] = None
            left.extend(narrower.get(concept, ()))
    return tuple(found)


def _found(card: Card) -> FoundHit:
    return FoundHit(
        card=card,
        near=False,
        snippets=(),
        matched_by=(),
        smallest=smallest(card.assets),
        thumbnail=thumbnail(card.assets),
    )
