"""Notes as threads, for both sides: the curator's desk, and the giver's page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from portal.facet_labels import language_name
from portal.field_labels import field_label, place_label
from portal.formatting import clock
from portal.identity import actor
from portal.interface import language
from portal.numerals import number
from portal.playing import PLAYED
from portal.rows import rendition_address

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from catalog.notes import NoteView
    from catalog.resources.views import AssetView, ResourceView


@dataclass(frozen=True)
class Place:
    """Where a note stands: in words, of which file, its address, and the second of a film."""

    words: str = ""
    icon: str = "note"
    file: str = ""
    address: str = ""
    second: float | None = None
    asset: str = ""


@dataclass(frozen=True)
class Said:
    """A note with its answers; `settled_at` None is open."""

    id: str
    text: str
    author: str
    mine: bool
    at: datetime
    place: Place
    private: bool
    settled_at: datetime | None
    state: str
    answers: tuple[Said, ...] = ()


def threads(notes: tuple[NoteView, ...], place_of: Callable[[dict[str, Any]], Place]) -> list[Said]:
    """Return the notes with their answers, oldest first; `place_of` finds the way to an anchor."""
    answers: dict[str, list[Said]] = {}
    for note in notes:
        if note.answers is not None:
            answers.setdefault(note.answers, []).append(_said(note, Place()))
    return [
        replace(_said(note, place_of(note.anchor or {})), answers=tuple(answers.get(note.id, ())))
        for note in notes
        if note.answers is None
    ]


def _said(note: NoteView, place: Place) -> Said:
    return Said(
        note.id,
        note.text,
        note.author,
        note.author_id == actor().person_id,
        note.at,
        place,
        note.private,
        note.settled_at,
        "" if note.answers is not None else _("settled") if note.settled_at else _("open"),
    )


def place_in_file(view: ResourceView, asset: AssetView, anchor: dict[str, Any]) -> Place:
    """Return the place of a page, a second or a whole file; a second leads into the film itself."""
    # What is played has one place on the page; of other files the name says which is meant.
    name = "" if asset.role == "main" else asset.filename
    if "page" in anchor:
        words = _("page %(page)s", page=number(anchor["page"]))
        where = f"#{page_anchor(asset.id, anchor['page'])}"
        return Place(words, "lesson_plan", name, where)
    if "second" in anchor:
        second = anchor["second"]
        moving = next((each for each in PLAYED if asset.rendition(each)), None)
        address = rendition_address(view.id, asset.id, moving) if moving else ""
        address = f"{address}#t={int(second)}" if address else ""
        return Place(clock(second), "play", name, address, second, asset.id)
    return Place(asset.filename, address=f"#file-{asset.id}")


def field_words(name: str) -> str:
    """Return the label of a field, also of one language of a text or of a field of the kind."""
    whole, _dot, part = name.partition(".")
    if whole == "details":
        return field_label(part)
    label = place_label(whole)
    return f"{label} ({language_name(part, language())})" if part else label


def page_anchor(asset_id: str, page: int) -> str:
    """Return the id of the element that shows a page of a file."""
    return f"page-{asset_id}-{page}"
