"""Long commands say how far they are, and, stopped by hand, what is safe."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from portal.cli import progress

if TYPE_CHECKING:
    from pathlib import Path

STOPPED = """
import sys
from portal.cli import keeping, main
from portal.keeping import backup
def cut(*_args, seen, **_more):
    seen(1, 4)
    raise KeyboardInterrupt
keeping.back_up = cut
sys.argv = ["caravan", "backup", "away"]
main.main()
"""


def test_ctrl_c_says_what_is_safe_and_how_to_go_on(tmp_path: Path) -> None:
    found = subprocess.run(
        [sys.executable, "-c", STOPPED],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "CARAVAN_HOME": str(tmp_path / "home")},
    )
    assert found.returncode == 130
    assert found.stdout == ""
    assert (
        found.stderr.strip()
        .splitlines()[-1]
        .startswith("Stopped. The earlier snapshots are whole.")
    )
    assert "Traceback" not in found.stderr


def test_without_a_terminal_slow_work_writes_lines_and_quick_work_none(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with progress.bar("copying") as draw:
        draw(1, 4)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(progress, "EVERY_SECONDS", 0.0)
    with progress.bar("copying") as draw:
        draw(1, 4)
        draw(4, 4)
    assert capsys.readouterr().err == "copying: 1 of 4\ncopying: 4 of 4\n"


def test_on_a_terminal_a_bar_is_drawn() -> None:
    ours, theirs = pty.openpty()
    script = "from portal.cli.progress import bar\nwith bar('copying') as draw: draw(2, 4)"
    ended = subprocess.run(
        [sys.executable, "-c", script],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        check=False,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "80"},
    )
    os.close(theirs)
    drawn = os.read(ours, 65536).decode()
    os.close(ours)
    assert ended.returncode == 0
    assert "copying" in drawn
    assert "2/4" in drawn
