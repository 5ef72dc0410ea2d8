"""What an image file tells of itself beside its pixels: size, turning, place, title, maker.

Runs in a child process only: it reads EXIF, XMP and IPTC as they come.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

from PIL import ExifTags, Image, ImageFile, IptcImagePlugin

from ingest.formats import pictures

# EXIF 2.32, 4.6.4: how many degrees clockwise the stored picture is to be turned.
_TURNED: Final[Mapping[int, int]] = {3: 180, 4: 180, 5: 90, 6: 90, 7: 270, 8: 270}
_RIGHT_ANGLES: Final = frozenset({90, 270})
_XP_TITLE, _XP_AUTHOR = 0x9C9B, 0x9C9D
_IPTC_TITLE, _IPTC_AUTHOR = (2, 5), (2, 80)
_XMP_POSITION: Final = re.compile(rb"GPSLatitude|GPSLongitude|GPSCoordinates")
_XMP_ITEM: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}li"
_DUBLIN_CORE: Final = "{http://purl.org/dc/elements/1.1/}"
_LARGEST_XMP: Final = 1024 * 1024
_LONGEST: Final = 300
_VIEW_SIDE: Final = 1280


@dataclass(frozen=True)
class Told:
    """What the file says; `rotation` in degrees clockwise, `pages` for formats that have pages."""

    width: int
    height: int
    display_width: int
    display_height: int
    rotation: int
    gps: bool
    title: str | None
    author: str | None
    pages: int | None


def read(path: str) -> dict[str, Any]:
    """Return what the image tells, having decoded all of it. A child's task; raises Faulty."""
    picture = pictures.open_picture(Path(path))
    told = asdict(told_by(picture))
    if told["pages"] is None:
        del told["pages"]
    pictures.upright(picture, _VIEW_SIDE)
    return told


def shrink(path: str, folder: str) -> tuple[int, int]:
    """Write `thumbnail.webp` and `view.jpg`; return the view's size. A child's task."""
    picture = pictures.upright(pictures.open_picture(Path(path)), _VIEW_SIDE)
    Path(folder, "view.jpg").write_bytes(pictures.as_jpeg(picture))
    Path(folder, "thumbnail.webp").write_bytes(pictures.thumbnail(picture))
    return picture.size


def told_by(picture: Image.Image) -> Told:
    """Return what an opened picture tells; faults in its metadata are passed over."""
    exif = _quietly(picture.getexif) or Image.Exif()
    rotation = _rotation(exif)
    width, height = picture.size
    turned = rotation in _RIGHT_ANGLES
    xmp, iptc = _xmp(picture), _quietly(lambda: _iptc_of(picture)) or {}
    return Told(
        width=width,
        height=height,
        display_width=height if turned else width,
        display_height=width if turned else height,
        rotation=rotation,
        gps=bool(_quietly(lambda: _has_position(exif))) or bool(_XMP_POSITION.search(xmp)),
        title=_first(_dublin_core(xmp, "title"), _iptc(iptc, _IPTC_TITLE), _xp(exif, _XP_TITLE)),
        author=_first(
            _dublin_core(xmp, "creator"),
            _iptc(iptc, _IPTC_AUTHOR),
            _exif_text(exif, ExifTags.Base.Artist),
            _xp(exif, _XP_AUTHOR),
        ),
        pages=getattr(picture, "n_frames", 1) if picture.format == "TIFF" else None,
    )


def _quietly(read: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever `read` returns
    """Return what is read, or None: Pillow raises a dozen kinds of error on broken metadata."""
    try:
        return read()
    except Exception:  # noqa: BLE001 - see above; the pixels are still good
        return None


def _rotation(exif: Image.Exif) -> int:
    orientation = _quietly(lambda: exif.get(ExifTags.Base.Orientation))
    return _TURNED.get(orientation, 0) if isinstance(orientation, int) else 0


def _has_position(exif: Image.Exif) -> bool:
    position = exif.get_ifd(ExifTags.IFD.GPSInfo)
    return ExifTags.GPS.GPSLatitude in position or ExifTags.GPS.GPSLongitude in position


def _xmp(picture: Image.Image) -> bytes:
    packet = picture.info.get("xmp") or picture.info.get("XML:com.adobe.xmp") or b""
    if picture.format == "TIFF":
        packet = _quietly(lambda: picture.tag_v2[700]) or packet  # type: ignore[attr-defined]
    packet = packet.encode() if isinstance(packet, str) else bytes(packet)
    return packet[:_LARGEST_XMP]


def _dublin_core(xmp: bytes, name: str) -> str | None:
    """Return the items of `dc:title` or `dc:creator` (XMP, ISO 16684-1), joined by `; `."""
    packet = xmp.strip(b"\0 \r\n\t")
    # Without a DOCTYPE there are no entities to expand and none to fetch.
    if not packet or b"<!" in packet.replace(b"<!--", b""):
        return None
    try:
        tree = ET.fromstring(packet)  # noqa: S314 - see above
    except ET.ParseError:
        return None
    items = [
        item.text.strip()
        for element in tree.iter(_DUBLIN_CORE + name)
        for item in element.iter(_XMP_ITEM)
        if item.text and item.text.strip()
    ]
    # A title has one item a language, the default one first; makers are several.
    return "; ".join(items[:1] if name == "title" else items) or None


def _iptc_of(picture: Image.Image) -> Mapping[Any, Any] | None:
    return (
        IptcImagePlugin.getiptcinfo(picture) if isinstance(picture, ImageFile.ImageFile) else None
    )


def _iptc(told: Mapping[Any, Any], key: tuple[int, int]) -> str | None:
    values = told.get(key) or []
    values = values if isinstance(values, list) else [values]
    return "; ".join(_decoded(value) for value in values if isinstance(value, bytes)) or None


def _xp(exif: Image.Exif, tag: int) -> str | None:
    value = exif.get(tag)
    if isinstance(value, bytes):
        return value.decode("utf-16-le", errors="ignore").strip("\0 ") or None
    return None


def _exif_text(exif: Image.Exif, tag: int) -> str | None:
    value = exif.get(tag)
    if isinstance(value, str):
        return _decoded(value.encode("latin-1", errors="ignore")).strip("\0 ") or None
    return None


def _decoded(value: bytes) -> str:
    """EXIF and IPTC rarely name a charset: UTF-8 where it fits, else the old western one."""
    try:
        return value.decode("utf-8").strip("\0 ")
    except UnicodeDecodeError:
        return value.decode("latin-1").strip("\0 ")


def _first(*texts: str | None) -> str | None:
    return next(
        (" ".join(text.split())[:_LONGEST] for text in texts if text and text.strip()), None
    )
