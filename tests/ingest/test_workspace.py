"""A workspace is private, vanishes, and knows whether the file, the program or the disk is to blame."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from ingest.sandbox import Limits, ToolFailed
from ingest.verdict import Faulty
from ingest.workspace import Workspace, drop_stale, workspace

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "given.txt"
    path.write_text("Words\n")
    return path


def test_a_workspace_vanishes_with_what_was_made_in_it(source: Path, tmp_path: Path) -> None:
    with workspace(source, parent=tmp_path) as box:
        box.run(["cp", str(source), "copy"])
        assert box.file("copy").read_text() == "Words\n"
        assert box.folder.stat().st_mode & 0o077 == 0
    assert not box.folder.exists()


def test_a_task_of_ours_answers_in_json_and_a_fault_is_the_files(source: Path) -> None:
    with workspace(source) as box:
        said = box.call("ingest.formats.text:read", path=str(source))
        assert said == {"text": "Words\n", "charset": "utf-8"}
        with pytest.raises(Faulty) as caught:
            box.call("ingest.formats.pdf:describe", path=str(source))
        assert caught.value.code == "damaged"
        with pytest.raises(Faulty) as caught:
            box.call("ingest.formats.text:read", path=str(source), limits=Limits(seconds=0.01))
        assert caught.value.code == "timed_out"


def test_only_tasks_of_ours_are_run(source: Path) -> None:
    with workspace(source) as box, pytest.raises(Faulty):
        box.call("os:listdir", path="/")


def test_on_a_full_disk_the_file_is_not_to_blame(source: Path, tmp_path: Path) -> None:
    full = Workspace(source, tmp_path, least_free=1 << 60)
    for work in (
        lambda: full.run(["false"]),
        lambda: full.call("ingest.formats.pdf:describe", path=str(source)),
    ):
        with pytest.raises(OSError, match="No space left") as caught:
            work()
        assert caught.value.errno == errno.ENOSPC
    with pytest.raises(ToolFailed):
        Workspace(source, tmp_path, least_free=0).run(["false"])


def test_a_decoder_that_lacks_something_of_the_machine_blames_no_file(source: Path) -> None:
    with (
        workspace(source) as box,
        pytest.raises(OSError, match=r"ingest\.formats\.absent") as caught,
    ):
        box.call("ingest.formats.absent:read", path=str(source))
    assert caught.value.errno == errno.ENOPKG


def test_what_a_killed_worker_left_is_dropped_when_it_is_old(source: Path, tmp_path: Path) -> None:
    left, busy = tmp_path / "caravan-left", tmp_path / "caravan-busy"
    for folder in (left, busy):
        folder.mkdir()
        (folder / "half.mp4").write_bytes(b"half")
        os.utime(folder, (0, 0))
    os.utime(left / "half.mp4", (0, 0))
    assert drop_stale(tmp_path) == 1
    assert (left.exists(), busy.exists(), source.exists()) == (False, True, True)
