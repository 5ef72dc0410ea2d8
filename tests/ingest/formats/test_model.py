"""Models: their facts, a still picture of them, and a light mesh."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
import trimesh
from PIL import Image

from ingest.formats.model import Model
from ingest.verdict import Faulty

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ingest.workspace import Workspace

STL, GLB = "model/stl", "model/gltf-binary"
KINDS = {"stl": STL, "obj": "model/obj", "glb": GLB}


def exported(folder: Path, thing: trimesh.Trimesh, kind: str) -> Path:
    """Return the path of the model written as this kind."""
    path = folder / "original"
    content: Any = thing.export(file_type=kind)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(("kind", "media_type"), KINDS.items())
def test_the_facts_of_a_box(
    box_of: Callable[[Path], Workspace], tmp_path: Path, kind: str, media_type: str
) -> None:
    path = exported(tmp_path, trimesh.creation.box(extents=(1, 2, 3)), kind)
    assert Model().examine(box_of(path), media_type).facts == {
        "triangles": 12,
        "bounding_box": [1.0, 2.0, 3.0],
        "unit": "m" if kind == "glb" else None,
        "watertight": True,
    }


def test_the_still_shows_the_model_on_a_clear_ground(
    box_of: Callable[[Path], Workspace], tmp_path: Path
) -> None:
    path = exported(tmp_path, trimesh.creation.icosphere(subdivisions=3), "stl")
    made = {one.name: one for one in Model().pictures(box_of(path), STL, {})}
    assert set(made) == {"thumbnail", "still"}
    assert made["thumbnail"].path.stat().st_size <= 12_000
    with Image.open(made["still"].path) as still:
        alpha = still.convert("RGBA").getchannel("A")
    assert alpha.size == (960, 720)
    assert (alpha.getpixel((480, 360)), alpha.getpixel((5, 5))) == (255, 0)


def test_the_light_mesh_keeps_shape_and_sheds_weight(
    box_of: Callable[[Path], Workspace], tmp_path: Path
) -> None:
    ball = trimesh.creation.icosphere(subdivisions=7, radius=10)
    box = box_of(exported(tmp_path, ball, "stl"))
    (made,) = Model().forms(box, STL, {})
    assert made.facts["triangles"] <= 60_000 < len(ball.faces)
    assert made.path.stat().st_size < box.source.stat().st_size / 8
    light = trimesh.load_scene(io.BytesIO(made.path.read_bytes()), file_type="glb")
    assert light.extents == pytest.approx([20, 20, 20], rel=0.02)


def test_a_small_model_keeps_every_triangle_and_stands_upright(
    box_of: Callable[[Path], Workspace], tmp_path: Path
) -> None:
    tower = trimesh.creation.box(extents=(1, 2, 3))
    (made,) = Model().forms(box_of(exported(tmp_path, tower, "stl")), STL, {})
    assert made.facts == {"triangles": 12}
    light = trimesh.load_scene(io.BytesIO(made.path.read_bytes()), file_type="glb")
    assert light.extents == pytest.approx([1, 3, 2])


@pytest.mark.parametrize("media_type", sorted(Model().media_types))
def test_what_is_no_model_is_damaged(
    box_of: Callable[[Path], Workspace], tmp_path: Path, media_type: str
) -> None:
    path = tmp_path / "original"
    path.write_bytes(b"solid \xff\xfe nothing at all")
    with pytest.raises(Faulty) as caught:
        Model().examine(box_of(path), media_type)
    assert caught.value.code == "damaged"


def test_the_models_of_the_samples_are_understood(
    samples: Path,
    rows: Callable[[str], list[dict[str, str]]],
    box_of: Callable[[Path], Workspace],
) -> None:
    known = [row for row in rows("models") if row["mime_expected"] in {STL, GLB}]
    assert len(known) >= 5
    for row in known:
        facts = Model().examine(box_of(samples / row["path"]), row["mime_expected"]).facts
        sides = [float(side) for side in row["expected_bbox"].split("x")]
        assert facts["bounding_box"] == pytest.approx(sides, abs=1e-3), row["path"]
        assert facts["triangles"] == int(row["expected_triangles"]), row["path"]
        assert facts["watertight"] is (row["expected_watertight"] == "True"), row["path"]


def test_hostile_models_of_the_samples_get_their_reason(
    samples: Path, box_of: Callable[[Path], Workspace]
) -> None:
    for path, code in (
        ("hostile/gltf_recursive_nodes.gltf", "damaged"),
        ("models/animated_morph_cube_gltf/AnimatedMorphCube.gltf", "external_reference"),
    ):
        with pytest.raises(Faulty) as caught:
            Model().examine(box_of(samples / path), "model/gltf+json")
        assert caught.value.code == code
