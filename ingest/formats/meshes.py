"""Triangles out of STL, OBJ and GLB, with trimesh; runs in a child process only.

trimesh reads from bytes in memory, never from a path: so it has no folder to look for companions
in, and a file that names some is told apart before it is read.
"""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import trimesh
from numpy.typing import NDArray

from ingest.formats.raster import Floats, Ints, Mesh
from ingest.formats.scenes import check_scene
from ingest.verdict import Faulty

MOST_TRIANGLES: Final = 5_000_000
"""As placed in the scene; more would need over 2 GB here."""

LIGHT_TRIANGLES: Final = 60_000
"""As many as a telephone turns smoothly; about 1.1 MB as GLB."""

GREY: Final = (0.72, 0.75, 0.79)
# The formats whose convention is that y points up; drawings of machines have z upwards.
_Y_UP: Final = frozenset({"glb", "gltf", "obj"})
_Z_FROM_Y: Final = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])


@dataclass(frozen=True)
class Part:
    """One mesh at its place in the scene; the vertices are merged where equal."""

    vertices: Floats
    faces: Ints
    colour: tuple[float, float, float]
    closed: bool


def read_model(path: Path, kind: str) -> tuple[Part, ...]:
    """Return the parts of a model of kind `stl`, `obj`, `glb` or `gltf`, as the scene places them.

    Raises Faulty: `damaged`, `too_large`, `external_reference` where it needs more files.
    """
    content = path.read_bytes()
    if kind in {"glb", "gltf"}:
        check_scene(content)
    if kind == "stl":
        content = _trimmed(content)
    if kind == "obj":
        content = content.replace(b"\t", b" ")  # trimesh parts the words at spaces alone.
    try:
        scene = trimesh.load_scene(io.BytesIO(content), file_type=kind, process=False)
        parts = _parts(scene)
    except (Faulty, MemoryError):
        raise
    except Exception as broken:  # trimesh raises whatever its parsers met
        raise Faulty("damaged", because=str(broken)[:200]) from broken
    if not any(len(part.faces) for part in parts):
        raise Faulty("damaged", because="no triangles")
    return parts


def _trimmed(content: bytes) -> bytes:
    """Return a binary STL without what makers' programs leave behind its last triangle."""
    stated = 84 + 50 * int.from_bytes(content[80:84], "little")
    # A written STL has letters there, which as a number are some hundred million.
    return content[:stated] if 84 < stated < len(content) else content  # noqa: PLR2004 - the header


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


def light_glb(parts: tuple[Part, ...], kind: str) -> tuple[bytes, int]:
    """Return the model as one GLB of at most about `LIGHT_TRIANGLES`, and its triangles.

    Colours stay, pictures on the surface do not. Units stay the file's own.
    """
    scene: Any = trimesh.Scene()
    total = sum(len(part.faces) for part in parts)
    triangles = 0
    for part in parts:
        share = max(200, LIGHT_TRIANGLES * len(part.faces) // total)
        vertices, faces = _coarser(part.vertices, part.faces, share)
        if kind not in _Y_UP:
            vertices = vertices @ _Z_FROM_Y
        mesh = trimesh.Trimesh(vertices, faces, process=False)
        colour = [round(value * 255) for value in part.colour]
        visual: Any = trimesh.visual  # Without types of its own.
        paint = visual.material.PBRMaterial(baseColorFactor=[*colour, 255])
        mesh.visual = visual.TextureVisuals(material=paint)
        scene.add_geometry(mesh)
        triangles += len(faces)
    return bytes(scene.export(file_type="glb")), triangles


def _coarser(vertices: Floats, faces: Ints, most: int) -> tuple[Floats, Ints]:
    """Return the mesh with near corners drawn together until it has at most `most` faces."""
    cells = 1024
    coarse = faces
    points = vertices
    while len(coarse) > most and cells >= 16:  # noqa: PLR2004 - coarser than that is no shape
        low = vertices.min(axis=0)
        size = float(np.ptp(vertices, axis=0).max()) / cells or 1.0
        cell = ((vertices - low) / size).astype(np.int64)
        number = (cell[:, 0] * (cells + 1) + cell[:, 1]) * (cells + 1) + cell[:, 2]
        _, place, count = np.unique(number, return_inverse=True, return_counts=True)
        points = np.stack(
            [np.bincount(place, vertices[:, axis]) / count for axis in range(3)], axis=1
        )
        joined = place[faces].astype(np.int64)
        first, second, third = joined.T
        coarse = joined[(first != second) & (second != third) & (third != first)]
        cells = cells * 2 // 3
    return points, coarse


def _parts(scene: trimesh.Scene) -> tuple[Part, ...]:
    placed = [
        (matrix, scene.geometry[name])
        for matrix, name in (scene.graph[node] for node in scene.graph.nodes_geometry)
        if isinstance(scene.geometry.get(name), trimesh.Trimesh)
    ]
    if sum(len(mesh.faces) for _, mesh in placed) > MOST_TRIANGLES:
        raise Faulty("too_large")
    return tuple(_part(np.asarray(matrix), mesh) for matrix, mesh in placed if len(mesh.faces))


def _part(matrix: Floats, mesh: trimesh.Trimesh) -> Part:
    vertices, faces = _merged(
        np.asarray(mesh.vertices, np.float64), np.asarray(mesh.faces, np.int64)
    )
    placed = vertices @ matrix[:3, :3].T + matrix[:3, 3]
    return Part(placed, faces, _colour(mesh), closed=_is_closed(faces))


def _merged(vertices: Floats, faces: Ints) -> tuple[Floats, Ints]:
    """Return the mesh with one vertex for all at the same place, only used ones kept.

    The same place is a ten-millionth of the mesh's extent: makers write 32-bit numbers, whose last
    digits differ from face to face.
    """
    used, faces = np.unique(faces, return_inverse=True)
    corners = vertices[used]
    if not np.isfinite(corners).all():
        raise Faulty("damaged", because="corners that are not numbers")
    key = np.zeros(len(corners), np.uint64)
    near = max(float(np.abs(corners).max()) * 1e-7, 1e-15)
    for axis in range(3):  # One number for three: sorting it takes a tenth of sorting rows.
        key = _scattered(key + _levels(corners[:, axis], near))
    _, first, place = np.unique(key, return_index=True, return_inverse=True)
    return corners[first], place[faces.reshape(-1, 3)].astype(np.int64)


def _levels(values: Floats, near: float) -> NDArray[np.uint64]:
    """Return the values' ranks by size; neighbours no further apart than `near` share one.

    Rounding would part two that lie at either side of a border.
    """
    order = np.argsort(values)
    apart = np.diff(values[order], prepend=values[order[:1]]) > near
    levels = np.empty(len(values), np.uint64)
    levels[order] = np.cumsum(apart)
    return levels


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
