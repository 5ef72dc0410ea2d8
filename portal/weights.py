"""Bytes into minutes on the visitor's line, and into beads."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

COOKIE = "caravan_line"
LINES = (64, 128, 256, 512, 1024, 4096, 16384)
"""Speeds to choose from, in kbit/s."""
USUAL = 256
_BEADS = (60, 300, 900, 3600)
"""Seconds up to which one, two, three, four beads are filled; five beyond (docs/look.md)."""


@dataclass(frozen=True)
class Weight:
    """What something weighs: bytes, seconds on the visitor's line, and beads from 1 to 5."""

    bytes: int
    seconds: float
    beads: int


def known_line(text: str) -> int | None:
    """Return the speed that a text spells, if it is one of those to choose from."""
    return next((speed for speed in LINES if str(speed) == text), None)


def line_speed() -> int:
    """Return the visitor's line in kbit/s: as chosen, else a thin one."""
    return known_line(request.cookies.get(COOKIE, "")) or USUAL


def weight(size: int) -> Weight:
    """Return what so many bytes weigh on the visitor's line."""
    seconds = size * 8 / (line_speed() * 1000)
    return Weight(size, seconds, 1 + sum(seconds > step for step in _BEADS))
