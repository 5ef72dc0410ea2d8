"""The values of a resource as people and programs write them, checked field by field.

One shape serves the API, the form and the bulk import (CONTRACT, "Resources as JSON Lines").
Everything may be missing in a draft; `checks` asks for what handing over needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from catalog import clock
from catalog.errors import Invalid
from catalog.resources.fields import LONGEST_LICENCE, LONGEST_SOURCE_ID, OLDEST_YEAR, Reader, Use
from catalog.states import Access
from config.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable

WRITABLE = (
    "source_id",
    "kind",
    "title",
    "summary",
    "description",
    "subjects",
    "keywords",
    "language",
    "ages",
    "country",
    "year",
    "licence",
    "credit",
    "uses",
    "access",
    "details",
)


@dataclass(frozen=True)
class Values:
    """Checked values of one version."""

    kind: str
    source_id: str | None = None
    texts: dict[str, dict[str, str]] = field(default_factory=dict)
    """title, summary, description: language -> text."""
    keywords: dict[str, tuple[str, ...]] = field(default_factory=dict)
    subjects: tuple[str, ...] = ()
    language: str | None = None
    ages: tuple[int, int] | None = None
    country: str | None = None
    year: int | None = None
    licence: str | None = None
    credit: str | None = None
    uses: tuple[Use, ...] = ()
    access: str | None = None
    details: dict[str, Any] = field(default_factory=dict)


def read_values(payload: Mapping[str, Any], subject: Callable[[str], str | None]) -> Values:
    """Check a whole payload; raise Invalid with every fault at once."""
    reader = Reader(payload, subject)
    for name in payload:
        if name not in WRITABLE:
            reader.fault(name, "unknown_field")
    kind = reader.choice("kind", tuple(KINDS))
    if kind is None and not any(fault.field == "kind" for fault in reader.faults):
        reader.fault("kind", "required")
    values = Values(
        kind=kind or "other",
        source_id=reader.line("source_id", LONGEST_SOURCE_ID),
        texts={name: reader.texts(name) for name in ("title", "summary", "description")},
        keywords=reader.keywords(),
        subjects=reader.subjects(),
        language=reader.language(),
        ages=reader.ages(),
        country=reader.country(),
        year=reader.number("year", OLDEST_YEAR, clock.now().year + 1),
        licence=reader.line("licence", LONGEST_LICENCE),
        credit=reader.line("credit", LONGEST_LICENCE),
        uses=reader.uses(),
        access=reader.choice("access", tuple(Access)),
        details=reader.details(kind) if kind else {},
    )
    if reader.faults:
        raise Invalid(tuple(reader.faults))
    return values


def merge_patch(target: object, patch: object) -> object:
    """Apply a JSON merge patch (RFC 7396 section 2)."""
    if not isinstance(patch, Mapping):
        return patch
    merged: dict[str, object] = dict(target) if isinstance(target, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge_patch(merged.get(name), value)
    return merged
