"""The player of a film or a sound: what it loads when it is asked to, and the frames of a film."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.rows import rendition_address

if TYPE_CHECKING:
    from catalog.resources.views import AssetView, ResourceView

PLAYED = ("film_144p", "film_240p", "film_480p", "audio_only")
"""The lightest form that moves comes first."""
CELL_WIDTH, GAP, COLUMNS = 320, 4, 5
"""Of a contact sheet, in pixels: as ingest.formats.frames lays it out."""


@dataclass(frozen=True)
class Track:
    """Subtitles for the player."""

    address: str
    lang: str


@dataclass(frozen=True)
class Player:
    """What the player loads; `size` in bytes, `form` as in 144p, none of a sound."""

    asset: str
    form: str
    poster: str | None
    address: str
    type: str
    size: int
    tracks: tuple[Track, ...]


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


def player_of(view: ResourceView) -> Player | None:
    """Return the player of the main film or sound, in the lightest form that moves."""
    for asset in view.assets:
        if asset.family not in ("film", "audio") or asset.role not in ("main", "audio_track"):
            continue
        names = PLAYED if asset.family == "film" else PLAYED[-1:]
        made = next((each for name in names if (each := asset.rendition(name))), None)
        poster = asset.rendition("poster") or asset.rendition("waveform")
        if made is not None:
            return Player(
                asset.id,
                made.name.removeprefix("film_") if asset.family == "film" else "",
                rendition_address(view.id, asset.id, poster.name) if poster else None,
                rendition_address(view.id, asset.id, made.name),
                made.media_type,
                made.size,
                tuple(_tracks(view, asset)),
            )
    return None


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
    return list(found.values())


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
