"""Triangles out of STL, OBJ and GLB, with trimesh; runs in a child process only.

trimesh reads from bytes in memory, never from a path: so it has no folder to look for companions
in, and a file that names some is told apart before it is read.
"""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import trimesh
from numpy.typing import NDArray

from ingest.formats.raster import Floats, Ints, Mesh

MOST_TRIANGLES: Final = 5_000_000
"""As placed in the scene; more would need over 2 GB here."""

GREY: Final = (0.72, 0.75, 0.79)
_GLB_MAGIC: Final = b"glTF"
_GLB_JSON: Final = 0x4E4F534A
_LARGEST_JSON: Final = 64 * 1024 * 1024
# The formats whose convention is that y points up; drawings of machines have z upwards.
_Y_UP: Final = frozenset({"glb", "gltf", "obj"})
_Z_FROM_Y: Final = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])


class BrokenModel(Exception):
    """The bytes are not a model of their kind."""


class NeedsCompanions(Exception):
    """The model lives in more than one file, and the others were not given with it."""


class TooManyTriangles(Exception):
    """The scene places more than `MOST_TRIANGLES`."""


@dataclass(frozen=True)
class Part:
    """One mesh at its place in the scene; the vertices are merged where equal."""

    vertices: Floats
    faces: Ints
    colour: tuple[float, float, float]
    closed: bool


def read_model(path: Path, kind: str) -> tuple[Part, ...]:
    """Return the parts of a model of kind `stl`, `obj`, `glb` or `gltf`, as the scene places them.

    Raises BrokenModel, NeedsCompanions or TooManyTriangles.
    """
    content = path.read_bytes()
    if kind in {"glb", "gltf"}:
        _check_scene(_scene_description(content))
    try:
        scene = trimesh.load_scene(io.BytesIO(content), file_type=kind, process=False)
        parts = _parts(scene)
    except (TooManyTriangles, MemoryError):
        raise
    except Exception as broken:  # trimesh raises whatever its parsers met
        raise BrokenModel(str(broken)[:200]) from broken
    if not any(len(part.faces) for part in parts):
        raise BrokenModel("no triangles")
    return parts


def bounding_box(parts: tuple[Part, ...]) -> tuple[float, float, float]:
    """Return the extents along x, y and z in the file's own unit and axes."""
    corners = np.array(
        [edge for part in parts for edge in (part.vertices.min(axis=0), part.vertices.max(axis=0))]
    )
    x, y, z = np.ptp(corners, axis=0)
    return round(float(x), 6), round(float(y), 6), round(float(z), 6)


def upright_mesh(parts: tuple[Part, ...], kind: str) -> Mesh:
    """Return all parts as one mesh with z upwards, ready to be drawn."""
    offsets = np.cumsum([0, *(len(part.vertices) for part in parts)])
    vertices = np.concatenate([part.vertices for part in parts])
    faces = [part.faces + start for part, start in zip(parts, offsets, strict=False)]
    colours = [np.tile(part.colour, (len(part.faces), 1)) for part in parts]
    if kind in _Y_UP:
        vertices = vertices @ _Z_FROM_Y.T
    return Mesh(vertices, np.concatenate(faces), np.concatenate(colours))


def _parts(scene: trimesh.Scene) -> tuple[Part, ...]:
    placed = [
        (matrix, scene.geometry[name])
        for matrix, name in (scene.graph[node] for node in scene.graph.nodes_geometry)
        if isinstance(scene.geometry.get(name), trimesh.Trimesh)
    ]
    if sum(len(mesh.faces) for _, mesh in placed) > MOST_TRIANGLES:
        raise TooManyTriangles
    return tuple(_part(np.asarray(matrix), mesh) for matrix, mesh in placed if len(mesh.faces))


def _part(matrix: Floats, mesh: trimesh.Trimesh) -> Part:
    vertices, faces = _merged(np.asarray(mesh.vertices, np.float64), np.asarray(mesh.faces, np.int64))
    placed = vertices @ matrix[:3, :3].T + matrix[:3, 3]
    if not np.isfinite(placed).all():
        raise BrokenModel("corners that are not numbers")
    return Part(placed, faces, _colour(mesh), closed=_is_closed(faces))


def _merged(vertices: Floats, faces: Ints) -> tuple[Floats, Ints]:
    """Return the mesh with one vertex for all at the same place, only used ones kept.

    The same place is a ten-millionth of the mesh's extent: makers write 32-bit numbers, and
    near nought their last digits are noise.
    """
    used, faces = np.unique(faces, return_inverse=True)
    corners = vertices[used]
    grain = max(float(np.ptp(corners, axis=0).max()) * 1e-7, 1e-12)
    # Adding nought makes minus nought plain nought.
    bits = (np.round(corners / grain) + 0.0).view(np.uint64)
    key = np.zeros(len(bits), np.uint64)
    for axis in range(3):  # One number for three: sorting it takes a tenth of sorting rows.
        key = _scattered(key + bits[:, axis])
    _, first, place = np.unique(key, return_index=True, return_inverse=True)
    return corners[first], place[faces.reshape(-1, 3)].astype(np.int64)


def _scattered(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return each number mixed one to one over all 64 bits (the end of SplitMix64)."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))


def _is_closed(faces: Ints) -> bool:
    """Tell whether each edge belongs to exactly two faces; faces shrunk to a line do not count."""
    first, second, third = faces.T
    real = faces[(first != second) & (second != third) & (third != first)]
    if not len(real):
        return False
    edges = np.sort(real[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    _, counts = np.unique(edges[:, 0] * (faces.max() + 1) + edges[:, 1], return_counts=True)
    return bool((counts == 2).all())  # noqa: PLR2004 - the two sides of an edge


def _colour(mesh: trimesh.Trimesh) -> tuple[float, float, float]:
    """Return the part's main colour, never so dark or light that its shape is lost."""
    if mesh.visual is None or not mesh.visual.defined:
        return GREY
    try:
        visual: Any = mesh.visual
        main = np.asarray(visual.to_color().main_color, np.float64)[:3] / 255
    except Exception:  # noqa: BLE001 - a broken texture must not cost the picture
        return GREY
    red, green, blue = (float(min(0.94, max(0.12, value))) for value in main)
    return red, green, blue


def _scene_description(content: bytes) -> Mapping[str, Any]:
    """Return the JSON of a glTF 2.0 file, binary (Khronos glTF 2.0, 4.4) or plain."""
    if content.startswith(_GLB_MAGIC):
        length, kind = (int.from_bytes(content[at : at + 4], "little") for at in (12, 16))
        if kind != _GLB_JSON or 20 + length > len(content):
            raise BrokenModel("no scene description")
        if int.from_bytes(content[8:12], "little") > len(content):
            raise BrokenModel("cut off")
        content = content[20 : 20 + length]
    if len(content) > _LARGEST_JSON:
        raise TooManyTriangles
    try:
        described = json.loads(content)
    except (ValueError, RecursionError) as broken:
        raise BrokenModel("not JSON") from broken
    if not isinstance(described, dict):
        raise BrokenModel("not a scene")
    return described


def _check_scene(scene: Mapping[str, Any]) -> None:
    """Refuse what needs other files, and nodes with two parents or in a ring."""
    try:
        for source in (*scene.get("buffers", ()), *scene.get("images", ())):
            if not str(source.get("uri", "data:")).startswith("data:"):
                raise NeedsCompanions
        children = [tuple(node.get("children", ())) for node in scene.get("nodes", ())]
        _check_tree(children)
    except (AttributeError, TypeError) as broken:
        raise BrokenModel("not a scene") from broken


def _check_tree(children: list[tuple[int, ...]]) -> None:
    below = [child for some in children for child in some]
    if len(below) != len(set(below)):
        raise BrokenModel("a node with two parents")
    waiting = sorted(set(range(len(children))) - set(below))
    reached = 0
    while waiting:
        reached += 1
        waiting.extend(child for child in children[waiting.pop()] if child < len(children))
    if reached != len(children):
        raise BrokenModel("nodes in a ring")
