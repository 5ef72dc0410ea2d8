"""A file is what its bytes say, whatever they are written in and whatever it is called."""

from __future__ import annotations

import struct
import zipfile
from typing import TYPE_CHECKING

import pytest

from ingest.endings import DOCM, DOCX, ENCRYPTED, PPTX, SVG, UNKNOWN, XLSX, name_fits
from ingest.identify import identify

if TYPE_CHECKING:
    from pathlib import Path

CUE = "1\n00:00:01,000 --> 00:00:02,000\nВода кипит\n"
FACE = (
    "facet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0\nendloop\nendfacet\n"
)
CORNERS = "v  0.0 0.0 0.0\nv\t1 0 0\nv 0 1 -3\nf -3 -2 -1\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def sample(folder: Path, content: bytes) -> Path:
    path = folder / "given"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"%PDF-1.7\n", "application/pdf"),
        (b"junk\n%PDF-1.4\n", "application/pdf"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"\0\0\0\x18ftypqt  \0\0\0\0", "video/quicktime"),
        (b"\0\0\0\x18ftypM4A \0\0\0\0", "audio/mp4"),
        (b"\0\0\0\x18ftypisom\0\0\0\0", "video/mp4"),
        (b"\x1aE\xdf\xa3\x01B\x82\x84webm" + b"\x86\x86A_OPUS", "audio/webm"),
        (b"\x1aE\xdf\xa3\x01B\x82\x84webm" + b"\x86\x85V_VP9A_OPUS", "video/webm"),
        (b"G" + b"\0" * 187 + b"G" + b"\0" * 187 + b"G", "video/mp2t"),
        (b"\0\0\0\1G" + b"\0" * 191 + b"G" + b"\0" * 191 + b"G", "video/mp2t"),
        (b"ID3\x04\0\0\0\0\0\x02\0\0fLaC", "audio/flac"),
        (b"ID3\x04\0\0\0\0\0\x02\0\0\xff\xfb\x90\0", "audio/mpeg"),
        (b"\xff\xfb\x90\x64" + b"\0" * 413 + b"\xff\xfb\x90\x64", "audio/mpeg"),
        (b"\x7fELF\2\1\1" + b"\0" * 100, UNKNOWN),
        (b"hello\0\1\2 world", UNKNOWN),
        (OLE + "EncryptedPackage".encode("utf-16-le"), ENCRYPTED),
        (OLE + "WordDocument".encode("utf-16-le"), "application/msword"),
        (OLE, "application/x-ole-storage"),
    ],
)
def test_the_first_bytes_tell_the_type(tmp_path: Path, content: bytes, expected: str) -> None:
    found = identify(sample(tmp_path, content))
    assert found == expected or (expected == UNKNOWN and not found.startswith("text/"))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (CUE, "application/x-subrip"),
        (CUE.replace("\n", "\r"), "application/x-subrip"),
        ("Made by nobody\n" * 2000 + CUE, "application/x-subrip"),
        ("Look at 00:01:02.000 --> there you see it.\n", "text/plain"),
        ("WEBVTT\n", "text/vtt"),
        ("solid part\n" + FACE + "endsolid\n", "model/stl"),
        (f"SOLID {'n' * 5000}\n{FACE.upper()}", "model/stl"),
        ("# made\n" * 9000 + CORNERS, "model/obj"),
        ("v is a letter, and f 1 too\n" * 9, "text/plain"),
        ("<?xml version='1.0'?><!--" + "x" * 9000 + "--><svg/>", SVG),
        ("<s:svg xmlns:s='http://www.w3.org/2000/svg'/>", "text/plain"),
        ("<?xml version='1.0'?><s:svg xmlns:s='x'/>", SVG),
        ("\n<!-- a --><!-- b -->\n<HTML>", "text/html"),
        ("<script>alert(1)</script>", "text/html"),
        ("{\\rtf1 hello}", "text/rtf"),
        ('{"asset": {"version": "2.0"}}', "model/gltf+json"),
        ('{"asset": 3', "text/plain"),
    ],
)
def test_texts_are_looked_into(tmp_path: Path, words: str, expected: str) -> None:
    assert identify(sample(tmp_path, words.encode())) == expected


@pytest.mark.parametrize("charset", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_subtitle_is_one_in_every_unicode(tmp_path: Path, charset: str) -> None:
    assert identify(sample(tmp_path, CUE.encode(charset))) == "application/x-subrip"
    plain = "Вода кипит при ста градусах.\n".encode(charset)
    assert identify(sample(tmp_path, plain)) == "text/plain"


def package(folder: Path, *names: str, mimetype: str | None = None, types: str = "") -> Path:
    path = folder / "package"
    with zipfile.ZipFile(path, "w") as made:
        if mimetype:
            made.writestr("mimetype", mimetype)
        for name in names:
            made.writestr(name, types if name == "[Content_Types].xml" else "x")
    return path


def test_packages_are_told_apart_by_what_they_hold(tmp_path: Path) -> None:
    types = "[Content_Types].xml"
    assert identify(package(tmp_path, types, "word/document.xml")) == DOCX
    assert identify(package(tmp_path, types, "ppt/presentation.xml")) == PPTX
    assert identify(package(tmp_path, types, "xl/workbook.xml")) == XLSX
    assert identify(package(tmp_path, types, "word/vbaProject.bin")) == DOCM
    programmed = package(tmp_path, types, "word/document.xml", types="x.macroEnabled.main+xml")
    assert identify(programmed) == DOCM
    assert identify(package(tmp_path, "a.txt")) == "application/zip"


def test_a_package_is_not_believed_to_be_what_no_package_is(tmp_path: Path) -> None:
    text = "application/vnd.oasis.opendocument.text"
    assert identify(package(tmp_path, mimetype=f"{text}\n")) == text
    for lie in ("video/mp4", "text/html; <script>", "application/vnd.oasis.opendocument.<b>"):
        assert identify(package(tmp_path, mimetype=lie)) == "application/zip"


def test_a_document_that_is_cut_off_is_still_known_as_one(tmp_path: Path) -> None:
    whole = package(tmp_path, "[Content_Types].xml", "word/document.xml", types="y" * 300)
    assert identify(sample(tmp_path, whole.read_bytes()[:200])) == DOCX


def test_a_film_without_pictures_is_a_sound(tmp_path: Path) -> None:
    def film(*handlers: bytes) -> bytes:
        boxes = b"".join(b"\0\0\0\x20hdlr" + b"\0" * 8 + each + b"\0" * 12 for each in handlers)
        described = struct.pack(">I4s", 8 + len(boxes), b"moov") + boxes
        return struct.pack(">I4s4sI", 16, b"ftyp", b"isom", 0) + described

    assert identify(sample(tmp_path, film(b"soun"))) == "audio/mp4"
    assert identify(sample(tmp_path, film(b"soun", b"vide"))) == "video/mp4"
    assert identify(sample(tmp_path, film(b"soun", b"text"))) == "video/mp4"
    assert identify(sample(tmp_path, film(b"soun")[:20])) == "video/mp4"


def test_a_binary_model_is_known_by_its_length(tmp_path: Path) -> None:
    triangles = b"solid but binary".ljust(80) + struct.pack("<I", 2) + b"\0" * 100
    assert identify(sample(tmp_path, triangles)) == "model/stl"


def test_a_name_is_held_against_what_was_found() -> None:
    assert name_fits("FILM.MP4", "video/mp4")
    assert not name_fits("film.mp4", "video/webm")
    assert name_fits("film", "video/webm")
    assert name_fits("film.unheard-of", "video/webm")
    assert name_fits("locked.docx", ENCRYPTED)
    assert not name_fits("plan.docx", DOCM)
