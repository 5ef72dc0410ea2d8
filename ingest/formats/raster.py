"""A still picture of triangles, drawn with numpy alone: no window system, no graphics driver.

Every triangle is cut into the rows of pixels it covers, the nearest face of each pixel is kept,
and each pixel is shaded once. A million triangles at 960 x 720 take a few seconds.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ingest.formats.shading import corner_normals, face_normals, unit

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]

# The camera looks down from the front right, as catalogues of parts do; the light comes from
# behind the viewer's left shoulder, so that the three sides of a box differ.
_TOWARDS_CAMERA = unit(np.array([0.52, -0.72, 0.46]))
_TOWARDS_LIGHT = unit(np.array([0.22, -0.62, 0.86]))
_AMBIENT = 0.34
_MARGIN = 0.07
_OVERSAMPLING = 2
_NO_AREA = 1e-12  # Square pixels.
# Pixels worked on at once: bounds the memory at about 150 MB beside the mesh.
_CHUNK = 1_000_000


@dataclass(frozen=True)
class Mesh:
    """Triangles with z upwards: corners; corner numbers of a face; its red green blue (0-1)."""

    vertices: Floats
    faces: Ints
    colours: Floats


@dataclass(frozen=True)
class _View:
    """Corners on the screen (pixels, pixels, depth from 0 near to 1 far) and the canvas."""

    corners: Floats
    width: int
    height: int


def draw(mesh: Mesh, *, width: int, height: int) -> NDArray[np.uint8]:
    """Return the mesh seen from the front right as red green blue alpha, `height` x `width` x 4.

    The background is transparent. Faces without area and corners that are not finite are left out.
    """
    mesh = _drawable(mesh)
    view = _project(mesh.vertices, width * _OVERSAMPLING, height * _OVERSAMPLING)
    nearest = _nearest_faces(view, mesh.faces)
    canvas = np.zeros((view.height * view.width, 4), dtype=np.float32)
    seen = np.flatnonzero(nearest >= 0)
    canvas[seen, :3] = _shade(mesh, view, seen, nearest[seen])
    canvas[seen, 3] = 1.0
    return _shrink(canvas.reshape(view.height, view.width, 4))


def _drawable(mesh: Mesh) -> Mesh:
    finite: Flags = np.asarray(np.isfinite(mesh.vertices).all(axis=1))
    keep: Flags = np.asarray(finite[mesh.faces].all(axis=1))
    return Mesh(np.where(finite[:, None], mesh.vertices, 0.0), mesh.faces[keep], mesh.colours[keep])


def _project(vertices: Floats, width: int, height: int) -> _View:
    right = unit(np.cross([0.0, 0.0, 1.0], _TOWARDS_CAMERA))
    upward = np.cross(_TOWARDS_CAMERA, right)
    seen = vertices @ np.array([right, upward, _TOWARDS_CAMERA]).T
    low, high = (seen.min(axis=0), seen.max(axis=0)) if len(seen) else (np.zeros(3), np.ones(3))
    span = np.maximum(high - low, 1e-12)
    scale = float((np.array([width, height]) * (1 - 2 * _MARGIN) / span[:2]).min())
    middle = (low + high) / 2
    x = (seen[:, 0] - middle[0]) * scale + width / 2
    y = height / 2 - (seen[:, 1] - middle[1]) * scale
    return _View(np.stack([x, y, (high[2] - seen[:, 2]) / span[2]], axis=1), width, height)


def _nearest_faces(view: _View, faces: Ints) -> Ints:
    """Return for each pixel the number of the face nearest to the camera, or -1."""
    # Depth in the high 32 bits and the face in the low ones: one minimum settles both.
    nothing = np.iinfo(np.uint64).max
    buffer = np.full(view.width * view.height, nothing, dtype=np.uint64)
    for chosen in _batches(view, faces):
        pixels, depths, owners = _samples(view, faces[chosen], chosen)
        keys = (depths * (2**31)).astype(np.uint64) << np.uint64(32) | owners.astype(np.uint64)
        np.minimum.at(buffer, pixels, keys)
    found = (buffer & np.uint64(0xFFFFFFFF)).astype(np.int64)
    return np.where(buffer == nothing, -1, found)


def _batches(view: _View, faces: Ints) -> Iterator[Ints]:
    """Yield face numbers in runs that cover at most about `_CHUNK` pixels each."""
    x, y = view.corners[faces][:, :, 0], view.corners[faces][:, :, 1]
    covered = np.cumsum((np.ptp(x, axis=1) / 2 + 2) * (np.ptp(y, axis=1) + 2))
    if len(covered):
        cuts = np.searchsorted(covered, np.arange(_CHUNK, covered[-1], _CHUNK))
        yield from (run for run in np.split(np.arange(len(faces)), np.unique(cuts)) if len(run))


def _samples(view: _View, faces: Ints, numbers: Ints) -> tuple[Ints, Floats, Ints]:
    """Return pixel, depth and face number of every pixel centre inside a face."""
    triangles = view.corners[faces]
    member, row, left, right = _spans(triangles)
    length = right - left
    span = np.repeat(np.arange(len(length)), length)
    column = np.arange(len(span)) - np.repeat(np.cumsum(length) - length, length) + left[span]
    member, row = member[span], row[span]
    weights = _weights(triangles[member], column, row)
    depth = (weights * triangles[member, :, 2]).sum(axis=1)
    return row * view.width + column, np.clip(depth, 0.0, 1.0), numbers[member]


def _spans(triangles: Floats) -> tuple[Ints, Ints, Ints, Ints]:
    """Return triangle, row, first column and the column after the last of each row covered."""
    top, bottom = triangles[:, :, 1].min(axis=1), triangles[:, :, 1].max(axis=1)
    first = np.ceil(top - 0.5).astype(np.int64)
    rows = np.ceil(bottom - 0.5).astype(np.int64) - first
    member = np.repeat(np.arange(len(triangles)), rows)
    row = np.arange(len(member)) - np.repeat(np.cumsum(rows) - rows, rows) + first[member]
    start, end = triangles[member], np.roll(triangles[member], -1, axis=1)
    y = (row + 0.5)[:, None]
    rise = end[:, :, 1] - start[:, :, 1]
    part = (y - start[:, :, 1]) / np.where(rise == 0, 1.0, rise)
    crosses = (rise != 0) & (part >= 0) & (part <= 1)
    x = start[:, :, 0] + part * (end[:, :, 0] - start[:, :, 0])
    left = np.ceil(np.where(crosses, x, np.inf).min(axis=1) - 0.5)
    right = np.ceil(np.where(crosses, x, -np.inf).max(axis=1) - 0.5)
    some = right > left
    return member[some], row[some], left[some].astype(np.int64), right[some].astype(np.int64)


def _weights(triangles: Floats, column: Ints, row: Ints) -> Floats:
    """Return how much each corner of a triangle weighs at the middle of a pixel inside it."""
    x, y = column.astype(np.float64) + 0.5, row.astype(np.float64) + 0.5
    (ax, ay), (bx, by), (cx, cy) = (triangles[:, corner, :2].T for corner in range(3))
    area = (by - cy) * (ax - cx) + (cx - bx) * (ay - cy)
    area = np.where(np.abs(area) < _NO_AREA, _NO_AREA, area)
    first = ((by - cy) * (x - cx) + (cx - bx) * (y - cy)) / area
    second = ((cy - ay) * (x - cx) + (ax - cx) * (y - cy)) / area
    weights: Floats = np.clip(np.stack([first, second, 1 - first - second], axis=1), 0.0, 1.0)
    return weights


def _shade(mesh: Mesh, view: _View, pixels: Ints, owners: Ints) -> Floats:
    """Return the colour of each pixel: its face's own, by the angle to the light."""
    shown, place = np.unique(owners, return_inverse=True)
    normals = face_normals(mesh.vertices, mesh.faces)
    corners = corner_normals(mesh.faces, normals, shown)
    shade = np.empty((len(pixels), 3))
    for start in range(0, len(pixels), _CHUNK):
        part = slice(start, start + _CHUNK)
        row, column = np.divmod(pixels[part], view.width)
        weights = _weights(view.corners[mesh.faces[owners[part]]], column, row)
        normal = unit((corners[place[part]] * weights[..., None]).sum(axis=1))
        # Makers' files often wind faces the wrong way: the side that is seen is the side lit.
        normal *= np.where(normal @ _TOWARDS_CAMERA < 0, -1.0, 1.0)[:, None]
        light = np.clip(normal @ _TOWARDS_LIGHT, 0, 1)
        shade[part] = mesh.colours[owners[part]] * (_AMBIENT + (1 - _AMBIENT) * light)[:, None]
    return shade


def _shrink(canvas: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Average the oversampled canvas; colour is weighted by alpha, so that edges stay clean."""
    height, width = (side // _OVERSAMPLING for side in canvas.shape[:2])
    small = canvas.reshape(height, _OVERSAMPLING, width, _OVERSAMPLING, 4).sum(axis=(1, 3))
    alpha = small[..., 3:]
    small[..., :3] /= np.where(alpha == 0, 1.0, alpha)
    small[..., 3:] /= _OVERSAMPLING**2
    picture: NDArray[np.uint8] = np.round(np.clip(small, 0, 1) * 255).astype(np.uint8)
    return picture
