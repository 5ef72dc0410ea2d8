"""Triangles out of model files: as placed, merged where equal, refused where broken."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh

from ingest.formats import meshes
from ingest.formats.meshes import bounding_box, read_model
from ingest.verdict import Faulty


def exported(folder: Path, thing: trimesh.Trimesh | trimesh.Scene, kind: str) -> Path:
    """Return the path of the model written as this kind."""
    path = folder / "original"
    content: Any = thing.export(file_type=kind)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def gltf(folder: Path, **scene: object) -> Path:
    """Return the path of a plain glTF of these parts."""
    path = folder / "original"
    path.write_text(json.dumps({"asset": {"version": "2.0"}, **scene}))
    return path


@pytest.mark.parametrize("kind", ["stl", "stl_ascii", "obj", "glb"])
def test_a_box_has_twelve_triangles_its_size_and_no_hole(tmp_path: Path, kind: str) -> None:
    path = exported(tmp_path, trimesh.creation.box(extents=(1, 2, 3)), kind)
    parts = read_model(path, kind.partition("_")[0])
    assert sum(len(part.faces) for part in parts) == 12
    assert bounding_box(parts) == (1, 2, 3)
    assert all(part.closed for part in parts)


def test_a_box_without_one_face_is_open(tmp_path: Path) -> None:
    box = trimesh.creation.box()
    box.update_faces(np.arange(11))
    assert not read_model(exported(tmp_path, box, "stl"), "stl")[0].closed


def test_noise_in_the_last_digits_does_not_open_a_mesh(tmp_path: Path) -> None:
    ball = trimesh.creation.icosphere(subdivisions=2)
    soup = ball.triangles.reshape(-1, 3)
    noise = np.random.default_rng(1).uniform(-1e-9, 1e-9, soup.shape)
    noisy = trimesh.Trimesh(soup + noise, np.arange(len(soup)).reshape(-1, 3), process=False)
    assert read_model(exported(tmp_path, noisy, "stl"), "stl")[0].closed


def test_different_corners_are_never_merged(tmp_path: Path) -> None:
    ball = trimesh.creation.icosphere(subdivisions=5)
    (part,) = read_model(exported(tmp_path, ball, "stl"), "stl")
    assert len(part.vertices) == len(ball.vertices)
    assert np.allclose(np.ptp(part.vertices, axis=0), ball.extents)


def test_a_mesh_placed_twice_counts_twice_at_its_places(tmp_path: Path) -> None:
    scene = trimesh.Scene()
    box = trimesh.creation.box()
    scene.add_geometry(box, geom_name="box", node_name="here")
    away = np.eye(4)
    away[0, 3] = 9
    scene.add_geometry(box, geom_name="box", node_name="there", transform=away)
    parts = read_model(exported(tmp_path, scene, "glb"), "glb")
    assert sum(len(part.faces) for part in parts) == 24
    assert bounding_box(parts) == (10, 1, 1)


def test_a_gltf_stands_upright_in_its_picture(tmp_path: Path) -> None:
    tower = trimesh.creation.box(extents=(1, 5, 1))
    parts = read_model(exported(tmp_path, tower, "glb"), "glb")
    assert np.ptp(meshes.upright_mesh(parts, "glb").vertices, axis=0).argmax() == 2
    assert np.ptp(meshes.upright_mesh(parts, "stl").vertices, axis=0).argmax() == 1


@pytest.mark.parametrize("kind", ["stl", "obj", "glb", "gltf"])
@pytest.mark.parametrize("content", [b"", b"solid nothing", b"glTF\2\0\0\0", b"{}", b"\xff" * 200])
def test_what_is_no_model_is_broken(tmp_path: Path, kind: str, content: bytes) -> None:
    path = tmp_path / "original"
    path.write_bytes(content)
    with pytest.raises(Faulty, match="damaged"):
        read_model(path, kind)


@pytest.mark.parametrize("kind", ["stl", "glb"])
def test_a_cut_off_model_is_broken(tmp_path: Path, kind: str) -> None:
    path = exported(tmp_path, trimesh.creation.icosphere(), kind)
    path.write_bytes(path.read_bytes()[:-3000])
    with pytest.raises(Faulty, match="damaged"):
        read_model(path, kind)


@pytest.mark.parametrize(
    "children", [[[1], [2], [1]], [[0]], [[1], [0]], [[1, 1], []], [[2], [2], []], [["a"]], [[-5]]]
)
def test_nodes_in_a_ring_or_with_two_parents_are_broken(
    tmp_path: Path, children: list[list[object]]
) -> None:
    path = gltf(tmp_path, nodes=[{"children": some} for some in children])
    with pytest.raises(Faulty, match="damaged"):
        read_model(path, "gltf")


@pytest.mark.parametrize("uri", ["/etc/passwd", "part.bin", "https://example.org/a.bin"])
@pytest.mark.parametrize("place", ["buffers", "images"])
def test_a_model_in_several_files_asks_for_its_companions(
    tmp_path: Path, place: str, uri: str
) -> None:
    with pytest.raises(Faulty, match="external_reference"):
        read_model(gltf(tmp_path, **{place: [{"uri": uri}]}), "gltf")


def test_geometry_that_needs_another_decoder_is_not_called_damaged(tmp_path: Path) -> None:
    path = gltf(tmp_path, extensionsRequired=["KHR_draco_mesh_compression"], nodes=[{}])
    with pytest.raises(Faulty, match="unknown_type"):
        read_model(path, "gltf")


def test_corners_that_are_not_numbers_are_broken(tmp_path: Path) -> None:
    path = tmp_path / "original"
    path.write_text("v 0 0 0\nv nan 0 0\nv 1 1 0\nf 1 2 3\n")
    with pytest.raises(Faulty, match="damaged"):
        read_model(path, "obj")


def test_more_triangles_than_can_be_held_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meshes, "MOST_TRIANGLES", 11)
    with pytest.raises(Faulty, match="too_large"):
        read_model(exported(tmp_path, trimesh.creation.box(), "stl"), "stl")
