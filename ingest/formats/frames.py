"""One picture for a film, and ten in a row, out of frames that ffmpeg has cut.

Runs in a child process only.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PIL import Image, ImageFilter, ImageStat

from ingest.formats import pictures

if TYPE_CHECKING:
    from collections.abc import Sequence

_COLUMNS: Final = 5
_CELL_WIDTH: Final = 320
_GAP: Final = 4


def best_frame(frames: Sequence[Image.Image]) -> int:
    """Return the number of the frame that shows most: not black, not blank, not blurred.

    A frame before the middle is preferred among equals, since the end of a film gives it away.
    """
    worth = [_worth(frame) * (1 - 0.02 * number) for number, frame in enumerate(frames)]
    return max(range(len(frames)), key=worth.__getitem__)


def contact_sheet(frames: Sequence[Image.Image]) -> Image.Image:
    """Return the frames in rows of five, in their order, each 320 pixels wide."""
    height = round(_CELL_WIDTH * frames[0].height / frames[0].width)
    columns = min(_COLUMNS, len(frames))
    rows = -(-len(frames) // columns)
    size = (columns * (_CELL_WIDTH + _GAP) - _GAP, rows * (height + _GAP) - _GAP)
    sheet = Image.new("RGB", size, "white")
    for number, frame in enumerate(frames):
        row, column = divmod(number, columns)
        small = frame.resize((_CELL_WIDTH, height), Image.Resampling.LANCZOS)
        sheet.paste(small, (column * (_CELL_WIDTH + _GAP), row * (height + _GAP)))
    return sheet


def compose(frames: list[str], folder: str) -> int:
    """Write poster, contact sheet and thumbnail; return the poster's number. A child's task."""
    opened = [pictures.upright(pictures.open_picture(Path(path)), 1280) for path in frames]
    best = best_frame(opened)
    Path(folder, "poster.jpg").write_bytes(pictures.as_jpeg(opened[best]))
    Path(folder, "contact_sheet.jpg").write_bytes(pictures.as_jpeg(contact_sheet(opened), 70))
    Path(folder, "thumbnail.webp").write_bytes(pictures.thumbnail(opened[best]))
    return best


def compose_sound(waveform: str, cover: str | None, folder: str) -> None:
    """Write `waveform.png`, and a thumbnail of the cover if there is one. A child's task."""
    drawn = _filled(pictures.upright(pictures.open_picture(Path(waveform)), 1280))
    Path(folder, "waveform.png").write_bytes(pictures.as_png(drawn))
    shown = pictures.upright(pictures.open_picture(Path(cover)), 1280) if cover else drawn
    thumbnail = pictures.thumbnail(shown, cover=cover is not None)
    Path(folder, "thumbnail.webp").write_bytes(thumbnail)


def _filled(waveform: Image.Image) -> Image.Image:
    """Return the waveform stretched to its height, so that a quiet recording is seen too.

    Eight times is the most: above it the picture shows the noise of the room.
    """
    box = waveform.getchannel("A").getbbox()
    if box is None:
        return waveform
    middle = waveform.height / 2
    reach = max(middle - box[1], box[3] - middle, middle / 8)
    band = waveform.crop((0, round(middle - reach), waveform.width, round(middle + reach)))
    return band.resize(waveform.size, Image.Resampling.NEAREST)


def _worth(frame: Image.Image) -> float:
    """Return how much there is to see: contrast, and a little for edges and middling light."""
    grey = frame.convert("L").resize((160, 90))
    light = ImageStat.Stat(grey)
    edges = ImageStat.Stat(grey.filter(ImageFilter.FIND_EDGES))
    too_dark_or_bright = abs(light.mean[0] - 118) / 138
    return light.stddev[0] * (1.2 - too_dark_or_bright) + 0.5 * edges.mean[0]
