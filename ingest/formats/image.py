"""Images: size, turning and place; a thumbnail and a view of them without metadata.

SVG is a program for a browser as much as a picture: it is held and never rendered.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.formats import pictures
from ingest.formats.base import Examined, Facts, Made
from ingest.formats.photographs import told_by
from ingest.sandbox import Limits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.workspace import Workspace

_VIEW_SIDE = 1280
# 200 million pixels take 800 MB with transparency, and Pillow holds two copies now and then.
_LIMITS = Limits(seconds=90, memory_bytes=3 * 1024**3)


class Image:
    """jpeg, png, gif, webp, tiff and avif."""

    family = "image"
    media_types = frozenset(
        {"image/jpeg", "image/png", "image/gif", "image/webp", "image/tiff", "image/avif"}
    )

    def examine(self, box: Workspace, media_type: str) -> Examined:
        """Decode the image once and return what it tells. Raises Faulty."""
        del media_type
        told = box.call("ingest.formats.image:read", limits=_LIMITS, path=str(box.source))
        facts: Facts = {**told}  # type: ignore[typeddict-item]
        return Examined(facts)

    def pictures(self, box: Workspace, media_type: str, facts: Facts) -> Iterator[Made]:
        """Make thumbnail and view, both without metadata. Raises Faulty."""
        del media_type, facts
        folder = str(box.folder)
        view = box.call(
            "ingest.formats.image:shrink", limits=_LIMITS, path=str(box.source), folder=folder
        )
        yield Made("thumbnail", "image/webp", box.file("thumbnail.webp"))
        yield Made(
            "view", "image/jpeg", box.file("view.jpg"), {"width": view[0], "height": view[1]}
        )

    def forms(self, box: Workspace, media_type: str, facts: Facts) -> Iterator[Made]:
        """Make nothing: all forms of an image are made at once."""
        del box, media_type, facts
        yield from ()


def read(path: str) -> dict[str, Any]:
    """Return what the image tells, having decoded all of it. A child's task; raises Faulty."""
    picture = pictures.open_picture(Path(path))
    told = asdict(told_by(picture))
    if told["pages"] is None:
        del told["pages"]
    pictures.upright(picture, _VIEW_SIDE)
    return told


def shrink(path: str, folder: str) -> tuple[int, int]:
    """Write `thumbnail.webp` and `view.jpg`; return the view's size. A child's task."""
    picture = pictures.upright(pictures.open_picture(Path(path)), _VIEW_SIDE)
    Path(folder, "view.jpg").write_bytes(pictures.as_jpeg(picture))
    Path(folder, "thumbnail.webp").write_bytes(pictures.thumbnail(picture))
    return picture.size
