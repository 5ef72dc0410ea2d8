"""The facets: what results can be narrowed by. A new one is a line in `FACETS` and nothing else.

The values of a document are found when it is written, bands and broader concepts included, so that
an engine only ever stores words and counts them.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

from config.languages import base, normalise_tag
from search.engine import EngineRefused, FacetCount

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from search.engine import Document

MOST_VALUES: Final = 50
"""Values shown of one facet; the chosen ones are always among them (CONTRACT)."""

MEGABYTE: Final = 1_000_000
MINUTE: Final = 60


@dataclass(frozen=True)
class Band:
    """A range with both its ends, so that what lies on a border is in the bands of both sides."""

    name: str
    low: float
    high: float | None = None

    def touches(self, low: float, high: float) -> bool:
        """Tell whether anything from `low` to `high` lies in the band."""
        return low <= (float("inf") if self.high is None else self.high) and high >= self.low


def _bands(unit: float, *names: str) -> tuple[Band, ...]:
    """Read "3-5" and "18+" as bands; `unit` is what one stands for in the document's number."""
    bands = []
    for name in names:
        low, _, high = name.removesuffix("+").partition("-")
        bands.append(Band(name, float(low) * unit, float(high) * unit if high else None))
    return tuple(bands)


@dataclass(frozen=True)
class Facet:
    """One facet: its name in addresses, the attribute of `Document` it is made from, its kind.

    `terms` counts values as they are. `tree` is the same, of values that carry what is broader.
    `tags` adds to each language tag its language, so that "sr" counts "sr-Latn" too. `band` counts
    the bands that a number, or a pair of lowest and highest, touches.
    """

    name: str
    attribute: str
    kind: Literal["terms", "tree", "tags", "band"] = "terms"
    bands: tuple[Band, ...] = ()

    def values(self, document: Document) -> tuple[str, ...]:
        """Return the values under which a document counts, each once."""
        given = getattr(document, self.attribute)
        if given is None:
            return ()
        if self.kind == "band":
            low, high = given if isinstance(given, tuple) else (given, given)
            return tuple(band.name for band in self.bands if band.touches(low, high))
        values = (given,) if isinstance(given, str) else given
        if self.kind == "tags":
            values = [each for value in values for each in (self.canonical(value), _base(value))]
        return tuple(dict.fromkeys(values))

    def canonical(self, value: str) -> str:
        """Return a chosen value as the index has it: language tags may be written in any case."""
        if self.kind != "tags":
            return value
        try:
            return normalise_tag(value)
        except ValueError:
            return value


def _base(value: str) -> str:
    try:
        return base(value)
    except ValueError:
        return value


FACETS: Final[tuple[Facet, ...]] = (
    Facet("kind", "kind"),
    Facet("subject", "subjects", "tree"),
    Facet("country", "country"),
    Facet("institution", "institution"),
    Facet("language", "languages", "tags"),
    Facet("audio_language", "audio_languages", "tags"),
    Facet("subtitle_language", "subtitle_languages", "tags"),
    Facet("age", "ages", "band", _bands(1, "3-5", "6-8", "9-11", "12-14", "15-17", "18+")),
    Facet("use", "uses"),
    Facet("format", "formats"),
    Facet("size", "size", "band", _bands(MEGABYTE, "0-1", "1-10", "10-100", "100+")),
    Facet("duration", "duration", "band", _bands(MINUTE, "0-5", "5-15", "15-45", "45+")),
)
"""In the order in which they are offered."""

BY_NAME: Final[Mapping[str, Facet]] = MappingProxyType({facet.name: facet for facet in FACETS})


def chosen(filters: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return the filters as the index has them, without those that choose nothing.

    Raises `EngineRefused` (`unknown_facet`).
    """
    wanted = {}
    for name, values in filters.items():
        if name not in BY_NAME:
            raise EngineRefused("unknown_facet", name=name)
        if values:
            wanted[name] = tuple(dict.fromkeys(BY_NAME[name].canonical(each) for each in values))
    return wanted


def arranged(
    facet: Facet, counts: Iterable[tuple[str, int]], wanted: tuple[str, ...] = ()
) -> tuple[FacetCount, ...]:
    """Order counts and cut them to `MOST_VALUES`, the chosen values always kept, even at 0.

    Bands stand in their own order; other values by count, then by value.
    """
    known = dict(counts)
    if facet.bands:
        place = {band.name: number for number, band in enumerate(facet.bands)}
        ranked = sorted(known, key=lambda value: place.get(value, len(place)))
    else:
        ranked = sorted(known, key=lambda value: (-known[value], value))
    absent = [value for value in wanted if value not in known]
    free = MOST_VALUES - len(wanted)
    kept = []
    for value in ranked:
        if value in wanted:
            kept.append(value)
        elif free > 0:
            kept.append(value)
            free -= 1
    return tuple(
        FacetCount(value, known.get(value, 0), value in wanted) for value in [*kept, *absent]
    )
