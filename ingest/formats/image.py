"""Images: size, turning and place; a thumbnail and a view of them without metadata.

SVG is a program for a browser as much as a picture: it is held and never rendered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.formats.base import Examined, Facts, Made
from ingest.sandbox import Limits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.workspace import Workspace

# 200 million pixels take 800 MB with transparency, and Pillow holds two copies now and then.
_LIMITS = Limits(seconds=90, memory_bytes=3 * 1024**3)


class Image:
    """jpeg, png, gif, webp, tiff, avif, bmp, and the pictures of telescopes."""

    family = "image"
    media_types = frozenset(
        {
            "image/jpeg",
            "image/png",
            "image/gif",
            "image/webp",
            "image/tiff",
            "image/avif",
            "image/bmp",
            "image/x-ms-bmp",
            "image/fits",
        }
    )

    def examine(self, box: Workspace, media_type: str) -> Examined:
        """Decode the image once and return what it tells. Raises Faulty."""
        del media_type
        told = box.call("ingest.formats.photographs:read", limits=_LIMITS, path=str(box.source))
        facts: Facts = {**told}  # type: ignore[typeddict-item]
        return Examined(facts)

    def pictures(self, box: Workspace, media_type: str, facts: Facts) -> Iterator[Made]:
        """Make thumbnail and view, both without metadata. Raises Faulty."""
        del media_type, facts
        folder = str(box.folder)
        view = box.call(
            "ingest.formats.photographs:shrink", limits=_LIMITS, path=str(box.source), folder=folder
        )
        yield Made("thumbnail", "image/webp", box.file("thumbnail.webp"))
        yield Made(
            "view", "image/jpeg", box.file("view.jpg"), {"width": view[0], "height": view[1]}
        )

    def forms(self, box: Workspace, media_type: str, facts: Facts) -> Iterator[Made]:
        """Make nothing: all forms of an image are made at once."""
        del box, media_type, facts
        yield from ()
