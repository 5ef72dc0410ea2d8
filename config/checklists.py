"""The points that every house begins with: what a curator looks at with their own eyes.

Each is a stable word; its wording is the portal's, in every language of the pages.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class PointRecord:
    """A point; `kinds` are the kinds of resource it is asked of, none: of all."""

    id: str
    kinds: tuple[str, ...] = ()


POINTS: Final = (
    PointRecord("science"),
    PointRecord("words"),
    PointRecord("people"),
    PointRecord("rights"),
    PointRecord("drawings", ("exhibit",)),
    PointRecord("safety", ("lesson_plan", "activity", "exhibit")),
)
