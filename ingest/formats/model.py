"""Models: triangles, size and tightness; a still picture and a light mesh of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ingest.formats.base import Examined, Facts, Made
from ingest.sandbox import Limits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ingest.workspace import Workspace

_KINDS: Final[Mapping[str, str]] = {
    "model/stl": "stl",
    "model/obj": "obj",
    "model/gltf-binary": "glb",
    "model/gltf+json": "gltf",
}
# Five million triangles take about 1.5 GB with all that is worked out of them.
_LIMITS: Final = Limits(seconds=180, memory_bytes=4 * 1024**3)


class Model:
    """stl, obj and glb, and glTF that carries its own buffers."""

    family = "model"
    media_types = frozenset(_KINDS)

    def examine(self, box: Workspace, media_type: str) -> Examined:
        """Return triangles as placed, size in the file's unit, and tightness. Raises Faulty."""
        told = box.call(
            "ingest.formats.modelling:read",
            limits=_LIMITS,
            path=str(box.source),
            kind=_KINDS[media_type],
        )
        facts: Facts = {**told}  # type: ignore[typeddict-item]
        return Examined(facts)

    def pictures(self, box: Workspace, media_type: str, facts: Facts) -> Iterator[Made]:
        """Make the still and a thumbnail of it. Raises Faulty."""
        del facts
        box.call(
            "ingest.formats.modelling:picture",
            limits=_LIMITS,
            path=str(box.source),
            kind=_KINDS[media_type],
            folder=str(box.folder),
        )
        yield Made("thumbnail", "image/webp", box.file("thumbnail.webp"))
        yield Made("still", "image/webp", box.file("still.webp"))

    def forms(self, box: Workspace, media_type: str, facts: Facts) -> Iterator[Made]:
        """Make a light mesh any viewer of glTF opens. Raises Faulty."""
        del facts
        made = box.call(
            "ingest.formats.modelling:lighten",
            limits=_LIMITS,
            path=str(box.source),
            kind=_KINDS[media_type],
            folder=str(box.folder),
        )
        yield Made("mesh", "model/gltf-binary", box.file("mesh.glb"), {"triangles": made})
