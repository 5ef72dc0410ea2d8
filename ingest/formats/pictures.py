"""Small pictures out of large ones, with Pillow: opened with care, saved without metadata.

Everything here decodes hostile bytes and therefore runs in a child process only.
"""

import io
from contextlib import suppress
from pathlib import Path
from typing import Final

from PIL import Image, ImageCms, ImageOps, ImageStat, PngImagePlugin, UnidentifiedImageError

from ingest.verdict import Faulty

MOST_PIXELS: Final = 200_000_000
"""The largest picture that is decoded: a scan of A0 at 300 dpi has 140 million pixels."""

THUMBNAIL_SIZE: Final = (320, 180)
THUMBNAIL_BYTES: Final = 12_000
"""A page of twenty results stays below 240 KB (DESIGN, section 10)."""
# Coarser and coarser; what noise leaves too heavy at the last is drawn from a sixteenth of its dots.
_QUALITIES: Final = (78, 65, 50, 35, 20, 5)
_COARSE: Final = 4

# Named one by one: Pillow would else start Ghostscript for a file that looks like EPS.
_KINDS: Final = ("JPEG", "PNG", "GIF", "WEBP", "TIFF", "AVIF", "BMP", "FITS")
# Pixels from one byte: an empty page of a fax, the emptiest there is, has about 6,000.
_BOMB_RATIO: Final = 20_000
_MOVING: Final = frozenset({"GIF", "WEBP", "PNG", "AVIF"})
_MOST_FRAMES: Final = 500
_SIXTEEN_BITS: Final = frozenset({"I;16", "I;16B", "I;16L", "I;16N"})
_WIDE_NUMBERS: Final = frozenset({"I", "F"})
# What stands beside the pixels of a PNG and may be packed, and how much of one such part is read.
_BESIDE: Final = frozenset({b"tEXt", b"zTXt", b"iTXt", b"iCCP"})
_LARGEST_BESIDE: Final = 1024 * 1024


class _Parts(PngImagePlugin.PngStream):
    """The parts of a PNG, of which texts and profiles are passed over where they are large or broken.

    Pillow itself gives such a picture up, though its pixels are good: scanners and painting programs
    leave megabytes of history. It unpacks no more than `MAX_TEXT_CHUNK` of one part, and of all no
    more is kept than `MAX_TEXT_MEMORY`.
    """

    def call(self, cid: bytes, pos: int, length: int) -> bytes:
        """Read one part; nothing is returned of those beside the pixels."""
        if cid not in _BESIDE or self.fp is None:
            return super().call(cid, pos, length)
        if length <= _LARGEST_BESIDE and self.text_memory <= PngImagePlugin.MAX_TEXT_MEMORY:
            with suppress(ValueError, SyntaxError, IndexError):
                super().call(cid, pos, length)
        self.fp.seek(pos + length)
        return b""

    def crc(self, cid: bytes, data: bytes) -> None:
        """Compare the checksum of what was read."""
        if cid in _BESIDE:
            self.crc_skip(cid, data)
        else:
            super().crc(cid, data)


# Pillow has no other door to this: it makes its own stream in `PngImageFile._open`.
PngImagePlugin.PngStream = _Parts  # type: ignore[misc]


def open_picture(path: Path) -> Image.Image:
    """Return the picture, not yet decoded.

    Raises Faulty: `damaged` where it is no picture, `too_large` for more than `MOST_PIXELS`,
    `archive_bomb` where so many pixels come out of next to no bytes.
    """
    Image.MAX_IMAGE_PIXELS = None  # Ours knows the size of the file too.
    try:
        picture = Image.open(path, formats=_KINDS)
    except UnidentifiedImageError as error:
        raise Faulty("damaged", because="not a picture") from error
    pixels = picture.width * picture.height
    if pixels > MOST_PIXELS:
        size = path.stat().st_size
        raise Faulty("archive_bomb" if pixels > _BOMB_RATIO * size else "too_large", pixels=pixels)
    return picture


def upright(picture: Image.Image, longest: int) -> Image.Image:
    """Return the picture as it is meant to be seen: turned, in sRGB, its long side brought down.

    Raises OSError where the data ends too early.
    """
    _choose_frame(picture)
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
    """Return a WebP of 320 x 180 pixels within `THUMBNAIL_BYTES`, whatever the picture.

    With `cover` the middle is cut out; without, all is shown on a transparent ground. Transparency
    is kept without loss and can weigh more than all colours: what is too heavy with it stands on
    white.
    """
    if cover:
        small = ImageOps.fit(picture, THUMBNAIL_SIZE, Image.Resampling.LANCZOS)
    else:
        small = ImageOps.pad(picture.convert("RGBA"), THUMBNAIL_SIZE, color=(0, 0, 0, 0))
    ground = [flat(small)] if small.has_transparency_data else []
    for seen in (small, *ground):
        for quality in _QUALITIES:
            saved = as_webp(seen, quality)
            if len(saved) <= THUMBNAIL_BYTES:
                return saved
    return as_webp(flat(small).reduce(_COARSE).resize(small.size), _QUALITIES[-1])


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


def _choose_frame(picture: Image.Image) -> None:
    """Turn a moving picture to the fullest of its first, middle and last frame."""
    frames = getattr(picture, "n_frames", 1) if picture.format in _MOVING else 1
    if not 1 < frames <= _MOST_FRAMES:
        return
    spread = {}
    for number in (0, frames // 2, frames - 1):
        picture.seek(number)
        spread[number] = sum(ImageStat.Stat(picture.convert("RGB").reduce(4)).stddev)
    picture.seek(max(spread, key=lambda number: (spread[number], -number)))


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
