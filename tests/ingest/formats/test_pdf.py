"""A PDF tells pages and words, and what it would do; broken pages are left out, locks are named."""

from __future__ import annotations

import os
import zlib
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from ingest.formats.actions import dangers
from ingest.formats.pdf import describe, render
from ingest.verdict import Faulty

if TYPE_CHECKING:
    from pathlib import Path

FONT = b"/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"
WORDS = b"BT /F1 24 Tf 72 700 Td (Water boils) Tj ET"


def packed(content: bytes, more: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (more, len(content), content)


def pdf(
    folder: Path,
    *more: bytes,
    root: bytes = b"",
    page: bytes = b"",
    trailer: bytes = b"",
    pages: int = 1,
) -> Path:
    """Write a PDF of our own, its table of objects left for the reader to mend."""
    kids = b" ".join(b"%d 0 R" % (4 + number) for number in range(pages))
    leaf = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 800]/Contents 3 0 R%s%s>>" % (FONT, page)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R%s>>" % root,
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, pages),
        packed(WORDS),
        *[leaf] * pages,
        *more,
    ]
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % each for each in enumerate(objects, 1))
    path = folder / "given.pdf"
    path.write_bytes(b"%PDF-1.5\n" + body + b"trailer<</Root 1 0 R" + trailer + b">>\n%%EOF")
    return path


def test_pages_title_and_words_are_told(tmp_path: Path) -> None:
    told = b"<</Title<FEFF041F0440>/Author(M\\351moire)>>"
    said = describe(str(pdf(tmp_path, told, pages=2, trailer=b"/Info 6 0 R")))
    assert (said["pages"], said["title"], said["author"]) == (2, "Пр", "Mémoire")
    assert said["texts"] == ["Water boils"] * 2
    assert said["dangers"] == {}


def test_pages_are_drawn_upright_and_light(tmp_path: Path) -> None:
    made = render(str(pdf(tmp_path, page=b"/Rotate 90", pages=2)), str(tmp_path))
    assert [name for name, _ in made] == ["thumbnail", "page_1", "page_2", "text"]
    with Image.open(tmp_path / "page_1") as drawn:
        assert drawn.width > drawn.height
    assert (tmp_path / "thumbnail").stat().st_size <= 12_000
    assert (tmp_path / "text").read_text() == "Water boils\n\nWater boils"


@pytest.mark.parametrize(
    ("root", "code"),
    [
        (b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>", "active_content"),
        (b"/OpenAction<</S/J#61vaScript/J#53(app.alert(1))>>", "active_content"),
        (b"/OpenAction<</S/Launch/F(cmd.exe)>>", "active_content"),
        (b"/AcroForm<</XFA 3 0 R/Fields[]>>", "active_content"),
        (b"/Names<</EmbeddedFiles<</Names[(a)<</EF<</F 3 0 R>>>>]>>>>", "active_content"),
        (b"/OpenAction<</S/GoToR/F(http://x.example/)>>", "external_reference"),
        (b"/OpenAction<</S/SubmitForm/F(http://x.example/)>>", "external_reference"),
        (b"/OpenAction<</S/URI/URI(http://x.example/)>>", None),
        (b"/AcroForm<</Fields[]>>/JSON 1", None),
    ],
)
def test_what_a_file_would_do_has_a_code(tmp_path: Path, root: bytes, code: str | None) -> None:
    assert list(describe(str(pdf(tmp_path, root=root)))["dangers"]) == ([code] if code else [])


def test_names_are_sought_in_packed_objects_and_not_in_pictures(tmp_path: Path) -> None:
    action = zlib.compress(b"7 0 <</S/JavaScript/JS(x)>>")
    hidden = packed(action, b"/Type/ObjStm/N 1/First 4/Filter/FlateDecode")
    assert dangers(pdf(tmp_path, hidden)) == {"active_content": "JavaScript"}
    noise = packed(os.urandom(3000) + b"/JS (x) /Launch " + os.urandom(3000))
    assert dangers(pdf(tmp_path, noise)) == {}


def test_a_broken_page_costs_itself_alone_and_nothing_readable_is_damage(tmp_path: Path) -> None:
    path = pdf(tmp_path, pages=2)
    broken = path.read_bytes().replace(b"5 0 obj\n<</Type/Page", b"5 0 obj\n<</Type/Nope", 1)
    path.write_bytes(broken.replace(b"[4 0 R 5 0 R]", b"[4 0 R 9 0 R]"))
    said = describe(str(path))
    assert said["texts"][0] == "Water boils"
    for content in (b"%PDF-1.4\nnothing", b"%PDF-", path.read_bytes()[:60]):
        path.write_bytes(content)
        with pytest.raises(Faulty, match="damaged"):
            describe(str(path))


def test_a_locked_file_of_the_samples_is_locked(samples: Path) -> None:
    with pytest.raises(Faulty, match="encrypted"):
        describe(str(samples / "hostile" / "pdf_user_password.pdf"))
