"""Small pictures out of large ones: turned, in the right colours, light, without metadata."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image

from ingest.formats import pictures
from ingest.formats.photographs import told_by
from ingest.verdict import Faulty

NOISE = Image.effect_noise((640, 480), 120)


def saved(folder: Path, picture: Image.Image, kind: str, **options: object) -> Path:
    """Return the path of the picture written as this kind."""
    path = folder / "original"
    picture.save(path, kind, **options)
    return path


def opened(content: bytes) -> Image.Image:
    """Return the picture these bytes are."""
    return Image.open(io.BytesIO(content))


def shown(path: Path) -> Image.Image:
    """Return the picture as it is shown at 1280 pixels."""
    return pictures.upright(pictures.open_picture(path), 1280)


def exif(**values: object) -> Image.Exif:
    """Return EXIF data with these tags."""
    told = Image.Exif()
    for name, value in values.items():
        told[ExifTags.Base[name]] = value
    return told


def scattered(*shape: int) -> Image.Image:
    """Return dots without any order, the same at every run: nothing packs them."""
    return Image.fromarray(np.random.default_rng(7).integers(0, 256, shape, dtype=np.uint8))


def combed() -> Image.Image:
    """Return hard edges of full colour at every dot, half of them transparent."""
    dots = np.indices((180, 320)).sum(axis=0) % 2 * 255
    return Image.fromarray(np.stack([dots, 255 - dots, dots, dots], axis=2).astype(np.uint8))


@pytest.mark.parametrize("cover", [True, False])
@pytest.mark.parametrize(
    "picture",
    [
        scattered(480, 640, 3),
        scattered(180, 320, 3),
        scattered(180, 320, 4),
        scattered(720, 1280, 4),
        combed(),
        Image.merge("RGBA", [Image.new("L", (320, 180), 90)] * 3 + [scattered(180, 320)]),
    ],
    ids=["noise", "noise by dots", "transparent noise", "large", "comb", "transparency alone"],
)
def test_a_thumbnail_keeps_within_twelve_kilobytes_whatever_the_picture(
    picture: Image.Image, cover: bool
) -> None:
    thumbnail = pictures.thumbnail(picture, cover=cover)
    assert len(thumbnail) <= 12_000 == pictures.THUMBNAIL_BYTES
    assert opened(thumbnail).size == (320, 180)
    darkest, lightest = opened(thumbnail).convert("L").getextrema()
    assert darkest != lightest, "something is seen"


def test_a_thumbnail_of_the_whole_keeps_the_ground_transparent() -> None:
    tall = pictures.thumbnail(Image.new("RGB", (90, 180), "red"), cover=False)
    assert opened(tall).convert("RGBA").getchannel("A").getpixel((2, 90)) == 0


def test_a_turned_photograph_is_shown_upright_and_says_so(tmp_path: Path) -> None:
    stored = Image.new("RGB", (80, 40), "blue")
    stored.paste("red", (0, 0, 40, 40))
    path = saved(tmp_path, stored, "JPEG", exif=exif(Orientation=6), quality=95)
    told = told_by(pictures.open_picture(path))
    assert (told.width, told.height, told.display_width, told.display_height) == (80, 40, 40, 80)
    assert told.rotation == 90
    red, _, blue = np.asarray(shown(path).convert("RGB"))[10, 20]
    assert red > 200
    assert blue < 60


@pytest.mark.parametrize(("orientation", "degrees"), [(1, 0), (3, 180), (8, 270), (99, 0)])
def test_turning_is_told_in_degrees_clockwise(
    tmp_path: Path, orientation: int, degrees: int
) -> None:
    path = saved(tmp_path, NOISE, "JPEG", exif=exif(Orientation=orientation))
    assert told_by(pictures.open_picture(path)).rotation == degrees


def test_position_and_maker_are_told_but_not_passed_on(tmp_path: Path) -> None:
    data = exif(Artist="Zoe", ImageDescription="secret")
    data.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (41.0, 18.0, 0.0)
    path = saved(tmp_path, NOISE.convert("RGB"), "JPEG", exif=data, comment=b"secret")
    told = told_by(pictures.open_picture(path))
    assert told.gps
    assert told.author == "Zoe"
    picture = shown(path)
    for made in (pictures.as_jpeg(picture), pictures.thumbnail(picture), pictures.as_png(picture)):
        again = opened(made)
        assert not again.getexif()
        assert b"secret" not in made
        assert {"comment", "exif", "xmp"}.isdisjoint(again.info)


def test_title_and_makers_are_read_from_xmp(tmp_path: Path) -> None:
    packet = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><rdf:Description>'
        '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">磁铁</rdf:li>'
        '<rdf:li xml:lang="en">Magnet</rdf:li></rdf:Alt></dc:title>'
        "<dc:creator><rdf:Seq><rdf:li>A</rdf:li><rdf:li>B</rdf:li></rdf:Seq></dc:creator>"
        "</rdf:Description></rdf:RDF></x:xmpmeta>"
    )
    path = saved(tmp_path, NOISE, "PNG")
    picture = pictures.open_picture(path)
    picture.info["xmp"] = packet.encode()
    told = told_by(picture)
    assert (told.title, told.author) == ("磁铁", "A; B")


def test_entities_in_xmp_are_not_expanded(tmp_path: Path) -> None:
    picture = pictures.open_picture(saved(tmp_path, NOISE, "PNG"))
    picture.info["xmp"] = b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    assert told_by(picture).title is None


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "I", "F"])
def test_every_way_of_storing_pixels_ends_as_a_picture(tmp_path: Path, mode: str) -> None:
    grey = NOISE.resize((64, 48))
    stored = Image.new("I;16", (64, 48), 40_000) if mode == "I;16" else grey.convert(mode)
    path = saved(tmp_path, stored, "TIFF")
    picture = shown(path)
    assert picture.mode in {"RGB", "RGBA"}
    assert opened(pictures.as_jpeg(picture)).size == (64, 48)


def test_pages_are_counted_in_tiff_only(tmp_path: Path) -> None:
    pages = saved(tmp_path, NOISE, "TIFF", save_all=True, append_images=[NOISE, NOISE])
    assert told_by(pictures.open_picture(pages)).pages == 3
    still = saved(tmp_path, NOISE, "PNG")
    assert told_by(pictures.open_picture(still)).pages is None


def test_a_moving_picture_shows_its_fullest_frame(tmp_path: Path) -> None:
    empty = Image.new("RGB", (64, 48), "white")
    half = empty.copy()
    half.paste("black", (0, 0, 32, 48))
    path = saved(tmp_path, empty, "GIF", save_all=True, append_images=[half, empty])
    assert shown(path).convert("L").getextrema() == (0, 255)


def test_a_cut_off_picture_raises(tmp_path: Path) -> None:
    path = saved(tmp_path, NOISE, "PNG")
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(OSError, match="truncated"):
        shown(path)


def test_a_picture_of_too_many_pixels_is_not_decoded(tmp_path: Path) -> None:
    path = saved(tmp_path, Image.new("1", (20_000, 10_001)), "PNG")
    with pytest.raises(Faulty, match="too_large"):
        pictures.open_picture(path)


def test_a_large_picture_is_shown_at_its_longest_side(tmp_path: Path) -> None:
    path = saved(tmp_path, Image.new("RGB", (3000, 1500), "red"), "JPEG")
    assert shown(path).size == (1280, 640)
