"""Notes of a curator as the giver reads them: with their place in words, and the way to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from portal.field_labels import place_label
from portal.formatting import clock

if TYPE_CHECKING:
    from datetime import datetime

    from catalog.notes import NoteView
    from catalog.resources.views import ResourceView

ISOLATE, END = "\u2068", "\u2069"
"""Unicode's isolates: a file's name keeps its own direction inside a sentence."""
TEXTS = ("title", "summary", "description", "keywords")
"""Fields that stand on the page once for each language."""


@dataclass(frozen=True)
class Remark:
    """A note; `address` leads to the field or the file on the same page."""

    text: str
    author: str
    at: datetime
    place: str
    address: str


def remarks_on(view: ResourceView, notes: tuple[NoteView, ...]) -> list[Remark]:
    """Return the notes on a gift, oldest first."""
    return [
        Remark(note.text, note.author, note.at, *_place(view, note.anchor or {})) for note in notes
    ]


def _place(view: ResourceView, anchor: dict[str, Any]) -> tuple[str, str]:
    if "field" in anchor:
        name, _dot, tag = str(anchor["field"]).partition(".")
        return place_label(name), f"#{name}-{tag or view.language}" if name in TEXTS else "#words"
    asset = view.asset(str(anchor.get("asset")))
    if asset is None:
        return "", ""
    name, address = f"{ISOLATE}{asset.filename}{END}", f"#file-{asset.id}"
    if "page" in anchor:
        return _("%(name)s, page %(page)s", name=name, page=anchor["page"]), address
    if "second" in anchor:
        return _("%(name)s at %(time)s", name=name, time=clock(anchor["second"])), address
    return asset.filename, address
