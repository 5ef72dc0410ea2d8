"""Pictures as files, drawn here: small, and each other than the last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from pathlib import Path

PAPER, INK = (241, 233, 218), (10, 90, 103)


def bridge(path: Path, *, spans: int = 3) -> Path:
    """Draw a bridge of so many spans; the kind of file is told by the ending of `path`."""
    picture = Image.new("RGB", (1200, 675), PAPER)
    pen = ImageDraw.Draw(picture)
    wide = 1120 // spans
    for number in range(spans):
        left = 40 + number * wide
        pen.arc((left, 300, left + wide, 300 + wide), 180, 360, INK, 14)
    pen.line((20, 290, 1180, 290), INK, 20)
    picture.save(path)
    return path
