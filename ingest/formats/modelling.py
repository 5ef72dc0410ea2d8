"""The tasks on models that run in a child process: facts, a still, a light mesh."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PIL import Image

from ingest.formats import meshes, pictures
from ingest.formats.raster import draw

if TYPE_CHECKING:
    from collections.abc import Mapping

_STILL_SIZE: Final = (960, 720)
# glTF measures in metres (Khronos glTF 2.0, 3.4); STL and OBJ do not say.
_UNITS: Final[Mapping[str, str]] = {"glb": "m", "gltf": "m"}


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
