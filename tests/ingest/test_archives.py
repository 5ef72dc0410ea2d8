"""Archives are listed and never unpacked; what they hide, swell to or reach for has a code."""

from __future__ import annotations

import struct
import zipfile
from typing import TYPE_CHECKING

import pytest

from ingest.archives import MIB, MOST_ENTRIES, listing, member
from ingest.verdict import Faulty

if TYPE_CHECKING:
    from pathlib import Path


def packed(folder: Path, *entries: tuple[str | zipfile.ZipInfo, str | bytes]) -> Path:
    path = folder / "given.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in entries:
            made.writestr(name, content)
    return path


def codes(path: Path) -> list[str]:
    return [reason.code for reason in listing(path).reasons]


def test_an_ordinary_archive_is_counted(tmp_path: Path) -> None:
    found = listing(packed(tmp_path, ("a.txt", "hi"), ("b/ц.txt", "ho")))
    assert found.names == ("a.txt", "b/ц.txt")
    assert found.has("a.txt")
    assert not found.has("A.TXT")
    assert found.reasons == ()


@pytest.mark.parametrize("name", ["../x", "a/../../x", "/etc/x", "..\\x", "C:\\x", "c:x"])
def test_a_path_out_of_the_archive_is_an_escape(tmp_path: Path, name: str) -> None:
    assert codes(packed(tmp_path, (name, "x"))) == ["path_escape"]


def test_a_link_is_an_escape(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    assert codes(packed(tmp_path, (link, "/etc/passwd"))) == ["path_escape"]


def test_what_swells_is_a_bomb_whether_it_says_so_or_not(tmp_path: Path) -> None:
    assert codes(packed(tmp_path, ("a", b"\0" * 40 * MIB))) == ["archive_bomb"]
    lying = bytearray(packed(tmp_path, ("a", b"\0" * 9 * MIB)).read_bytes())
    at = lying.rfind(b"PK\1\2")
    lying[at + 24 : at + 28] = struct.pack("<I", 10)  # The directory promises ten bytes.
    path = tmp_path / "lying.zip"
    path.write_bytes(lying)
    assert codes(path) == ["archive_bomb"]
    with pytest.raises(Faulty, match=r"archive_bomb|damaged"):
        member(path, "a", 5)


def test_an_archive_within_itself_and_one_of_too_many_names_are_bombs(tmp_path: Path) -> None:
    inner = packed(tmp_path, ("a.txt", "hi")).read_bytes()
    assert codes(packed(tmp_path, ("inner.zip", inner * 20))) == ["archive_bomb"]
    names = [(f"f{number}", "") for number in range(MOST_ENTRIES + 1)]
    found = listing(packed(tmp_path, *names))
    assert [reason.code for reason in found.reasons] == ["archive_bomb"]
    assert len(found.entries) == MOST_ENTRIES


def test_a_lock_is_named(tmp_path: Path) -> None:
    locked = bytearray(packed(tmp_path, ("a", "secret")).read_bytes())
    locked[locked.rfind(b"PK\1\2") + 8] |= 1
    locked[6] |= 1
    path = tmp_path / "locked.zip"
    path.write_bytes(locked)
    assert codes(path) == ["encrypted"]
    with pytest.raises(Faulty) as caught:
        member(path, "a")
    assert caught.value.code == "encrypted"


def test_a_member_is_read_up_to_its_bound(tmp_path: Path) -> None:
    path = packed(tmp_path, ("a", b"x" * 1000))
    assert member(path, "a", 1000) == b"x" * 1000
    with pytest.raises(Faulty) as caught:
        member(path, "a", 999)
    assert caught.value.code == "archive_bomb"
    with pytest.raises(Faulty) as caught:
        member(path, "b")
    assert caught.value.code == "damaged"


@pytest.mark.parametrize("content", [b"", b"PK\3\4 and no more", b"PK\5\6" + b"\xff" * 18])
def test_what_is_no_archive_is_damaged(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "given.zip"
    path.write_bytes(content)
    with pytest.raises(Faulty) as caught:
        listing(path)
    assert caught.value.code == "damaged"
