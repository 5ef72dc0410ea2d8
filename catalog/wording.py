"""A line of words in several languages: the name of an institution, a point of a checklist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog.errors import Fault
from config.languages import normalise_tag

if TYPE_CHECKING:
    from collections.abc import Mapping


def checked_words(
    field: str, given: Mapping[str, str], *, longest: int, needed: bool = True
) -> tuple[dict[str, str], list[Fault]]:
    """Return the lines by the tags of their languages, without empty ones, and what does not hold.

    `longest` is in characters, as typed; faults are named `FIELD.TAG`, a missing line `FIELD`.
    """
    faults, kept = [], {}
    for tag, value in given.items():
        try:
            kept[normalise_tag(tag)] = " ".join(value.split())
        except ValueError:
            faults.append(Fault(f"{field}.{tag}", "unknown_language"))
        if len(value) > longest:
            faults.append(Fault(f"{field}.{tag}", "too_long", {"longest": longest}))
    words = {tag: value for tag, value in kept.items() if value}
    if needed and not words:
        faults.append(Fault(field, "required"))
    return words, faults
