"""Which way the surface of a mesh looks: the directions its shading is drawn by."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]

# Faces that meet at less than this angle are drawn as one rounded surface.
_CREASE_COSINE = float(np.cos(np.radians(35)))
# A corner with more faces than this is the hub of a fan: it keeps the face's own direction.
_MOST_NEIGHBOURS = 32
_CHUNK = 1_000_000


def unit(vectors: Floats) -> Floats:
    """Return the vectors at length one; one of length nought stays as it is."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: Floats = vectors / np.where(lengths == 0, 1.0, lengths)
    return scaled


def face_normals(vertices: Floats, faces: Ints) -> Floats:
    """Return the direction each face looks, at length one; noughts for a face without area."""
    first, second, third = (vertices[faces[:, corner]] for corner in range(3))
    return unit(np.cross(second - first, third - first))


def corner_normals(faces: Ints, normals: Floats, chosen: Ints) -> Floats:
    """Return a direction for each corner of the chosen faces, `len(chosen)` x 3 x 3.

    It is the mean over those faces at the corner that lie in one rounded surface with the chosen
    one: a rim stays sharp, though the cylinder beside it is round.
    """
    if not len(faces):
        return np.zeros((0, 3, 3))
    order = np.argsort(faces, axis=None, kind="stable")
    around = order // 3
    count = np.bincount(faces.ravel(), minlength=int(faces.max()) + 1)
    begin = np.cumsum(count) - count
    corners = faces[chosen].ravel()
    owners = np.repeat(chosen, 3)
    smooth = normals[owners]
    candidates = np.flatnonzero(count[corners] <= _MOST_NEIGHBOURS)
    for part in np.array_split(candidates, len(candidates) * 8 // _CHUNK + 1):
        degree = count[corners[part]]
        pair = np.repeat(np.arange(len(part)), degree)
        step = np.arange(len(pair)) - np.repeat(np.cumsum(degree) - degree, degree)
        neighbour = normals[around[begin[corners[part]][pair] + step]]
        own = normals[owners[part]][pair]
        neighbour[np.einsum("ij,ij->i", neighbour, own) < _CREASE_COSINE] = 0.0
        for axis in range(3):
            smooth[part, axis] = np.bincount(pair, neighbour[:, axis], len(part))
    return unit(smooth).reshape(-1, 3, 3)
