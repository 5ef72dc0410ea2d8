"""Whether a container is whole, told from its outermost boxes."""

from pathlib import Path

import pytest

from ingest.formats.containers import is_whole

MOOV, MDAT = b"\0\0\0\x0cmoovABCD", b"\0\0\0\x0amdatAB"
EBML = b"\x1a\x45\xdf\xa3\x84abcd"


def written(folder: Path, content: bytes) -> Path:
    """Return a file of these bytes."""
    path = folder / "original"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("demuxer", "content", "whole"),
    [
        ("mov", MOOV + MDAT, True),
        ("mov", MDAT + MOOV, True),
        ("mov", MDAT, False),
        ("mov", MOOV + MDAT[:-1], False),
        ("mov", MDAT + MOOV[:-1], False),
        ("mov", MOOV + b"\0\0\0\0mdat and so on", True),
        ("mov", MOOV + b"\0\0\0\x01mdat\0\0\0\0\0\0\0\x12xx", True),
        ("mov", MOOV + b"\0\0\0\x01mdat\0\0\0\0\0\0\0\x13xx", False),
        ("mov", MOOV + b"\0\0\0\0\0\0\0\0\0", True),
        ("mov", b"", False),
        ("avi", b"RIFF\x08\0\0\0AVI LIST", True),
        ("avi", b"RIFF\x0a\0\0\0AVI LIST", False),
        ("wav", b"RIFF\xff\xff\xff\xffWAVEdata", True),
        ("wav", b"RIFF\0\0\0\0WAVEdata", True),
        ("matroska", EBML + b"\x18\x53\x80\x67\x83abc", True),
        ("matroska", EBML + b"\x18\x53\x80\x67\x83ab", False),
        ("matroska", EBML + b"\x18\x53\x80\x67\xff", True),
        ("matroska", EBML + b"\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff", True),
        ("matroska", EBML + b"\x18\x53\x80", False),
        ("matroska", EBML[:6], False),
        ("matroska", b"\0\0\0\0", False),
        ("mpegts", b"G anything", True),
    ],
)
def test_a_cut_off_file_is_told_from_a_whole_one(
    tmp_path: Path, demuxer: str, content: bytes, *, whole: bool
) -> None:
    assert is_whole(written(tmp_path, content), demuxer) is whole


def test_every_cut_of_a_film_is_noticed(tmp_path: Path) -> None:
    film = MOOV + MDAT
    cuts = range(len(film))
    kept = [cut for cut in cuts if is_whole(written(tmp_path, film[:cut]), "mov")]
    # After the description nothing but noughts is there yet: that cut cannot be seen.
    assert kept == [len(MOOV) + noughts for noughts in range(4)]
