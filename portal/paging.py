"""Where a page stands in the whole of a list, and the faults of a form in words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.sentences import field_sentence

if TYPE_CHECKING:
    from catalog.errors import Invalid


@dataclass(frozen=True)
class Pages:
    """The first and last place on a page, and the addresses before and after."""

    first: int
    last: int
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Shown:
    """A fault of a field, in words."""

    field: str
    message: str
    label: str = ""


def shown_faults(error: Invalid | None) -> list[Shown]:
    """Return the faults of an error as a page shows them beside the fields."""
    faults = error.faults if error else ()
    return [Shown(each.field, _unbroken(field_sentence(each.code, each.facts))) for each in faults]


def _unbroken(words: str) -> str:
    """Return a sentence whose days, such as 2026-11-24, stay on one line (U+2060 joins them)."""
    return re.sub(r"(?<=\d)-(?=\d)", "-\u2060", words)
