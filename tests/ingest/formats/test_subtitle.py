"""Subtitles: cues, charset and words; WebVTT in UTF-8 whatever came in."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

import pytest

from ingest.formats.cues import read_cues
from ingest.formats.subtitle import Subtitle
from ingest.verdict import Faulty

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ingest.workspace import Workspace

SRT, VTT = "application/x-subrip", "text/vtt"
ARABIC = "".join(
    f"{number}\r\n00:00:{number:02},000 --> 00:00:{number:02},900\r\n{words}\r\n\r\n"
    for number, words in enumerate(
        ["تتجمع السحب فوق الجبال", "ثم ينزل المطر على الأرض", "وتجري الأنهار إلى البحر"], start=1
    )
)


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1256"])
def test_every_charset_becomes_webvtt_in_utf_8(
    box_of: Callable[[Path], Workspace], tmp_path: Path, charset: str
) -> None:
    path = tmp_path / "original"
    mark = codecs.BOM_UTF16_LE if charset == "utf-16-le" else b""
    path.write_bytes(mark + ARABIC.encode(charset))
    box = box_of(path)
    seen = Subtitle().examine(box, SRT)
    assert seen.facts["cues"] == 3
    assert [piece.second for piece in seen.segments] == [1.0, 2.0, 3.0]
    assert seen.segments[1].text == "ثم ينزل المطر على الأرض"
    made = {one.name: one for one in Subtitle().pictures(box, SRT, seen.facts)}
    captions = made["captions"].path.read_text(encoding="utf-8")
    assert captions.startswith("WEBVTT\n")
    assert [cue.text for cue in read_cues(captions)] == [piece.text for piece in seen.segments]
    assert made["text"].path.read_text(encoding="utf-8").split("\n")[0] == seen.segments[0].text


@pytest.mark.parametrize("content", [b"", b"just words", b"WEBVTT\n\n", b"\x89PNG\r\n" * 9])
def test_a_subtitle_without_cues_is_damaged(
    box_of: Callable[[Path], Workspace], tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "original"
    path.write_bytes(content)
    with pytest.raises(Faulty) as caught:
        Subtitle().examine(box_of(path), VTT)
    assert caught.value.code == "damaged"


def test_a_huge_subtitle_is_not_read(box_of: Callable[[Path], Workspace], tmp_path: Path) -> None:
    path = tmp_path / "original"
    with path.open("wb") as stream:
        stream.truncate(17 * 1024 * 1024)
    with pytest.raises(Faulty) as caught:
        Subtitle().examine(box_of(path), SRT)
    assert caught.value.code == "too_large"


def test_the_subtitles_of_the_samples_are_understood(
    samples: Path,
    rows: Callable[[str], list[dict[str, str]]],
    box_of: Callable[[Path], Workspace],
) -> None:
    for row in rows("subtitles"):
        facts = Subtitle().examine(box_of(samples / row["path"]), row["mime_expected"]).facts
        assert facts["cues"] == int(row["expected_cues"]), row["path"]
        assert facts["charset"] == row["expected_charset"], row["path"]
