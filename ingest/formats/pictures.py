"""Small pictures out of large ones, with Pillow: opened with care, saved without metadata.

Everything here decodes hostile bytes and therefore runs in a child process only.
"""

import io
from pathlib import Path
from typing import Final

from PIL import Image, ImageCms, ImageOps

MOST_PIXELS: Final = 200_000_000
"""The largest picture that is decoded: a scan of A0 at 300 dpi has 140 million pixels."""

THUMBNAIL_SIZE: Final = (320, 180)
THUMBNAIL_BYTES: Final = 12 * 1024
"""A page of twenty results stays below 240 KB (DESIGN, section 10)."""

_SIXTEEN_BITS: Final = frozenset({"I;16", "I;16B", "I;16L", "I;16N"})
_WIDE_NUMBERS: Final = frozenset({"I", "F"})


class TooLarge(Exception):
    """The picture has more than `MOST_PIXELS` pixels."""


def open_picture(path: Path) -> Image.Image:
    """Return the picture, not yet decoded.

    Raises TooLarge, or Pillow's UnidentifiedImageError where it is no picture.
    """
    # Pillow's own guard raises at a width it does not tell; ours keeps the width for the facts.
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2
    try:
        picture = Image.open(path)
    except Image.DecompressionBombError as refused:
        raise TooLarge from refused
    if picture.width * picture.height > MOST_PIXELS:
        raise TooLarge
    return picture


def upright(picture: Image.Image, longest: int) -> Image.Image:
    """Return the picture as it is meant to be seen: turned, in sRGB, its long side brought down.

    Raises OSError where the data ends too early.
    """
    # JPEG can be decoded at an eighth, a quarter or half of its size: 20 times faster.
    picture.draft("RGB" if picture.mode != "CMYK" else "CMYK", (longest, longest))
    picture.load()
    profile = picture.info.get("icc_profile")
    if picture.mode in _SIXTEEN_BITS | _WIDE_NUMBERS:
        picture = _eight_bits(picture)
    picture = ImageOps.exif_transpose(picture)
    picture.thumbnail((longest, longest), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return _screen_colours(picture, profile)


def thumbnail(picture: Image.Image, *, cover: bool = True) -> bytes:
    """Return a WebP of 320 x 180 pixels within `THUMBNAIL_BYTES`.

    With `cover` the middle is cut out; without, all is shown on a transparent ground.
    """
    if cover:
        small = ImageOps.fit(picture, THUMBNAIL_SIZE, Image.Resampling.LANCZOS)
    else:
        small = ImageOps.pad(picture.convert("RGBA"), THUMBNAIL_SIZE, color=(0, 0, 0, 0))
    for quality in (78, 65, 50, 35, 20, 5):
        saved = as_webp(small, quality)
        if len(saved) <= THUMBNAIL_BYTES:
            break
    return saved


def as_webp(picture: Image.Image, quality: int) -> bytes:
    """Return the picture as a WebP without metadata."""
    target = io.BytesIO()
    _bare(picture).save(target, "WEBP", quality=quality, method=4)
    return target.getvalue()


def as_jpeg(picture: Image.Image, quality: int = 82) -> bytes:
    """Return the picture as a progressive JPEG without metadata, on white where transparent."""
    target = io.BytesIO()
    flat(picture).save(target, "JPEG", quality=quality, optimize=True, progressive=True)
    return target.getvalue()


def as_png(picture: Image.Image) -> bytes:
    """Return the picture as a PNG without metadata."""
    target = io.BytesIO()
    _bare(picture).save(target, "PNG", optimize=True)
    return target.getvalue()


def flat(picture: Image.Image) -> Image.Image:
    """Return the picture without transparency, on white, and without metadata."""
    if not picture.has_transparency_data:
        return _bare(picture.convert("RGB"))
    seen = picture.convert("RGBA")
    ground = Image.new("RGB", seen.size, "white")
    ground.paste(seen, mask=seen.getchannel("A"))
    return ground


def _bare(picture: Image.Image) -> Image.Image:
    """Return the pixels alone: `info` holds EXIF, profiles and comments, which would be saved."""
    bare = picture.copy()
    bare.info = {}
    return bare


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Return grey of 16 or 32 bits (scans, telescopes) in 8 bits, darkest to lightest."""
    wide = picture.convert("F")
    low, high = wide.getextrema()
    span = float(high) - float(low) or 1.0  # type: ignore[arg-type]
    scaled = wide.point(lambda value: value * (255 / span) - float(low) * 255 / span)  # type: ignore[arg-type]
    return scaled.convert("L")


def _screen_colours(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Return the picture in sRGB, with transparency where it had some."""
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    if profile and picture.mode in {"RGB", "CMYK", "L"}:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            screen = ImageCms.createProfile("sRGB")
            turned = ImageCms.profileToProfile(picture, source, screen, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            turned = None  # A profile that does not fit: the plain conversion is near enough.
        picture = turned or picture
    return picture.convert(mode)
