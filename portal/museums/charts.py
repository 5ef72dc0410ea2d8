"""Bars of a small chart, as numbers on a grid; the template draws them. Nobody's style is needed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH, HEIGHT = 240, 64
GAP = 0.25
"""Of a column: the part that is left free beside it."""
LEAST = 1.5
"""What is there at all is seen."""


@dataclass(frozen=True)
class Bar:
    """A rectangle on the grid of the chart."""

    x: float
    y: float
    width: float
    height: float


def columns(values: Sequence[int]) -> tuple[Bar, ...]:
    """Return one column for each value, from the first at the left; the highest fills the chart."""
    highest = max(values, default=0)
    if not highest:
        return ()
    step = WIDTH / len(values)
    heights = [_length(value, highest, HEIGHT) for value in values]
    return tuple(
        Bar(round(place * step, 1), round(HEIGHT - height, 1), round(step * (1 - GAP), 1), height)
        for place, height in enumerate(heights)
        if height
    )


def share(value: int, highest: int) -> float:
    """Return how long the bar of a value is, of 100."""
    return _length(value, highest, 100)


def _length(value: int, highest: int, whole: int) -> float:
    return max(round(value / highest * whole, 1), LEAST) if value and highest else 0.0
