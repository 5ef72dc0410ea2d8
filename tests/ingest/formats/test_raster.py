"""The still picture of triangles: what is nearest is seen, and nothing odd stops it."""

import numpy as np
import pytest
import trimesh

from ingest.formats.raster import Mesh, draw
from ingest.formats.shading import corner_normals, face_normals

RED, BLUE = (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)


def mesh_of(solid: trimesh.Trimesh, colour: tuple[float, float, float] = RED) -> Mesh:
    """Return a solid of trimesh in one colour."""
    faces = np.asarray(solid.faces, np.int64)
    return Mesh(np.asarray(solid.vertices), faces, np.tile(colour, (len(faces), 1)))


def joined(one: Mesh, other: Mesh) -> Mesh:
    """Return two meshes as one."""
    return Mesh(
        np.concatenate([one.vertices, other.vertices]),
        np.concatenate([one.faces, other.faces + len(one.vertices)]),
        np.concatenate([one.colours, other.colours]),
    )


def test_a_box_fills_the_middle_and_leaves_the_rim_transparent() -> None:
    picture = draw(mesh_of(trimesh.creation.box()), width=160, height=120)
    assert picture.shape == (120, 160, 4)
    assert picture[60, 80, 3] == 255
    assert picture[0, :, 3].max() == 0
    assert picture[:, 0, 3].max() == 0


def test_three_sides_of_a_box_have_three_shades() -> None:
    picture = draw(mesh_of(trimesh.creation.box()), width=320, height=240)
    shades, counts = np.unique(picture[picture[..., 3] == 255][:, 0], return_counts=True)
    assert len(shades[counts > 1500]) == 3


@pytest.mark.parametrize("first", [True, False])
def test_the_nearer_of_two_solids_hides_the_other(first: bool) -> None:
    near = mesh_of(trimesh.creation.box(extents=(1, 0.2, 1)), RED)
    far = mesh_of(trimesh.creation.box(extents=(1, 0.2, 1)), BLUE)
    towards_camera = np.array([1.3, -1.3, 0.9])
    near = Mesh(near.vertices + towards_camera, near.faces, near.colours)
    one = near if first else far
    picture = draw(joined(one, far if first else near), width=200, height=200)
    seen = picture[picture[..., 3] == 255]
    red, blue = (seen[:, 0] > seen[:, 2]).sum(), (seen[:, 2] > seen[:, 0]).sum()
    assert red > blue > 0


def test_the_order_of_the_faces_does_not_change_the_picture() -> None:
    solid = mesh_of(trimesh.creation.icosphere(subdivisions=2))
    order = np.random.default_rng(3).permutation(len(solid.faces))
    shuffled = Mesh(solid.vertices, solid.faces[order], solid.colours[order])
    first, second = (draw(mesh, width=80, height=60) for mesh in (solid, shuffled))
    assert np.abs(first.astype(int) - second.astype(int)).max() <= 2


def test_corners_that_are_not_numbers_and_faces_without_area_are_left_out() -> None:
    solid = mesh_of(trimesh.creation.box())
    broken = Mesh(
        np.concatenate([solid.vertices, [[np.nan, 0, 0], [np.inf, 1, 1]]]),
        np.concatenate([solid.faces, [[0, 1, 8], [9, 0, 1], [2, 2, 2]]]),
        np.tile(RED, (len(solid.faces) + 3, 1)),
    )
    whole = draw(solid, width=80, height=60)
    assert np.array_equal(draw(broken, width=80, height=60), whole)


def test_a_mesh_without_faces_is_an_empty_picture() -> None:
    nothing = Mesh(np.zeros((0, 3)), np.zeros((0, 3), np.int64), np.zeros((0, 3)))
    assert draw(nothing, width=40, height=40).max() == 0


def test_many_small_faces_leave_no_holes() -> None:
    picture = draw(mesh_of(trimesh.creation.icosphere(subdivisions=5)), width=120, height=120)
    inside = np.hypot(*(np.indices((120, 120)) - 59.5)) < 45
    assert picture[inside][:, 3].min() == 255


def test_a_rim_stays_sharp_and_a_cylinder_round() -> None:
    solid = trimesh.creation.cylinder(radius=1, height=2, sections=24)
    vertices, faces = np.asarray(solid.vertices), np.asarray(solid.faces, np.int64)
    normals = face_normals(vertices, faces)
    corners = corner_normals(faces, normals, np.arange(len(faces)))
    lids = np.abs(normals[:, 2]) > 0.99
    assert np.allclose(corners[lids], normals[lids][:, None])
    sides = corners[~lids]
    assert np.abs(sides[..., 2]).max() < 1e-6
    assert np.abs(sides - normals[~lids][:, None]).max() > 0.05
