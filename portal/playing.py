"""The player of a film or a sound: what it loads when it is asked to, and the frames of a film."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flask import request

from config.languages import base, fallbacks, from_stream
from portal.interface import language
from portal.rows import rendition_address
from portal.weights import suiting

if TYPE_CHECKING:
    from catalog.resources.views import AssetView, RenditionView, ResourceView

PLAYED = ("film_144p", "film_240p", "film_480p", "audio_only")
"""The lightest form that moves comes first."""
CELL_WIDTH, GAP, COLUMNS = 320, 4, 5
"""Of a contact sheet, in pixels: as ingest.formats.frames lays it out."""
LONGEST_SECONDS = 10**6
"""No film is longer, whatever an address says."""


@dataclass(frozen=True)
class Track:
    """Subtitles for the player; `chosen` are those shown when nobody has chosen yet."""

    address: str
    lang: str
    chosen: bool = False


@dataclass(frozen=True)
class PlayForm:
    """A form that the player can load: as in 144p, none for a sound; `page` plays it without scripts.

    `size` in bytes.
    """

    name: str
    label: str
    address: str
    page: str
    type: str
    size: int


@dataclass(frozen=True)
class Player:
    """What the player loads when it is asked: `form`, or another of `forms`.

    `start` is the second to begin at. `asked` says that the address itself asks to play, as the
    button does where scripts are off; `at_once` that somebody pressed it on a page of ours.
    """

    asset: str
    poster: str | None
    form: PlayForm
    forms: tuple[PlayForm, ...]
    tracks: tuple[Track, ...]
    start: int = 0
    asked: bool = False
    at_once: bool = False

    @property
    def address(self) -> str:
        """The address of the form itself."""
        return self.form.address


@dataclass(frozen=True)
class Frame:
    """One frame of a film: its second, and where it lies on the contact sheet, in pixels."""

    second: float
    x: int
    y: int
    noted: bool = False


@dataclass(frozen=True)
class FrameStrip:
    """A contact sheet of `width` x `height` pixels, and the cell height of its frames."""

    address: str
    width: int
    height: int
    cell: int
    frames: tuple[Frame, ...]


def player_of(view: ResourceView, page: str = "") -> Player | None:
    """Return the player of the main film or sound, in the form that suits the line.

    `page` is the address of the page it stands on, where that knows how to play without scripts.
    """
    for asset in view.assets:
        if asset.family not in ("film", "audio") or asset.role not in ("main", "audio_track"):
            continue
        names = PLAYED if asset.family == "film" else PLAYED[-1:]
        forms = tuple(
            _form(view, asset, made, page) for name in names if (made := asset.rendition(name))
        )
        if forms:
            return _player(view, asset, forms)
    return None


def _player(view: ResourceView, asset: AssetView, forms: tuple[PlayForm, ...]) -> Player:
    named = request.args.get("play", "")
    moving = [each for each in forms if each.label] or list(forms)
    asked = next((each for each in forms if each.name == named and each.page), None)
    poster = asset.rendition("poster") or asset.rendition("waveform")
    return Player(
        asset.id,
        rendition_address(view.id, asset.id, poster.name) if poster else None,
        asked or moving[suiting([each.size for each in moving])],
        forms,
        tuple(_tracks(view, asset)),
        start=_second(),
        asked=asked is not None,
        at_once=(request.referrer or "").startswith(request.host_url),
    )


def _second() -> int:
    """Return the second that the address names."""
    told = request.args.get("t", "")
    number = int(told) if told.isascii() and told.isdigit() and len(told) < len("1000000") else 0
    return min(number, LONGEST_SECONDS)


def _form(view: ResourceView, asset: AssetView, made: RenditionView, page: str) -> PlayForm:
    at = f"&t={_second()}" if _second() else ""
    return PlayForm(
        made.name,
        made.name.removeprefix("film_") if made.name.startswith("film_") else "",
        rendition_address(view.id, asset.id, made.name),
        f"{page}?play={made.name}{at}#player" if page else "",
        made.media_type,
        made.size,
    )


def spoken_in(view: ResourceView) -> frozenset[str]:
    """Return the languages spoken, as the record says and as the streams of its files do."""
    streams = [each for asset in view.assets for each in asset.facts.get("audio") or ()]
    tags = {from_stream(each["language"]) for each in streams if each.get("language")}
    return frozenset(view.details.get("spoken_languages") or ()) | {tag for tag in tags if tag}


def _tracks(view: ResourceView, film: AssetView) -> list[Track]:
    found: dict[str, Track] = {}
    for made in film.renditions:
        if made.name.startswith("captions_"):
            tag = made.name.removeprefix("captions_")
            found[tag] = Track(rendition_address(view.id, film.id, made.name), tag)
    for asset in view.assets:
        if asset.family == "subtitle" and asset.rendition("captions"):
            tag = asset.language or asset.facts.get("language") or "und"
            found[tag] = Track(rendition_address(view.id, asset.id, "captions"), tag)
    shown = _shown(view, tuple(found))
    return [replace(each, chosen=each.lang == shown) for each in found.values()]


def _shown(view: ResourceView, tags: tuple[str, ...]) -> str | None:
    """Return the subtitles to show unasked: the reader's, unless their language is spoken."""
    own = base(language())
    wanted = [tag for tag in fallbacks(language()) if base(tag) == own]
    if any(tag in spoken_in(view) for tag in wanted):
        return None
    return next((tag for tag in wanted if tag in tags), None)


def frame_strip(view: ResourceView, asset: AssetView, seconds: list[float]) -> FrameStrip | None:
    """Return the frames of a film; the frame before each noted one of `seconds` is marked."""
    sheet = asset.rendition("contact_sheet")
    times = [float(each) for each in sheet.facts.get("seconds", ())] if sheet else []
    width, height = asset.facts.get("display_width"), asset.facts.get("display_height")
    if not times or not width or not height:
        return None
    cell = round(CELL_WIDTH * height / width)
    noted = {
        max((each for each in times if each <= second), default=times[0]) for second in seconds
    }
    frames = tuple(
        Frame(
            second,
            -(place % COLUMNS) * (CELL_WIDTH + GAP),
            -(place // COLUMNS) * (cell + GAP),
            noted=second in noted,
        )
        for place, second in enumerate(times)
    )
    columns, rows = min(COLUMNS, len(times)), -(-len(times) // COLUMNS)
    return FrameStrip(
        rendition_address(view.id, asset.id, "contact_sheet"),
        columns * (CELL_WIDTH + GAP) - GAP,
        rows * (cell + GAP) - GAP,
        cell,
        frames,
    )
