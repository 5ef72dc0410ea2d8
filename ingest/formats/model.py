"""Models: triangles, size and tightness; a still picture and a light mesh of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PIL import Image

from ingest.formats import meshes, pictures
from ingest.formats.base import Examined, Facts, Made
from ingest.formats.raster import draw
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
_STILL_SIZE: Final = (960, 720)
# glTF measures in metres (Khronos glTF 2.0, 3.4); STL and OBJ do not say.
_UNITS: Final[Mapping[str, str]] = {"glb": "m", "gltf": "m"}
# Five million triangles take about 1.5 GB with all that is worked out of them.
_LIMITS: Final = Limits(seconds=180, memory_bytes=4 * 1024**3)


class Model:
    """stl, obj and glb, and glTF that carries its own buffers."""

    family = "model"
    media_types = frozenset(_KINDS)

    def examine(self, box: Workspace, media_type: str) -> Examined:
        """Return triangles as placed, size in the file's unit, and tightness. Raises Faulty."""
        told = box.call(
            "ingest.formats.model:read",
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
            "ingest.formats.model:picture",
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
            "ingest.formats.model:lighten",
            limits=_LIMITS,
            path=str(box.source),
            kind=_KINDS[media_type],
            folder=str(box.folder),
        )
        yield Made("mesh", "model/gltf-binary", box.file("mesh.glb"), {"triangles": made})


def read(path: str, kind: str) -> dict[str, Any]:
    """Return the facts of a model. A child's task; raises Faulty."""
    parts = meshes.read_model(Path(path), kind)
    return {
        "triangles": sum(len(part.faces) for part in parts),
        "bounding_box": list(meshes.bounding_box(parts)),
        "unit": _UNITS.get(kind),
        "watertight": all(part.closed for part in parts),
    }


def picture(path: str, kind: str, folder: str) -> None:
    """Write `still.webp` and `thumbnail.webp`, the ground transparent. A child's task."""
    mesh = meshes.upright_mesh(meshes.read_model(Path(path), kind), kind)
    still = Image.fromarray(draw(mesh, width=_STILL_SIZE[0], height=_STILL_SIZE[1]))
    Path(folder, "still.webp").write_bytes(pictures.as_webp(still, 85))
    Path(folder, "thumbnail.webp").write_bytes(pictures.thumbnail(still, cover=False))


def lighten(path: str, kind: str, folder: str) -> int:
    """Write `mesh.glb` and return its triangles. A child's task; raises Faulty."""
    parts = meshes.read_model(Path(path), kind)
    content, triangles = meshes.light_glb(parts, kind)
    Path(folder, "mesh.glb").write_bytes(content)
    return triangles
