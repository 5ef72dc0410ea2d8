"""The facets beside the results: in which order, and the subjects as a tree."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from portal.collation import in_order
from portal.identity import services
from portal.interface import language
from search.facets import BY_NAME

if TYPE_CHECKING:
    from portal.facet_labels import LabelledCount
    from portal.finding import Found

MOST_VALUES = 14
"""Of a facet on the page; the chosen ones are always among them."""
SHOWN = (
    "kind",
    "subject",
    "language",
    "subtitle_language",
    "audio_language",
    "age",
    "use",
    "country",
    "institution",
    "size",
    "duration",
    "format",
)
"""The facets in the order of the page (docs/look.md), which opens the first three."""


@dataclass(frozen=True)
class FacetLine:
    """A value of a facet; `depth` is 1 below a broader subject, 2 below that."""

    value: str
    label: str
    count: int
    chosen: bool
    depth: int = 0


def facet_lines(name: str, found: Found) -> list[FacetLine]:
    """Return the values of a facet as they stand on the page."""
    values = found.facets.get(name, ())
    if not BY_NAME[name].bands:
        values = tuple(_by_count_then_name(values))
    lines = [FacetLine(each.value, each.label, each.count, each.chosen) for each in values]
    lines = lines if name != "subject" else _tree({line.value: line for line in lines})
    return [line for place, line in enumerate(lines) if place < MOST_VALUES or line.chosen]


def _by_count_then_name(values: tuple[LabelledCount, ...]) -> list[LabelledCount]:
    """Put values of one count in the order of the reader's language, not of their ids."""
    return sorted(in_order(values, language(), _label), key=lambda each: -each.count)


def _label(line: LabelledCount) -> str:
    return line.label


def _tree(present: dict[str, FacetLine]) -> list[FacetLine]:
    """Return the subjects with the narrower ones below their broader one, each of them once."""
    concepts = services().reference.shelf().concepts
    ordered: dict[str, FacetLine] = {}

    def walk(value: str, depth: int) -> None:
        if value in ordered or value not in present:
            return
        ordered[value] = replace(present[value], depth=depth)
        narrower = concepts[value].narrower if value in concepts else ()
        for each in sorted(
            narrower, key=lambda each: -present[each].count if each in present else 0
        ):
            walk(each, depth + 1)

    def has_broader(value: str) -> bool:
        return value in concepts and any(each in present for each in concepts[value].broader)

    for value in present:
        if not has_broader(value):
            walk(value, 0)
    return list(ordered.values())
