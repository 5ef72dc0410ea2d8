"""What tests of formats share: a private folder for a file, films made on the spot, the samples."""

from __future__ import annotations

import contextlib
import csv
import subprocess
from typing import TYPE_CHECKING

import pytest

from ingest.workspace import workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ingest.workspace import Workspace


@pytest.fixture
def box_of() -> Iterator[Callable[[Path], Workspace]]:
    """Return a function that opens a workspace for a file; all vanish after the test."""
    with contextlib.ExitStack() as stack:
        yield lambda path: stack.enter_context(workspace(path))


@pytest.fixture
def rows(samples: Path) -> Callable[[str], list[dict[str, str]]]:
    """Return a function that lists the manifest's rows of one folder of the samples."""
    with (samples / "MANIFEST.csv").open(encoding="utf-8", newline="") as lines:
        told = list(csv.DictReader(lines))
    return lambda folder: [row for row in told if row["path"].startswith(f"{folder}/")]


@pytest.fixture(scope="session")
def ffmpeg(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Return a function that makes a file with ffmpeg out of nothing, once for each name."""
    folder = tmp_path_factory.mktemp("made")

    def make(name: str, *arguments: str) -> Path:
        target = folder / name
        if not target.exists():
            argv = ["ffmpeg", "-v", "error", "-nostdin", *arguments, str(target)]
            subprocess.run(argv, check=True, timeout=60)
        return target

    return make


@pytest.fixture(scope="session")
def film(ffmpeg: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a film of six seconds, black for two, with sound, subtitles, chapters and a place."""
    folder = tmp_path_factory.mktemp("parts")
    words, notes = folder / "words.srt", folder / "notes.txt"
    words.write_text("1\n00:00:01,000 --> 00:00:02,500\nВода кипит\n", encoding="utf-8")
    notes.write_text(
        ";FFMETADATA1\ntitle=Boiling\nartist=Museum\nlocation=+41.30+069.24/\n"
        "[CHAPTER]\nTIMEBASE=1/1\nSTART=0\nEND=3\n[CHAPTER]\nTIMEBASE=1/1\nSTART=3\nEND=6\n"
    )
    return ffmpeg(
        "film.mkv",
        *("-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=6,fade=in:st=2:d=1"),
        *("-f", "lavfi", "-i", "sine=d=6", "-i", str(words), "-i", str(notes)),
        *("-map", "0", "-map", "1", "-map", "2", "-map_metadata", "3"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", "-ac", "2", "-c:s", "srt"),
        *("-metadata:s:a:0", "language=chi", "-metadata:s:s:0", "language=rus"),
    )
