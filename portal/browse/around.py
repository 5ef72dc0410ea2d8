"""What stands around a resource: the way back to the search it was found by, and what goes with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from flask import request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from catalog.errors import Invalid
from portal import limits
from portal.browse import searching
from portal.finding import Asked, count, find
from portal.identity import actor, services
from portal.interface import language
from portal.numerals import ngettext
from search.engine import EngineError

if TYPE_CHECKING:
    from catalog.resources.views import ResourceView
    from portal.rows import Row

MOST_RELATED = 4


@dataclass(frozen=True)
class WayBack:
    """The search somebody comes from: its address, and words with the number it found."""

    address: str
    words: str


def way_back() -> WayBack | None:
    """Return the search somebody comes from, if it was one of ours.

    Its address is made anew from what we understand of it; nothing of the referrer is shown as it is.
    """
    base, _sign, query = (request.referrer or "").partition("?")
    if base != request.host_url or not query:
        return None
    try:
        asked = searching.asked(MultiDict(parse_qsl(query, keep_blank_values=True)))
    except (Invalid, ValueError):
        return None
    return WayBack(searching.address(asked), _words(asked)) if asked else None


def _words(asked: Asked) -> str:
    try:
        total = count(services(), asked) if limits.may_search() else 0
    except (EngineError, Invalid):
        total = 0
    if not total:
        return _("Back to the results")
    if not asked.q:
        return ngettext("Back to %(num)s resource", "Back to %(num)s resources", total)
    return ngettext(
        "Back to %(num)s resource for “%(words)s”",
        "Back to %(num)s resources for “%(words)s”",
        total,
        words=asked.q,
    )


def related(view: ResourceView) -> list[Row]:
    """Return what shares a subject, the newest first; nothing while the search rests.

    One question to the engine, four SQL statements.
    """
    if not view.subjects or not limits.may_search():
        return []
    asked = Asked(filters={"subject": view.subjects}, per_page=MOST_RELATED + 1)
    try:
        found = find(services(), actor(), asked, reader=language())
    except (EngineError, Invalid):
        return []
    others = [hit for hit in found.hits if hit.card.id != view.id]
    return [searching.hit_row(hit) for hit in others[:MOST_RELATED]]
