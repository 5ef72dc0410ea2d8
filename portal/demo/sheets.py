"""Sheets that the demonstration prints itself: a PDF of two pages with a picture and a few words."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

LARGE, PLAIN = 30, 15
WIDTH, HEIGHT = 595, 842
"""Of the page, in points: A4."""
PICTURE_HEIGHT = 397
MARGIN = 56
_FONTS = "/Font<</F1 3 0 R/F2 4 0 R>>"


def sheet(title: str, said: str, picture: Image.Image, number: int) -> bytes:
    """Return a PDF in standard fonts (ISO 32000-1, 9.6.2.2), which need no file."""
    heading = _wrapped(title, 34)
    top = HEIGHT - PICTURE_HEIGHT - 60
    first = f"q {WIDTH} 0 0 {PICTURE_HEIGHT} 0 {HEIGHT - PICTURE_HEIGHT} cm /P Do Q " + _shown(
        "F2", LARGE, top, heading
    )
    below = top - 36 * len(heading) - 12
    first += f"0.04 0.35 0.4 rg {MARGIN} {below + 22} 60 3 re f 0.1 g "
    first += _shown("F1", PLAIN, below - 12, _wrapped(said, 66))
    first += _shown("F1", 11, 60, [f"Sheet {number}. Bring what you have."])
    asked = ["Why did it happen?", "What if you turn it round?", "Who would like to know?"]
    second = _shown("F2", 22, HEIGHT - 90, ["What to ask afterwards"])
    second += _shown("F1", PLAIN, HEIGHT - 140, asked)
    return _file([first, second], title, picture)


def _wrapped(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _shown(font: str, size: int, height: int, lines: list[str]) -> str:
    words = "".join(f"({_escaped(line)})Tj T* " for line in lines)
    return f"BT /{font} {size} Tf {size * 6 // 5} TL {MARGIN} {height} Td {words}ET "


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _file(pages: list[str], title: str, picture: Image.Image) -> bytes:
    """Return catalogue, pages, fonts, picture, and a content stream for each page."""
    printed = BytesIO()
    picture.save(printed, "JPEG", quality=80)
    width, height = picture.size
    font = "<</Type/Font/Subtype/Type1/BaseFont/{}/Encoding/WinAnsiEncoding>>"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"",
        font.format("Times-Roman").encode(),
        font.format("Times-Bold").encode(),
        f"<</Title({_escaped(title)})>>".encode("cp1252", "replace"),
        _stream(
            f"/Type/XObject/Subtype/Image/Width {width}/Height {height}/ColorSpace/DeviceRGB"
            "/BitsPerComponent 8/Filter/DCTDecode",
            printed.getvalue(),
        ),
    ]
    kids = []
    for page in pages:
        objects.append(_stream("", page.encode("cp1252", "replace")))
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {WIDTH} {HEIGHT}]/Contents {len(objects)} 0 R"
            f"/Resources<<{_FONTS}/XObject<</P 6 0 R>>>>>>".encode()
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<</Type/Pages/Count {len(pages)}/Kids[{' '.join(kids)}]>>".encode()
    return _joined(objects)


def _stream(entries: str, body: bytes) -> bytes:
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (entries.encode(), len(body), body)


def _joined(objects: list[bytes]) -> bytes:
    """Number the objects and write the table of where each begins."""
    out, places = BytesIO(), []
    out.write(b"%PDF-1.4\n")
    for number, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    rows = "".join(f"{place:010d} 00000 n \n" for place in places)
    trailer = f"trailer<</Size {len(objects) + 1}/Root 1 0 R/Info 5 0 R>>"
    table = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{rows}"
    out.write(f"{table}{trailer}\nstartxref\n{start}\n%%EOF\n".encode())
    return out.getvalue()
