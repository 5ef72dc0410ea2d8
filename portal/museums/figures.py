"""The pictures of use: the figures of a period as charts and tables in the reader's words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from babel.dates import format_skeleton
from flask import url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from catalog import clock
from catalog.errors import Fault, Invalid
from catalog.usage import Counts, Figures, Period
from portal.facet_labels import country_name, language_name
from portal.identity import services
from portal.interface import language
from portal.museums import charts
from portal.numerals import in_own_digits, number
from portal.rows import form_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from portal.museums.charts import Bar

MONTHS = 12
MOST_LINES = 15
"""Of a table; the CSV has them all."""
OLDEST_YEAR = 2000
SYLLABLE = re.compile(
    "(?<=[\u1000-\u109f])(?<!\u1039)(?=[\u1000-\u102a\u103f](?!\u1037?[\u1039\u103a]))"
)
"""Where a Burmese word may be parted in a narrow column: before what begins a syllable. Browsers part
names that they do not know anywhere, between a letter and its own marks too."""


@dataclass(frozen=True)
class Asked:
    """A period with its name in addresses and files; `year` is None for the last twelve months."""

    span: Period
    name: str
    year: int | None


@dataclass(frozen=True)
class Picture:
    """A small chart of one measure by month; `words` say it to those who do not see it."""

    name: str
    total: int
    bars: tuple[Bar, ...]
    words: str


@dataclass(frozen=True)
class Line:
    """A line of a table: a name and counts, each with the length of its bar, of 100."""

    name: str
    cells: tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class Table:
    """Counts by one thing; `left` lines are left out."""

    heading: str
    first: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    left: int = 0


def asked_period(year: str) -> Asked:
    """Return the year asked for, or the last twelve months. Raises Invalid for anything else."""
    today = clock.now().date()
    if not year:
        month = today.year * MONTHS + today.month
        span = Period(_month(month - MONTHS), _month(month))
        return Asked(span, f"{span.first:%Y-%m}", None)
    if not (year.isascii() and year.isdigit() and OLDEST_YEAR <= int(year[:5]) <= today.year):
        raise Invalid((Fault("year", "not_a_number"),), code="bad_request")
    first = date(int(year), 1, 1)
    return Asked(Period(first, date(first.year + 1, 1, 1)), year, first.year)


def _month(count: int) -> date:
    """Return the first day of a month counted from the year 0, January being 0."""
    return date(count // MONTHS, count % MONTHS + 1, 1)


def _written(month: date, skeleton: str) -> str:
    return in_own_digits(format_skeleton(skeleton, month, locale=get_locale()))


def page(iid: str | None, period: Asked, found: Figures, since: date | None) -> dict[str, Any]:
    """Return the page of the figures of one institution, or of all."""
    shelf, reader = services().reference.shelf(), language()
    months = [
        _month(period.span.first.year * MONTHS + period.span.first.month - 1 + place)
        for place in range(MONTHS)
    ]
    counts = [found.months.get(month, Counts()) for month in months]
    names = [_written(month, "yMMMM") for month in months]
    lived = [
        (_written(month, "yMMM"), each)
        for month, each in zip(months, counts, strict=True)
        if since and since.replace(day=1) <= month <= clock.now().date()
    ]
    return {
        "iid": iid,
        "house": shelf.institution_name(iid, reader) if iid else "",
        "months": (names[0], names[-1]),
        "pictures": _pictures(counts, names),
        "tables": [
            _table(_("By month"), _("Month"), lived, most=MONTHS),
            *_tables(found),
        ],
        "forms": _forms(found.forms),
        "years": _years(iid, period, since),
        "begun": since is not None,
        "still": found == Figures(),
        "year": period.year,
    }


def _pictures(counts: list[Counts], names: list[str]) -> list[Picture]:
    measures = (
        (_("Given"), [each.given for each in counts]),
        (_("Found"), [each.found for each in counts]),
        (_("Taken"), [each.taken for each in counts]),
    )
    return [
        Picture(name, sum(values), charts.columns(values), _spoken(name, values, names))
        for name, values in measures
    ]


def _spoken(name: str, values: list[int], names: list[str]) -> str:
    highest = max(values)
    if not highest:
        return _("%(measure)s: nothing in these months", measure=name)
    return _(
        "%(measure)s by month, most in %(month)s: %(most)s",
        measure=name,
        month=names[values.index(highest)],
        most=number(highest),
    )


def _tables(found: Figures) -> list[Table]:
    shelf, reader = services().reference.shelf(), language()

    def subject(concept: str) -> str:
        label = shelf.concept_label(concept, reader)
        return label[:1].upper() + label[1:]

    def country(code: str) -> str:
        return country_name(code, reader) if code else _("Not known")

    def tongue(tag: str) -> str:
        return language_name(tag, reader) if tag else _("Not known")

    return [
        _table(_("By country"), _("Country"), _named(found.countries, country)),
        _table(_("By language"), _("Language"), _named(found.languages, tongue)),
        _table(_("By subject"), _("Subject"), _named(found.subjects, subject)),
    ]


def _named(counts: Mapping[str, Counts], name: Callable[[str], str]) -> list[tuple[str, Counts]]:
    """Return counts with names, the most used first."""
    found = [(name(key), count) for key, count in counts.items()]
    return sorted(found, key=lambda each: (-each[1].taken, -each[1].found, -each[1].given, each[0]))


def _table(
    heading: str, first: str, named: list[tuple[str, Counts]], most: int = MOST_LINES
) -> Table:
    rows = [(name, (each.given, each.found, each.taken)) for name, each in named]
    return _drawn(heading, first, (_("Given"), _("Found"), _("Taken")), rows, most)


def _forms(forms: Mapping[str, int]) -> Table:
    """Return what form was taken: the original, or which of those made of it."""
    named: dict[str, int] = {}
    for rendition, times in forms.items():
        name = form_name(rendition or None, None)
        named[name] = named.get(name, 0) + times
    rows = [(name, (times,)) for name, times in sorted(named.items(), key=lambda each: -each[1])]
    return _drawn(_("By form"), _("Form"), (_("Taken"),), rows, MOST_LINES)


def _drawn(
    heading: str,
    first: str,
    columns: tuple[str, ...],
    rows: Sequence[tuple[str, tuple[int, ...]]],
    most: int,
) -> Table:
    highest = [
        max((values[place] for _name, values in rows), default=0) for place in range(len(columns))
    ]
    lines = tuple(
        Line(
            SYLLABLE.sub("\u200b", name),
            tuple(
                (value, charts.share(value, highest[place])) for place, value in enumerate(values)
            ),
        )
        for name, values in rows[:most]
    )
    return Table(heading, first, columns, lines, max(len(rows) - most, 0))


def _years(iid: str | None, period: Asked, since: date | None) -> list[tuple[str, str, bool]]:
    """Return the periods to choose from: words, address, whether it is the present one."""

    def address(year: int | None) -> str:
        if iid is None:
            return url_for("museums.statistics", year=year)
        return url_for("museums.house_statistics", iid=iid, year=year)

    this_year = clock.now().year
    first = max(since.year, this_year - MONTHS) if since else this_year
    years = [
        (in_own_digits(str(year)), address(year), period.year == year)
        for year in range(this_year, first - 1, -1)
    ]
    return [(_("The last twelve months"), address(None), period.year is None), *years]
