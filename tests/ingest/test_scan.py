"""What is dangerous or untrue about a file is found before a decoder sees it, in bounded time."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest

from ingest.scan import first_look

if TYPE_CHECKING:
    from pathlib import Path

TYPES = "[Content_Types].xml"
RELATED = "word/_rels/document.xml.rels"


def codes(path: Path, name: str | None = None) -> list[str]:
    return [code for code, _ in first_look(str(path), name or path.name)["reasons"]]


def document(folder: Path, **parts: str | bytes) -> Path:
    path = folder / "plan.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(TYPES, parts.pop("types", "<Types/>"))
        made.writestr("word/document.xml", parts.pop("body", "<w/>"))
        for name, content in parts.items():
            made.writestr({"rels": RELATED, "more": "word/more.xml"}.get(name, name), content)
    return path


def relation(kind: str, mode: str = 'TargetMode="External"') -> str:
    return (
        f'<Relationships><Relationship Id="r" Type="x/{kind}" Target="http://x.example/" {mode}/>'
    )


def test_what_a_document_would_fetch_is_named_and_a_link_is_not(tmp_path: Path) -> None:
    for kind in ("attachedTemplate", "image", "oleObject", "frame"):
        assert codes(document(tmp_path, rels=relation(kind))) == ["external_reference"]
    assert codes(document(tmp_path, rels=relation("hyperlink"))) == []
    assert codes(document(tmp_path, rels=relation("image", "TargetMode = 'external'"))) == [
        "external_reference"
    ]
    wide = relation("image").encode("utf-16")
    assert codes(document(tmp_path, rels=wide)) == ["external_reference"]
    field = "<w:instrText> DDEAUTO c:\\cmd.exe</w:instrText>"
    assert codes(document(tmp_path, body=field)) == ["external_reference"]


def test_macros_are_found_by_every_name(tmp_path: Path) -> None:
    assert codes(document(tmp_path, **{"word/vbaProject.bin": "x"})) == ["type_mismatch", "macros"]
    assert "macros" in codes(document(tmp_path, types="x.macroEnabled.main+xml"), "plan.docm")
    assert codes(document(tmp_path, **{"word/activeX/a.xml": "<x/>"})) == ["active_content"]


def test_entities_are_named_by_what_they_do(tmp_path: Path) -> None:
    fetch = '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]><w/>'
    assert codes(document(tmp_path, body=fetch)) == ["external_reference"]
    swell = '<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><w/>'
    assert codes(document(tmp_path, body=swell)) == ["archive_bomb"]


def test_a_text_made_to_hold_the_search_up_does_not(tmp_path: Path) -> None:
    """Each took over five minutes while the patterns could run past the next sign of their own."""
    assert codes(document(tmp_path, rels="<Relationship " * 500_000)) == []
    assert codes(document(tmp_path, body="<!ENTITY" * 900_000)) == ["archive_bomb"]
    drawing = tmp_path / "drawing.svg"
    drawing.write_text("<svg>" + "href=" * 400_000 + " on" * 200_000)
    assert codes(drawing) == ["active_content"]


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("empty.txt", b"", ["empty"]),
        ("a.png", b"\xff\xd8\xff\xe0" + b"\0" * 40, ["type_mismatch"]),
        ("film.txt", b"\0\0\0\x18ftypisom" + b"\0" * 40, ["type_mismatch"]),
        ("odd.txt", b"no text\0at all" * 40, []),
        ("a.jpg", b"\xff\xd8\xff\xe1<?php system(1) ?>", ["active_content"]),
        ("a.html", b"<!doctype html><p>hi", ["active_content"]),
        ("run.sh", b"#!/bin/sh\nrm -rf /\n", ["active_content"]),
        ("a.php", b"\xef\xbb\xbf <?php x();", ["active_content"]),
        ("a.m3u8", b"#EXTM3U\n#EXTINF:5,\nhttp://x.example/a\n", ["external_reference"]),
        ("a.txt", b"ffconcat version 1.0\nfile /etc/passwd\n", ["external_reference"]),
        ("notes.txt", b"we say <?php in a text\n", []),
        (
            "a.svg",
            b"<svg><image href='http://x.example/a'/></svg>",
            ["external_reference", "active_content"],
        ),
        ("a.svg", b"<svg><a href='#b'/></svg>", ["active_content"]),
        ("a.avi", b"RIFF\0\0\0\0AVI #EXTM3U\nfile:///etc/passwd", ["external_reference"]),
        (
            "a.doc",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1W\0o\0r\0d\0D\0o\0c\0u\0m\0e\0n\0t\0_\0V\0B\0A\0_\0P\0R\0O\0J\0E\0C\0T\0",
            ["macros"],
        ),
        (
            "a.docx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0",
            ["encrypted"],
        ),
    ],
)
def test_each_danger_has_its_code(
    tmp_path: Path, name: str, content: bytes, expected: list[str]
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert codes(path) == expected
