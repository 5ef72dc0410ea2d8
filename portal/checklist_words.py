"""The points of the checklists in the reader's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l

if TYPE_CHECKING:
    from catalog.checklists import PointView

POINTS = {
    "science": _l("The science is right"),
    "words": _l("Title and summary say what it is"),
    "people": _l("People who are seen have agreed"),
    "rights": _l("The rights fit what is in it"),
    "drawings": _l("It can be built from the drawings"),
    "safety": _l("It is safe for the ages it names"),
}
"""Of the points that came with the program, until the house words them itself."""


def point_words(point: PointView, reader: str) -> tuple[str, str]:
    """Return a point in words and the language they are in: the house's own, else the program's."""
    wording = point.wording
    for tag in (reader, reader.partition("-")[0]):
        if tag in wording:
            return wording[tag], tag
    if point.id in POINTS:
        return str(POINTS[point.id]), reader
    tag = "en" if "en" in wording else next(iter(wording), reader)
    return wording.get(tag, point.id), tag
