"""What the pages of institutions show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import url_for

from catalog import usage
from catalog.resources import reading
from portal.collation import in_order
from portal.facet_labels import country_name
from portal.identity import actor, services
from portal.interface import language
from portal.numerals import ngettext
from portal.paging import Pages
from portal.rows import row_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from catalog.database import UnitOfWork
    from catalog.resources.views import Card
    from catalog.usage import Counts, Period

PER_PAGE = 20
MOST = 20
"""Resources of the list of those that were taken most."""


@dataclass(frozen=True)
class HouseLine:
    """An institution in the list."""

    name: str
    address: str
    country: str
    given: str


@dataclass(frozen=True)
class Text:
    """A summary as a row shows it, without marks."""

    lang: str
    text: str
    marks: tuple[tuple[int, int], ...] = ()


def houses(counts: dict[str, int]) -> dict[str, Any]:
    """Return the institutions that have given something, by name."""
    shelf, reader = services().reference.shelf(), language()
    lines = [
        HouseLine(
            shelf.institution_name(iid, reader),
            url_for("museums.house", iid=iid),
            country_name(shelf.institutions[iid].country, reader),
            ngettext("%(num)s resource", "%(num)s resources", count),
        )
        for iid, count in counts.items()
        if iid in shelf.institutions
    ]
    return {"lines": in_order(lines, reader, lambda line: line.name)}


def house(iid: str, page: int, total: int, cards: tuple[Card, ...]) -> dict[str, Any]:
    """Return the page of one institution, with a page of what it has given."""
    shelf, reader = services().reference.shelf(), language()
    first = (page - 1) * PER_PAGE + 1
    last = first + len(cards) - 1
    name, tag = shelf.institution_named(iid, reader)
    before = url_for("museums.house", iid=iid, page=page - 1) if page > 1 else None
    after = url_for("museums.house", iid=iid, page=page + 1) if last < total else None
    return {
        "iid": iid,
        "name": name,
        "tag": tag,
        "country": country_name(shelf.institutions[iid].country, reader),
        "total": total,
        "heading": ngettext("%(num)s resource", "%(num)s resources", total),
        "rows": [_row(card) for card in cards],
        "pages": Pages(first, last, before, after) if before or after else None,
        "ours": iid in actor().institutions,
    }


def _row(card: Card) -> Any:  # noqa: ANN401 - a Row
    summary = card.summary.pick(language(), original=card.language)
    texts = (Text(summary.language, summary.value),) if summary else ()
    return row_of(card, url_for("browse.resource", rid=card.id), texts=texts)


def most_taken(session: UnitOfWork, iid: str, period: Period) -> list[tuple[str, str, Counts]]:
    """Return title, address and counts of what was taken most, for the institution's own people."""
    found = usage.most_taken(session, by=actor(), institution=iid, period=period, most=MOST)
    named = titles(session, [rid for rid, _counts in found])
    return [
        (named.get(rid, rid), url_for("browse.resource", rid=rid), counts) for rid, counts in found
    ]


def titles(session: UnitOfWork, ids: Collection[str]) -> dict[str, str]:
    """Return the titles of resources in the reader's language, by id."""
    cards = reading.cards(session, ids)
    picked = {
        card.id: card.title.pick(language(), original=card.language) for card in cards.values()
    }
    return {rid: title.value for rid, title in picked.items() if title}
