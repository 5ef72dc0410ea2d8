"""Bytes into minutes on the visitor's line, and into beads.

The line is what the visitor has chosen, else what the browser tells of it, else what a page's script
has measured of it (`static/js/measure.js`), else a thin one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import g, request

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask import Flask, Response

COOKIE = "caravan_line"
LINES = (64, 128, 256, 512, 1024, 4096, 16384)
"""Speeds to choose from, in kbit/s."""
USUAL = 256
GUESSED, PLAIN = "auto", "plain"
MEASURED = "~"
"""In the cookie it stands between the choice, which may be empty, and the kbit/s that were measured."""
LONGEST_MEASURE = 9
"""Digits; more are nobody's line."""
HINTS = ("Downlink", "ECT", "Save-Data")
"""What browsers tell of their line (W3C Network Information API, section 8) when they are asked."""
NEARLY = 0.9
"""Browsers round to steps of 25 kbit/s (the same, section 9): a line of 256 is told as 250."""
BY_CLASS = {"slow-2g": 64, "2g": 64, "3g": 512}
"""The speeds that the classes stand for (the same, section 5); 4g is anything faster."""
_BEADS = (60, 300, 900, 3600)
"""Seconds up to which one, two, three, four beads are filled; five beyond (docs/look.md)."""
FORM_BYTES = 100 * 1024 * 1024
"""The largest file that goes by a plain form (CONTRACT); larger ones go by tus, which can be resumed."""
PATIENCE_SECONDS = 300
"""The heaviest form that comes within this is the one that suits a line."""


@dataclass(frozen=True)
class Line:
    """The visitor's line: `speed` in kbit/s, whether it was chosen, and whether lists have pictures."""

    speed: int
    chosen: bool
    pictures: bool


@dataclass(frozen=True)
class Weight:
    """What something weighs: bytes, seconds on the visitor's line, and beads from 1 to 5."""

    bytes: int
    seconds: float
    beads: int


def known_line(text: str) -> int | None:
    """Return the speed that a text spells, if it is one of those to choose from."""
    return next((speed for speed in LINES if str(speed) == text), None)


def remembered(line: str, *, plain: bool) -> str | None:
    """Return what the cookie says of a choice; None where the line is not one to choose from."""
    if line != GUESSED and known_line(line) is None:
        return None
    return f"{line}.{PLAIN}" if plain else line


def visitors_line() -> Line:
    """Return the line of this request, read once."""
    if "line" not in g:
        g.line = _read()
    found: Line = g.line
    return found


def _read() -> Line:
    choice, _tilde, measure = request.cookies.get(COOKIE, "").partition(MEASURED)
    speed, _dot, rest = choice.partition(".")
    chosen = known_line(speed)
    saving = request.headers.get("Save-Data", "").strip().lower() == "on"
    return Line(
        chosen or _told() or _measured(measure) or USUAL,
        chosen=chosen is not None,
        pictures=rest != PLAIN and not (saving and not choice),
    )


def _told() -> int | None:
    """Return the speed the browser tells of."""
    told = request.headers.get("Downlink", "")
    # Megabits as a decimal number; anything else, inf and nan among it, is no speed.
    if told.isascii() and told.replace(".", "", 1).isdigit():
        return _brought_down(1000 * float(told))
    return BY_CLASS.get(request.headers.get("ECT", ""))


def _measured(text: str) -> int | None:
    """Return the line to choose from that is nearest to the speed a page has measured.

    Nearest by their ratio: one page is a rough measure, and as often too low as too high.
    """
    if text.isascii() and text.isdigit() and len(text) <= LONGEST_MEASURE:
        kilobits = max(int(text), 1)
        return min(LINES, key=lambda each: max(each / kilobits, kilobits / each))
    return None


def _brought_down(kilobits: float) -> int:
    """Return the fastest line to choose from that a speed comes up to, else the slowest."""
    return max((each for each in LINES if each * NEARLY <= kilobits), default=LINES[0])


def line_speed() -> int:
    """Return the visitor's line in kbit/s."""
    return visitors_line().speed


def weight(size: int) -> Weight:
    """Return what so many bytes weigh on the visitor's line."""
    seconds = size * 8 / (line_speed() * 1000)
    return Weight(size, seconds, 1 + sum(seconds > step for step in _BEADS))


def suiting(sizes: Sequence[int]) -> int:
    """Return the place of the size that suits the line: the heaviest that comes soon, else the lightest.

    Raises ValueError when there is none to choose from.
    """
    quick = [size for size in sizes if weight(size).seconds <= PATIENCE_SECONDS]
    return sizes.index(max(quick) if quick else min(sizes))


def _ask_for_hints(response: Response) -> Response:
    """Ask the browser to tell of its line from now on, and say that pages differ by it."""
    if response.mimetype == "text/html":
        response.headers["Accept-CH"] = ", ".join(HINTS[:2])
        response.vary.update(HINTS)
    return response


def install(app: Flask) -> None:
    """Join it to the app."""
    app.after_request(_ask_for_hints)
