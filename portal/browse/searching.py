"""An address as a search, and what was found as a page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from catalog.errors import Fault, Invalid
from portal.facet_labels import label
from portal.finding import Asked
from portal.identity import services
from portal.interface import language
from portal.paging import Pages
from portal.rows import row_of
from search.engine import Sort
from search.facets import BY_NAME, FACETS

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from portal.finding import Found, FoundHit

PER_PAGE = 20
MOST_WAYS = 5
OTHERS = frozenset({"q", "page", "sort", "lang"})
NEWEST = Asked(sort="newest", per_page=3)
SORTS = (Sort.RELEVANCE, Sort.NEWEST, Sort.SMALLEST, Sort.TITLE)


def asked(args: MultiDict[str, str]) -> Asked | None:
    """Read an address; None when it asks for nothing. Raises Invalid for unknown parameters."""
    unknown = [name for name in args if name not in BY_NAME and name not in OTHERS]
    if unknown:
        faults = tuple(Fault(name, "unknown_parameter") for name in unknown)
        raise Invalid(faults, code="unknown_parameter")
    if not any(name in args for name in (*BY_NAME, "q", "page", "sort")):
        return None
    page = args.get("page", "1")
    if not page.isascii() or not page.isdigit() or not 1 <= int(page) <= 10_000:  # noqa: PLR2004 - no list is longer
        raise Invalid((Fault("page", "not_a_number"),), code="bad_request")
    return Asked(
        q=args.get("q", "").strip(),
        lang=language(),
        filters={name: tuple(args.getlist(name)) for name in BY_NAME if name in args},
        sort=args.get("sort", str(Sort.RELEVANCE)),
        page=int(page),
        per_page=PER_PAGE,
    )


def address(search: Asked) -> str:
    """Return the address of a search."""
    parts: list[tuple[str, str]] = [("q", search.q)] if search.q else []
    parts += [(name, value) for name, values in search.filters.items() for value in values]
    if search.sort != Sort.RELEVANCE:
        parts.append(("sort", search.sort))
    if search.page > 1:
        parts.append(("page", str(search.page)))
    query = urlencode(parts) or "q="
    return f"{url_for('browse.front')}?{query}"


@dataclass(frozen=True)
class Why:
    """A reason for a result, in words, with an address where it leads on."""

    words: str
    address: str | None = None


def page(search: Asked, found: Found) -> dict[str, Any]:
    """Return what the page of results shows."""
    rows = [hit_row(hit) for hit in found.hits if not hit.near]
    near = [hit_row(hit) for hit in found.hits if hit.near]
    heading = ngettext("%(num)d resource", "%(num)d resources", found.total)
    if search.q:
        heading = ngettext(
            "%(num)d resource for “%(words)s”",
            "%(num)d resources for “%(words)s”",
            found.total,
            words=search.q,
        )
    return {
        "q": search.q,
        "heading": heading,
        "total": found.total,
        "rows": rows,
        "near_rows": near,
        "only_near": bool(near) and not rows and search.page == 1,
        "facets": [(facet.name, _tree(facet.name, found)) for facet in FACETS],
        "chips": _chips(search),
        "clear": address(replace(search, filters={}, page=1)),
        "sorts": _sorts(search),
        "pages": _pages(search, found),
        "keep": {},
        "ways_on": _ways_on(),
    }


def _tree(name: str, found: Found) -> list[dict[str, Any]]:
    """Return the values of a facet; narrower subjects stand behind their broader ones, set in."""
    values = found.facets.get(name, ())
    listed: list[dict[str, Any]] = [
        {
            "value": each.value,
            "label": each.label,
            "count": each.count,
            "chosen": each.chosen,
            "inner": False,
        }
        for each in values
    ]
    if name != "subject":
        return listed[:14]
    concepts = services().reference.shelf().concepts
    present = {each["value"]: each for each in listed}
    ordered: list[dict[str, Any]] = []
    for each in listed:
        concept = concepts.get(str(each["value"]))
        if concept is not None and any(broader in present for broader in concept.broader):
            continue
        ordered.append(each)
        narrower = concept.narrower if concept else ()
        inner = [present[each] for each in narrower if each in present]
        inner.sort(key=lambda item: -item["count"])
        ordered += [{**item, "inner": True} for item in inner[:6]]
    return ordered[:20]


def _chips(search: Asked) -> list[tuple[str, str]]:
    shelf, reader = services().reference.shelf(), language()
    found = []
    for name, values in search.filters.items():
        for value in values:
            left = tuple(each for each in values if each != value)
            filters = {**search.filters, name: left}
            found.append(
                (
                    label(name, value, shelf, reader),
                    address(replace(search, filters=filters, page=1)),
                )
            )
    return found


def _sorts(search: Asked) -> list[tuple[str, str, bool]]:
    words = {
        Sort.RELEVANCE: _("Best match first"),
        Sort.NEWEST: _("Newest first"),
        Sort.SMALLEST: _("Lightest first"),
        Sort.TITLE: _("By title"),
    }
    return [(str(sort), words[sort], sort == search.sort) for sort in SORTS]


def _pages(search: Asked, found: Found) -> Pages | None:
    if not found.hits:
        return None
    first = (search.page - 1) * search.per_page + 1
    last = min(first + search.per_page - 1, found.total)
    before = address(replace(search, page=search.page - 1)) if search.page > 1 else None
    after = address(replace(search, page=search.page + 1)) if last < found.total else None
    return Pages(first, last, before, after) if before or after else None


def _ways_on() -> list[tuple[str, str]]:
    """Return where somebody goes on who found nothing: everything, and the large subjects."""
    shelf = services().reference.shelf()
    tops = [concept for concept in shelf.concepts.values() if not concept.broader]
    subjects = [
        (
            shelf.concept_label(concept.id, language()),
            address(Asked(filters={"subject": (concept.id,)})),
        )
        for concept in tops[:MOST_WAYS]
    ]
    return [(_("All there is"), address(Asked())), *subjects]


def hit_row(hit: FoundHit) -> Any:  # noqa: ANN401 - a Row
    """Return the row of one result, with quotations and reasons."""
    card = hit.card
    summary = card.summary.pick(language(), original=card.language)
    texts = [each for each in hit.snippets if each.field in ("summary", "description")][:1]
    if not texts and summary is not None:
        texts = [_Plain(summary.language, summary.value)]  # type: ignore[list-item]
    return row_of(
        card,
        url_for("browse.resource", rid=card.id),
        texts=tuple(texts),
        quotes=tuple(each for each in hit.snippets if each.field == "file")[:1],
        found_by=tuple(_why(hit)),
    )


@dataclass(frozen=True)
class _Plain:
    """A text without marks."""

    lang: str
    text: str
    marks: tuple[tuple[int, int], ...] = ()


def _why(hit: FoundHit) -> list[Why]:
    names = {
        "title": _("title"),
        "keyword": _("keywords"),
        "summary": _("summary"),
        "description": _("description"),
        "institution": _("giver"),
        "file": _("text of the files"),
    }
    shelf = services().reference.shelf()
    found: dict[str, Why] = {}
    for reason in hit.matched_by:
        if reason.concept is not None:
            own = shelf.concept_label(reason.concept, language())
            same = reason.label is None or reason.label.casefold() == own.casefold()
            words = own if same else f"{own} ({reason.label})"
            found.setdefault(
                reason.concept,
                Why(
                    _("subject: %(subject)s", subject=words),
                    address(Asked(filters={"subject": (reason.concept,)})),
                ),
            )
        elif reason.field is not None:
            found.setdefault(reason.field, Why(names.get(reason.field, reason.field)))
    return list(found.values())[:4]
