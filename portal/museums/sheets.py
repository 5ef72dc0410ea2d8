"""Figures as CSV (RFC 4180), for a table of one's own."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from flask import Response

from catalog.usage import Counts
from portal.facet_labels import country_name, language_name
from portal.identity import services
from portal.interface import language

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from catalog.usage import Figures, ResourceUse

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a table takes for a formula at the head of a cell (OWASP, "CSV Injection")."""


def of_figures(found: Figures) -> Iterator[Sequence[str | int]]:
    """Give the figures line by line: by what, which, its name, and the three counts."""
    shelf, reader = services().reference.shelf(), language()
    yield ("by", "value", "name", "given", "found", "taken")
    for month, counts in sorted(found.months.items()):
        yield _line("month", f"{month:%Y-%m}", "", counts)
    for code, counts in sorted(found.countries.items()):
        yield _line("country", code, country_name(code, reader) if code else "", counts)
    for tag, counts in sorted(found.languages.items()):
        yield _line("language", tag, language_name(tag, reader) if tag else "", counts)
    for concept, counts in sorted(found.subjects.items()):
        yield _line("subject", concept, shelf.concept_label(concept, reader), counts)
    for rendition, times in sorted(found.forms.items()):
        yield _line("form", rendition or "original", "", Counts(taken=times))


def _line(by: str, value: str, name: str, counts: Counts) -> Sequence[str | int]:
    return (by, value, name, counts.given, counts.found, counts.taken)


def of_resources(
    uses: Iterable[ResourceUse], titles: Mapping[str, str]
) -> Iterator[Sequence[str | int]]:
    """Give the use of each resource by month, language and country."""
    yield ("id", "title", "month", "language", "country", "found", "taken")
    for use in uses:
        title = titles.get(use.resource_id, "")
        month = f"{use.month:%Y-%m}"
        yield (use.resource_id, title, month, use.language, use.country, use.found, use.taken)


def answer(rows: Iterable[Sequence[str | int]], name: str) -> Response:
    """Return rows as a file to keep; with a mark of UTF-8, without which Excel reads Latin-1."""
    written = io.StringIO()
    csv.writer(written).writerows([guarded(cell) for cell in row] for row in rows)
    response = Response(
        written.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def guarded(cell: str | int) -> str | int:
    """Return a cell that no table takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
