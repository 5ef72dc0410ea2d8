"""The forms in which a resource can be taken, and what came with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flask import url_for
from flask_babel import gettext as _

from catalog.policy.actions import Action
from catalog.policy.rules import allows
from portal.facet_labels import FAMILIES, language_name
from portal.formatting import amid, paged
from portal.identity import actor
from portal.interface import language
from portal.rows import form_name, rendition_address
from portal.weights import suiting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalog.resources.views import AssetView, RenditionView, ResourceView

HIDDEN = ("thumbnail", "poster", "contact_sheet", "waveform", "still", "page_")
"""Renditions that are pictures of the thing, and stand on the page themselves."""
BESIDE = frozenset({"subtitle", "poster", "attachment"})
"""Roles of files that came with the thing."""
LIGHTER = 4
"""So many times lighter than its file a text must be to be worth a line."""


@dataclass(frozen=True)
class FormRow:
    """A line of the table of forms; `size` in bytes, no address where it cannot be taken.

    `beside` marks what came with it: posters, attachments; `light` is the address and the size of
    the text of such a file, where that is much lighter. `last` stands below everything else. `whole`
    stands for the thing itself, as subtitles and the sound alone do not.
    """

    name: str
    use: str
    size: int
    address: str | None
    suggested: bool = False
    held: str = ""
    beside: bool = False
    light: tuple[str, int] | None = None
    last: bool = False
    whole: bool = True


def forms_of(view: ResourceView) -> list[FormRow]:
    """Return the forms of all files, each original last; the one that suits the line is marked."""
    rows: list[FormRow] = []
    for asset in sorted(view.assets, key=lambda each: each.role != "main"):
        beside = asset.role in BESIDE
        captions = asset.rendition("captions")
        if not allows(actor(), Action.FILE_TAKE, view.standing_of(asset)).allowed:
            held = _("A curator must still look at it")
            rows.append(FormRow(asset.filename, "", asset.size, None, held=held, beside=beside))
        elif beside:
            # Subtitles stand in the table once, by their language, as every player reads them.
            rows.append(_row(view, asset, captions) if captions else _came_with(view, asset))
        else:
            made = [each for each in asset.renditions if not each.name.startswith(HIDDEN)]
            rows += [_row(view, asset, each) for each in sorted(made, key=_in_order)]
            rows.append(_original(view, asset))
    # What somebody takes of a film is a form of it or its subtitles; its original is the last thing.
    originals = [row for row in rows if row.last]
    return _suggested([row for row in rows if not row.last] + originals)


def _in_order(made: RenditionView) -> tuple[bool, bool, int]:
    """Films first, subtitles last, the lightest of each first."""
    return made.name.startswith("captions"), not made.name.startswith("film_"), made.size


def _original(view: ResourceView, asset: AssetView) -> FormRow:
    side = min(asset.facts.get("display_width") or 0, asset.facts.get("display_height") or 0)
    film = asset.family == "film"
    more = f"{side}p" if side and film else amid(str(FAMILIES[asset.family or "other"]))
    use = _("As the museum made it") if film else f"{asset.filename}{_counted(asset)}"
    address = url_for("download.content", rid=view.id, aid=asset.id)
    return FormRow(_("Original, %(what)s", what=more), use, asset.size, address, last=film)


def _counted(asset: AssetView) -> str:
    pages = asset.facts.get("pages")
    return f" · {paged(pages)}" if pages else ""


def _came_with(view: ResourceView, asset: AssetView) -> FormRow:
    """Return a file that came with the thing, by its own title, with what is known of it."""
    text = asset.rendition("text")
    light = None
    if text is not None and text.size * LIGHTER < asset.size:
        light = (rendition_address(view.id, asset.id, text.name), text.size)
    return FormRow(
        str(asset.facts.get("title") or "") or asset.filename,
        " · ".join(_known_of(asset)) or str(FAMILIES[asset.family or "other"]),
        asset.size,
        url_for("download.content", rid=view.id, aid=asset.id),
        beside=True,
        light=light,
    )


def _known_of(asset: AssetView) -> Iterator[str]:
    """Give the pages of a document, the pixels of a picture, the language of either."""
    if pages := asset.facts.get("pages"):
        yield paged(pages)
    width, height = asset.facts.get("display_width"), asset.facts.get("display_height")
    if width and height and asset.family == "image":
        yield f"{width}\u00a0×\u00a0{height}"
    if tag := asset.language or asset.facts.get("language"):
        yield language_name(tag, language())


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
        whole=not captions and not (made.name == "audio_only" and asset.family == "film"),
    )


def _suggested(rows: list[FormRow]) -> list[FormRow]:
    """Mark the heaviest form that comes soon, else the lightest; what came with it is no choice."""
    choice = [row for row in rows if row.address and row.whole and not row.beside] or [
        row for row in rows if row.address
    ]
    if not choice:
        return rows
    best = choice[suiting([row.size for row in choice])]
    return [replace(row, suggested=row is best) for row in rows]
