"""An address as a search, and what was found as a page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from babel.lists import format_list
from flask import url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from catalog.errors import Fault, Invalid
from config.languages import LANGUAGES
from portal.browse.narrowing import SHOWN, facet_lines
from portal.facet_labels import FACETS, label
from portal.finding import Asked, find
from portal.identity import actor, services
from portal.interface import language
from portal.numerals import ngettext
from portal.paging import Pages
from portal.rows import row_of
from search.engine import EngineError, Sort
from search.facets import BY_NAME

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from portal.finding import Found, FoundHit
    from search.highlights import Reason

PER_PAGE = 20
MOST_WAYS = 5
MOST_SUBJECTS = 2
OTHERS = frozenset({"q", "page", "sort", "lang", "written"})
NEWEST = Asked(sort="newest", per_page=3)
UNCLEAR = frozenset(
    {"language", "audio_language", "subtitle_language", "use", "size", "duration", "institution"}
)
SORTS = (Sort.RELEVANCE, Sort.NEWEST, Sort.SMALLEST, Sort.TITLE)


def asked(args: MultiDict[str, str]) -> Asked | None:
    """Read an address; None when it asks for nothing. Raises Invalid for unknown parameters."""
    unknown = [name for name in args if name not in BY_NAME and name not in OTHERS]
    if unknown:
        faults = tuple(Fault(name, "unknown_parameter") for name in unknown)
        raise Invalid(faults, code="unknown_parameter")
    if not any(name in args for name in (*BY_NAME, "q", "page", "sort")):
        return None
    return Asked(
        q=args.get("q", "").strip(),
        lang=_written(args.get("written", "")),
        filters={
            name: tuple(dict.fromkeys(args.getlist(name))) for name in BY_NAME if name in args
        },
        sort=args.get("sort", str(Sort.RELEVANCE)),
        page=_page(args.get("page", "1")),
        per_page=PER_PAGE,
    )


def _page(said: str) -> int:
    if said.isascii() and said.isdigit() and 1 <= int(said) <= 10_000:  # noqa: PLR2004 - no list is longer
        return int(said)
    raise Invalid((Fault("page", "not_a_number"),), code="bad_request")


def _written(tag: str) -> str:
    """Return the language that the words are in: as the person says, else that of the pages."""
    return tag if tag in LANGUAGES else language()


def address(search: Asked) -> str:
    """Return the address of a search."""
    parts: list[tuple[str, str]] = [("q", search.q)] if search.q else []
    if search.q and search.lang != language():
        parts.append(("written", search.lang))
    parts += [(name, value) for name, values in search.filters.items() for value in values]
    if search.sort != Sort.RELEVANCE:
        parts.append(("sort", search.sort))
    if search.page > 1:
        parts.append(("page", str(search.page)))
    query = urlencode(parts) or "q="
    return f"{url_for('browse.front')}?{query}"


@dataclass(frozen=True)
class Why:
    """Why something was found: words; of a subject also its label, its search, its other name."""

    words: str
    address: str | None = None
    label: str = ""
    other: str = ""
    other_lang: str | None = None


def page(search: Asked, found: Found) -> dict[str, Any]:
    """Return what the page of results shows."""
    rows = [hit_row(hit) for hit in found.hits if not hit.near]
    near = [hit_row(hit) for hit in found.hits if hit.near]
    heading = _counted(found.total)
    if search.q:
        heading = ngettext(
            "%(num)s resource for “%(words)s”",
            "%(num)s resources for “%(words)s”",
            found.total,
            words=search.q,
        )
    return {
        "q": search.q,
        "written": search.lang,
        "heading": heading,
        "total": found.total,
        "rows": rows,
        "near_rows": near,
        "only_near": bool(near) and not rows and search.page == 1,
        "facets": [(name, facet_lines(name, found)) for name in SHOWN],
        "chips": _chips(search),
        "clear": address(replace(search, filters={}, page=1)),
        "sorts": _sorts(search),
        "pages": pages(search, found),
        "keep": _kept(search),
        "ways_on": [] if found.hits or search.filters else _ways_on(),
    }


def _kept(search: Asked) -> list[tuple[str, str]]:
    """Return what must not be lost when somebody narrows down."""
    kept = {"written": search.lang if search.lang != language() else ""}
    kept["sort"] = search.sort if search.sort != Sort.RELEVANCE else ""
    return [(name, value) for name, value in kept.items() if value]


def _chips(search: Asked) -> list[tuple[str, str]]:
    shelf, reader = services().reference.shelf(), language()
    found = []
    for name, values in search.filters.items():
        for value in values:
            left = tuple(each for each in values if each != value)
            filters = {**search.filters, name: left}
            found.append(
                (
                    _chip(name, label(name, value, shelf, reader)),
                    address(replace(search, filters=filters, page=1)),
                )
            )
    return found


def _chip(name: str, value: str) -> str:
    """Return a chosen value; with the name of its facet where it does not say what it is of."""
    if name not in UNCLEAR:
        return value
    return _("%(facet)s: %(value)s", facet=FACETS[name], value=value)


def _sorts(search: Asked) -> list[tuple[str, str, bool]]:
    """Return the orders: label, address, whether it is the present one."""
    words = {
        Sort.RELEVANCE: _("Best match first"),
        Sort.NEWEST: _("Newest first"),
        Sort.SMALLEST: _("Lightest first"),
        Sort.TITLE: _("By title"),
    }
    # Without words nothing matches better than another: the newest stand first.
    present = search.sort if search.q or search.sort != Sort.RELEVANCE else Sort.NEWEST
    return [
        (words[sort], address(replace(search, sort=str(sort), page=1)), sort == present)
        for sort in SORTS
        if search.q or sort != Sort.RELEVANCE
    ]


def pages(search: Asked, found: Found) -> Pages | None:
    """Return where the page stands, with the addresses before and after."""
    if not found.hits:
        return None
    first = (search.page - 1) * search.per_page + 1
    last = min(first + search.per_page - 1, found.total)
    before = address(replace(search, page=search.page - 1)) if search.page > 1 else None
    after = address(replace(search, page=search.page + 1)) if last < found.total else None
    return Pages(first, last, before, after) if before or after else None


def _ways_on() -> list[tuple[str, str, str]]:
    """Return where somebody goes on who found nothing, with numbers: everything, the large subjects."""
    try:
        there = find(services(), actor(), replace(NEWEST, per_page=1), reader=language())
    except EngineError:
        return [(_("All there is"), address(Asked()), "")]
    concepts = services().reference.shelf().concepts
    tops = [
        each
        for each in there.facets["subject"]
        if each.value in concepts and not concepts[each.value].broader
    ]
    subjects = [
        (each.label, address(Asked(filters={"subject": (each.value,)})), _counted(each.count))
        for each in sorted(tops, key=lambda each: -each.count)[:MOST_WAYS]
    ]
    return [(_("All there is"), address(Asked()), _counted(there.total)), *subjects]


def _counted(count: int) -> str:
    return ngettext("%(num)s resource", "%(num)s resources", count)


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
    """Return the fields in one sentence, then up to two subjects."""
    names = {
        "title": _("title"),
        "keyword": _("keywords"),
        "summary": _("summary"),
        "description": _("description"),
        "institution": _("giver"),
        "file": _("text of the files"),
    }
    fields = dict.fromkeys(
        names.get(reason.field, reason.field) for reason in hit.matched_by if reason.field
    )
    found = []
    if fields:
        listed = format_list(list(fields), locale=get_locale())
        found.append(Why(_("Found by %(fields)s", fields=listed)))
    concepts = {reason.concept: reason for reason in hit.matched_by if reason.concept}
    subjects = [_subject(reason) for reason in list(concepts.values())[:MOST_SUBJECTS]]
    return found + [
        replace(each, words=_("by subject:") if fields else _("Found by subject:"))
        if place == 0
        else each
        for place, each in enumerate(subjects)
    ]


def _subject(reason: Reason) -> Why:
    concept = str(reason.concept)
    own = services().reference.shelf().concept_label(concept, language())
    foreign = reason.label and reason.lang and reason.lang != language()
    return Why(
        "",
        address(Asked(lang=language(), filters={"subject": (concept,)})),
        own,
        other=(reason.label or "") if foreign and reason.label != own else "",
        other_lang=reason.lang,
    )
