"""The forms in which a resource can be taken, its player, and the pages that can be leafed through."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flask import url_for
from flask_babel import gettext as _

from catalog.policy.actions import Action
from catalog.policy.rules import allows
from portal.facet_labels import FAMILIES
from portal.identity import actor
from portal.rows import form_name, rendition_address
from portal.weights import weight

if TYPE_CHECKING:
    from catalog.resources.views import AssetView, RenditionView, ResourceView

HIDDEN = ("thumbnail", "poster", "contact_sheet", "waveform", "still", "page_")
"""Renditions that are pictures of the thing, and stand on the page themselves."""
PATIENCE_SECONDS = 300
"""The heaviest form that comes within this is the one suggested."""
BESIDE = frozenset({"subtitle", "poster", "attachment"})
"""Roles of files that came with the thing."""
MOST_DRAWINGS = 12


@dataclass(frozen=True)
class FormRow:
    """A line of the table of forms; `size` in bytes, no address where it cannot be taken.

    `beside` marks what came with it: subtitles as they were given, posters, attachments.
    """

    name: str
    use: str
    size: int
    address: str | None
    suggested: bool = False
    held: str = ""
    beside: bool = False


@dataclass(frozen=True)
class PagePicture:
    """A picture of a page, a drawing or a model; number 0 where it is no page."""

    number: int
    address: str
    name: str = ""
    kind: str = "lesson_plan"


def forms_of(view: ResourceView) -> list[FormRow]:
    """Return the forms of all files, each original last; the one that suits the line is marked."""
    rows: list[FormRow] = []
    for asset in sorted(view.assets, key=lambda each: each.role != "main"):
        beside = asset.role in BESIDE
        if not allows(actor(), Action.FILE_TAKE, view.standing_of(asset)).allowed:
            held = _("A curator must still look at it")
            rows.append(FormRow(asset.filename, "", asset.size, None, held=held, beside=beside))
            continue
        made = [each for each in asset.renditions if not each.name.startswith(HIDDEN)]
        rows += [_row(view, asset, each) for each in sorted(made, key=lambda each: each.size)]
        rows.append(_original(view, asset, beside=beside))
    return _suggested(rows)


def _original(view: ResourceView, asset: AssetView, *, beside: bool) -> FormRow:
    side = min(asset.facts.get("display_width") or 0, asset.facts.get("display_height") or 0)
    more = f"{side}p" if side and asset.family == "film" else str(FAMILIES[asset.family or "other"])
    return FormRow(
        _("Original, %(what)s", what=more),
        asset.filename,
        asset.size,
        url_for("download.content", rid=view.id, aid=asset.id),
        beside=beside,
    )


def _row(view: ResourceView, asset: AssetView, made: RenditionView) -> FormRow:
    uses = {
        "film_144p": _("One small file for a phone or a village hall"),
        "film_240p": _("Good on a laptop"),
        "film_480p": _("Good on a projector"),
        "audio_only": _("For radio, or to listen first"),
        "captions": _("WebVTT, to edit or to translate further"),
    }
    captions = made.name.startswith("captions")
    tag = asset.language or asset.facts.get("language") if made.name == "captions" else None
    name = f"captions_{tag}" if tag else made.name
    return FormRow(
        form_name(name, asset.family),
        uses["captions"] if captions else uses.get(made.name, asset.filename),
        made.size,
        rendition_address(view.id, asset.id, made.name),
        beside=asset.role in BESIDE and not captions,
    )


def _suggested(rows: list[FormRow]) -> list[FormRow]:
    """Mark the heaviest form that comes soon, else the lightest; what came with it is no choice."""
    choice = [row for row in rows if row.address and not row.beside] or [
        row for row in rows if row.address
    ]
    if not choice:
        return rows
    quick = [row for row in choice if weight(row.size).seconds <= PATIENCE_SECONDS]
    weigh = (lambda row: row.size) if quick else (lambda row: -row.size)
    best = max(quick or choice, key=weigh)
    return [replace(row, suggested=row is best) for row in rows]


def page_pictures(view: ResourceView) -> list[PagePicture]:
    """Return the pictures of the pages of the first document."""
    for asset in view.assets:
        numbers = sorted(
            int(each.name.removeprefix("page_"))
            for each in asset.renditions
            if each.name.startswith("page_")
        )
        if numbers:
            return [
                PagePicture(number, rendition_address(view.id, asset.id, f"page_{number}"))
                for number in numbers
            ]
    return []


def drawings_of(view: ResourceView) -> list[PagePicture]:
    """Return the drawings and the stills of models of an exhibit."""
    found = []
    for asset in view.assets:
        if asset.role in BESIDE:
            continue
        for made in asset.renditions:
            page = made.name.removeprefix("page_") if made.name.startswith("page_") else ""
            if page or made.name in ("still", "view"):
                address = rendition_address(view.id, asset.id, made.name)
                kind = "exhibit" if made.name == "still" else "draw"
                found.append(PagePicture(int(page or 0), address, asset.filename, kind))
    return found[:MOST_DRAWINGS]
