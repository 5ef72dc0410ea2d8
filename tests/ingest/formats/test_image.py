"""Images: what they tell, and a thumbnail and a view that tell nothing more."""

from __future__ import annotations

import random
import zlib
from typing import TYPE_CHECKING

import pytest
from PIL import Image as Pillow
from PIL.PngImagePlugin import PngInfo

from ingest.formats.image import Image
from ingest.sandbox import Limits
from ingest.verdict import Faulty

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ingest.workspace import Workspace

MEBIBYTE = 1024 * 1024
XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><dc:title><rdf:Alt>'
    "<rdf:li>{title}</rdf:li></rdf:Alt></dc:title></x:xmpmeta>"
)


def fault_of(box: Workspace, media_type: str) -> str:
    """Return the code that an image is refused or held with."""
    with pytest.raises(Faulty) as caught:
        Image().examine(box, media_type)
    return caught.value.code


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP"])
def test_every_kind_of_image_tells_its_size_and_becomes_two_pictures(
    box_of: Callable[[Path], Workspace], tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "original"
    Pillow.effect_noise((2000, 500), 60).save(path, kind)
    box, media_type = box_of(path), f"image/{kind.lower()}"
    facts = Image().examine(box, media_type).facts
    assert (facts["width"], facts["height"], facts["gps"]) == (2000, 500, False)
    made = {one.name: one for one in Image().pictures(box, media_type, facts)}
    assert set(made) == {"thumbnail", "view"}
    assert made["thumbnail"].path.stat().st_size <= 12_000
    with Pillow.open(made["view"].path) as view:
        assert view.size == (1280, 320)
        assert made["view"].facts == {"width": 1280, "height": 320}
    assert list(Image().forms(box, media_type, facts)) == []


def test_a_picture_made_to_be_heavy_is_light_in_a_list_all_the_same(
    box_of: Callable[[Path], Workspace], tmp_path: Path
) -> None:
    path = tmp_path / "original"
    Pillow.frombytes("RGBA", (320, 180), random.Random(7).randbytes(320 * 180 * 4)).save(
        path, "PNG"
    )
    box = box_of(path)
    made = {one.name: one.path for one in Image().pictures(box, "image/png", {})}
    assert 0 < made["thumbnail"].stat().st_size <= 12_000


def test_a_png_with_megabytes_of_texts_is_taken_for_its_pixels(
    box_of: Callable[[Path], Workspace], tmp_path: Path
) -> None:
    """As scanners and painting programs leave them: packed or not, before the pixels and after."""
    path, words = tmp_path / "original", "history " * 400_000
    beside = PngInfo()
    beside.add_itxt("XML:com.adobe.xmp", XMP.format(title="A cork"))
    for number, packed in enumerate((True, False)):
        beside.add_itxt(f"i{number}", words, zip=packed)
        beside.add_text(f"t{number}", words, zip=packed)
    beside.add(b"zTXt", b"after\0\0" + zlib.compress(words.encode()), after_idat=True)
    Pillow.effect_noise((800, 400), 60).save(path, "PNG", pnginfo=beside)
    assert path.stat().st_size > 2 * len(words)
    box = box_of(path)
    facts = Image().examine(box, "image/png").facts
    assert (facts["width"], facts["height"], facts["title"]) == (800, 400, "A cork")
    assert {one.name for one in Image().pictures(box, "image/png", facts)} == {"thumbnail", "view"}
    path.write_bytes(path.read_bytes()[:-100_000])
    assert fault_of(box_of(path), "image/png") == "damaged"


@pytest.mark.parametrize("many", [1, 200])
def test_texts_of_a_png_that_unpack_to_a_gigabyte_are_never_unpacked(
    box_of: Callable[[Path], Workspace], tmp_path: Path, many: int
) -> None:
    """One that is all of it, and many of a MiB each, in a fifth of the memory; the picture is good."""
    path, beside = tmp_path / "original", PngInfo()
    for number in range(many):
        packed = gigabyte() if many == 1 else zlib.compress(bytes(MEBIBYTE))
        beside.add(b"zTXt", b"%d\0\0" % number + packed)
        beside.add(b"iTXt", b"i%d\0\1\0\0\0" % number + packed)
        beside.add(b"zTXt", b"a%d\0\0" % number + packed, after_idat=True)
    beside.add(b"iTXt", b"plain\0\0\0\0\0" + bytes(64 * MEBIBYTE))
    beside.add(b"iCCP", b"profile\0\0" + gigabyte())
    Pillow.effect_noise((300, 200), 60).save(path, "PNG", pnginfo=beside)
    limits = Limits(seconds=90, memory_bytes=200 * MEBIBYTE)
    told = box_of(path).call("ingest.formats.photographs:read", limits=limits, path=str(path))
    assert (told["width"], told["height"]) == (300, 200)


def gigabyte() -> bytes:
    """Return a GiB of zeros, packed into less than a MiB: the same part again and again."""
    packer, part = zlib.compressobj(9), bytes(16 * MEBIBYTE)
    first, again = (packer.compress(part) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    packed = first + again * 63
    assert len(packed) < MEBIBYTE - 100
    return packed


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "TIFF"])
def test_a_cut_off_image_is_damaged(
    box_of: Callable[[Path], Workspace], tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "original"
    Pillow.effect_noise((300, 300), 60).save(path, kind)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert fault_of(box_of(path), f"image/{kind.lower()}") == "damaged"


def test_a_large_empty_image_is_too_large_and_a_huge_one_of_no_bytes_a_bomb(
    box_of: Callable[[Path], Workspace], tmp_path: Path
) -> None:
    path = tmp_path / "original"
    Pillow.new("1", (20_000, 12_000)).save(path, "PNG")
    assert fault_of(box_of(path), "image/png") == "too_large"
    header = b"GIF89a\xff\xff\xff\xff\0\0\0,\0\0\0\0\xff\xff\xff\xff\0\x02\x02L\x01\0;"
    path.write_bytes(header)
    assert fault_of(box_of(path), "image/gif") == "archive_bomb"


def test_a_program_for_printers_in_an_image_s_clothes_is_not_run(
    box_of: Callable[[Path], Workspace], tmp_path: Path
) -> None:
    path = tmp_path / "original"
    Pillow.new("RGB", (20, 20)).save(path, "EPS")
    assert fault_of(box_of(path), "image/jpeg") == "damaged"


def test_svg_is_not_for_this_reader() -> None:
    assert "image/svg+xml" not in Image().media_types


def wanted(row: dict[str, str]) -> dict[str, object]:
    """Return the facts that the manifest tells of an image."""
    told: dict[str, object] = {
        "width": int(row["expected_width"]),
        "height": int(row["expected_height"]),
        "gps": "gps_lat" in row["expected_other"],
        "title": row["expected_title"] or None,
        "author": row["expected_author"] or None,
        "rotation": 90 if "orientation 6" in row["expected_rotation"] else 0,
    }
    return told | ({"pages": int(row["expected_pages"])} if row["expected_pages"] else {})


def test_the_images_of_the_samples_are_understood(
    samples: Path,
    rows: Callable[[str], list[dict[str, str]]],
    box_of: Callable[[Path], Workspace],
) -> None:
    known = [row for row in rows("images") if row["mime_expected"] in Image().media_types]
    assert len(known) >= 8
    for row in known:
        box = box_of(samples / row["path"])
        facts = Image().examine(box, row["mime_expected"]).facts
        assert {name: facts.get(name) for name in wanted(row)} == wanted(row), row["path"]
        names = [one.name for one in Image().pictures(box, row["mime_expected"], facts)]
        assert names == ["thumbnail", "view"]


def test_hostile_images_of_the_samples_get_their_reason(
    samples: Path, box_of: Callable[[Path], Workspace]
) -> None:
    hostile = samples / "hostile"
    assert fault_of(box_of(hostile / "gif_decompression_bomb.gif"), "image/gif") == "archive_bomb"
    assert fault_of(box_of(hostile / "png_truncated.png"), "image/png") == "damaged"
    scripted = box_of(hostile / "jpeg_php_in_exif.jpg")
    for made in Image().pictures(scripted, "image/jpeg", {}):
        assert b"<?php" not in made.path.read_bytes()
