"""The icons: a 24 grid, 1.6 line, round ends. A page carries those it uses, in one inline sprite."""

from __future__ import annotations

import re

from flask import g
from markupsafe import Markup, escape

SHAPES = {
    "activity": "M9 3h6M10 3v6l-5 10a1.5 1.5 0 0 0 1.4 2h11.2a1.5 1.5 0 0 0 1.4-2l-5-10V3M8 15h8",
    "alter": "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3",
    "audio": "M4 10v4h4l5 4V6L8 10zM16 9a4 4 0 0 1 0 6M18.5 6.5a8 8 0 0 1 0 11",
    "back": "M15 5l-7 7 7 7",
    "broadcast": "M12 11v10M9 21l3-9 3 9M8 8a5 5 0 0 0 0 6M16 8a5 5 0 0 1 0 6"
    "M5 5a9 9 0 0 0 0 12M19 5a9 9 0 0 1 0 12",
    "build": "M5 5h9l3 3h3M8 5v5h5V5M9 10v11h3V10",
    "chev": "M9 5l7 7-7 7",
    "copy": "M8 8h11v13H8zM5 16V3h11",
    "down": "M5 9l7 7 7-7",
    "draw": "M4 4v16h16zM8 13v3h3",
    "exhibit": "M12 3a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 11v5M6 16h12M8 16v5M16 16v5M5 21h14",
    "film": "M3 4h18v16H3zM7 4v16M17 4v16M3 9h4M3 15h4M17 9h4M17 15h4",
    "globe": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM3 12h18M12 3c-6 6-6 12 0 18M12 3c6 6 6 12 0 18",
    "hold": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM10 9v6M14 9v6",
    "lesson_plan": "M6 3h9l4 4v14H6zM14 3v5h5M9 12h7M9 16h7",
    "line": "M2 17c5 0 6-8 10-8s5 3 10 2M12 7.500a1.500 1.500 0 1 0 0 .01",
    "lock": "M5 11h14v10H5zM8 11V7a4 4 0 0 1 8 0v4",
    "no": "M8 3h8l5 5v8l-5 5H8l-5-5V8zM9 9l6 6M15 9l-6 6",
    "note": "M4 4h16v12h-9l-5 5v-5H4z",
    "ok": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM8 12l3 3 5-6",
    "other": "M12 3l8 4.500v9L12 21l-8-4.500v-9zM4 7.500l8 4.500 8-4.500M12 12v9",
    "pause": "M9 5v14M15 5v14",
    "play": "M7 4l12 8-12 8z",
    "plus": "M12 5v14M5 12h14",
    "retry": "M4 5v5h5M4.500 10a8 8 0 1 1-.5 4",
    "search": "M10.500 4a6.500 6.500 0 1 0 0 13 6.500 6.500 0 0 0 0-13zM15.500 15.500L21 21",
    "show": "M3 4h18v12H3zM12 16v3M8 21l4-2 4 2",
    "sub": "M3 5h18v14H3zM6 14h5M13 14h5M6 11h2M10 11h6",
    "take": "M12 3v13M6 11l6 6 6-6M4 21h16",
    "translate": "M3 6h10M8 4v2M11 6c-1 4-4 7-8 8M5 9c1 3 4 5 7 5M13 20l4-10 4 10M14.500 17h5",
    "turn": "M12 3l6 3.500v7L12 17l-6-3.500v-7zM6 6.500l6 3.500 6-3.500M12 10v7M2 15c3 7 17 7 20 0v4",
    "user": "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM5 21v-2a5 5 0 0 1 5-5h4a5 5 0 0 1 5 5v2",
    "x": "M5 5l14 14M19 5L5 19",
}
HIDDEN = Markup('aria-hidden="true"')
TURNING = frozenset({"back", "chev"})
"""Point along the line of reading, and mirror with it."""

SEAMS = re.compile(r"(?<=[_-])(?=[^_-])|(?<=[^.])(?=\.\D)|(?<=[^\d.])(?=\.\d)")
"""Where the name of a file breaks: after `_` and `-`, before a dot; numbers stay whole."""


def icon(name: str, *, label: str = "") -> Markup:
    """Return an icon, hidden from assistive technology unless it has a label of its own."""
    name = name if name in SHAPES else "other"
    used = g.setdefault("icons", {})
    used[name] = None
    turns = " i-turns" if name in TURNING else ""
    said = Markup('role="img" aria-label="{}"').format(label) if label else HIDDEN
    return Markup('<svg class="i{}" {}><use href="#i-{}"/></svg>').format(turns, said, name)


def icon_sprite() -> Markup:
    """Return the sprite of the icons that this page has used so far."""
    shapes = (
        Markup('<symbol id="i-{}" viewBox="0 0 24 24"><path d="{}"/></symbol>').format(
            name, SHAPES[name]
        )
        for name in g.get("icons", {})
    )
    return Markup('<svg width="0" height="0" aria-hidden="true" data-sprite>{}</svg>').format(
        Markup("").join(shapes)
    )


def marked(text: str, marks: list[tuple[int, int]] | tuple[tuple[int, int], ...]) -> Markup:
    """Return a text with its marked stretches in <mark>."""
    pieces, at = [], 0
    for start, end in marks:
        pieces += [escape(text[at:start]), Markup("<mark>{}</mark>").format(text[start:end])]
        at = end
    return Markup("").join([*pieces, escape(text[at:])])


def breakable(name: str) -> Markup:
    """Return the name of a file, which breaks at its seams before it breaks at any letter.

    Marked with <wbr>, which adds no character: a name that is copied stays as it is.
    """
    return Markup("<wbr>").join(SEAMS.split(name))
