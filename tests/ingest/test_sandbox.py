"""What runs in the sandbox reaches nothing and outgrows nothing; each hostile program is stopped."""

from __future__ import annotations

import os
import socket
import sys
import time
from pathlib import Path

import pytest

from ingest.sandbox import (
    MIB,
    Finished,
    Limits,
    ToolExceeded,
    ToolFailed,
    ToolTimedOut,
    capability,
    run,
)

README = Path(__file__).resolve().parents[2] / "README.md"
SMALL = Limits(
    seconds=20, memory_bytes=512 * MIB, file_bytes=4 * MIB, output_bytes=MIB, processes=24
)


def python(program: str, folder: Path, limits: Limits = SMALL, **more: bytes) -> Finished:
    return run([sys.executable, "-I", "-c", program], limits=limits, writes=folder, **more)


def test_a_program_reads_its_input_and_writes_in_its_folder(tmp_path: Path) -> None:
    told = python(
        "import sys; open('made', 'w').write('x'); print(sys.stdin.read())",
        tmp_path,
        stdin=b"hello",
    )
    assert told.stdout == b"hello\n"
    assert (tmp_path / "made").read_text() == "x"


def test_a_program_that_is_not_on_this_machine_is_no_fault_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="ffmpreg is not installed"):
        run(["ffmpreg", "-i", "film.mp4"], limits=SMALL, writes=tmp_path)
    with pytest.raises(ToolFailed, match="ended with 127"):
        run(["sh", "-c", "exit 127"], limits=SMALL, writes=tmp_path)


def test_a_program_sees_one_file_and_nothing_of_the_machine_or_the_home(tmp_path: Path) -> None:
    assert capability() == "bubblewrap"
    given, secret = tmp_path / "given", tmp_path / "secret"
    given.write_text("words")
    secret.write_text("secret")
    folder = tmp_path / "work"
    folder.mkdir()
    program = (
        "import os, sys\n"
        "for path in sys.argv[1:]:\n"
        "    try: print(os.path.isdir(path) and os.listdir(path) or open(path).read())\n"
        "    except OSError as error: print(type(error).__name__)\n"
    )
    paths = [str(given), str(secret), "/etc/passwd", str(README), "/var", "/run"]
    argv = [sys.executable, "-I", "-c", program, *paths]
    told = run(argv, limits=SMALL, reads=(given,), writes=folder)
    assert told.stdout.decode().splitlines() == ["words", *["FileNotFoundError"] * 5]
    with pytest.raises(ToolFailed):
        run([sys.executable, "-c", f"open({str(given)!r}, 'a')"], reads=(given,), writes=folder)
    assert given.read_text() == "words"


def test_a_program_reaches_no_network_and_no_other_process(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        program = f"import socket; socket.create_connection(('127.0.0.1', {port}), 2)"
        with pytest.raises(ToolFailed):
            python(program, tmp_path)
    with pytest.raises(ToolFailed):
        python(f"import os; os.kill({os.getpid()}, 0)", tmp_path)


def test_a_program_has_nothing_of_our_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARAVAN_SECRET_KEY", "hidden")
    told = python("import os; print(dict(os.environ))", tmp_path)
    assert b"hidden" not in told.stdout


FORKS = "import os, time\nfor _ in range(60):\n  if not os.fork(): time.sleep(60)\ntime.sleep(60)"
"""Children that wait. One that divides for ever would take a busy machine before it is counted."""
TALKS = "import sys\nwhile True: sys.stdout.write('y' * 65536)"
WRITES_MANY = """
number = 0
while True:
    number += 1
    open(f'file{number}', 'w').write('z' * 500_000)
"""
WRITES_ONE = "f = open('one', 'w')\nwhile True: f.write('z' * 500_000)"
EATS = "b = bytearray(900 << 20)"
EATS_TOGETHER = """
import os, time
os.fork(), os.fork(), os.fork()
mine = bytearray(os.urandom(1 << 20) * 90)
time.sleep(60)
"""


@pytest.mark.parametrize(
    ("program", "error", "word"),
    [
        pytest.param(FORKS, ToolExceeded, "more processes", id="forks"),
        pytest.param(TALKS, ToolFailed, "ended with", id="talks"),
        pytest.param(WRITES_MANY, ToolExceeded, "more disk", id="writes many"),
        pytest.param(WRITES_ONE, ToolFailed, "ended with", id="writes one"),
        pytest.param(EATS, ToolFailed, "MemoryError", id="eats"),
        pytest.param(EATS_TOGETHER, ToolExceeded, "more memory", id="eats together"),
        pytest.param("raise SystemExit(3)", ToolFailed, "ended with 3", id="fails"),
    ],
)
def test_a_program_that_takes_too_much_is_stopped(
    tmp_path: Path, program: str, error: type[ToolFailed], word: str
) -> None:
    with pytest.raises(error, match=word):
        python(program, tmp_path)
    assert sum(each.stat().st_size for each in tmp_path.iterdir()) < 200 * MIB


def test_a_program_that_takes_too_long_is_ended_with_all_its_children(tmp_path: Path) -> None:
    mark = f"97{os.getpid()}"
    program = f"import subprocess, time; subprocess.Popen(['sleep', '{mark}']); time.sleep(60)"
    with pytest.raises(ToolTimedOut) as caught:
        python(program, tmp_path, Limits(seconds=1))
    assert caught.value.code == "timed_out"
    time.sleep(0.3)
    lines = [
        (entry / "cmdline").read_bytes()
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit() and (entry / "cmdline").exists()
    ]
    assert not any(mark.encode() in line.split(b"\0") for line in lines)


def test_last_words_and_exit_code_are_kept(tmp_path: Path) -> None:
    with pytest.raises(ToolFailed) as caught:
        python("import sys; print('why', file=sys.stderr); sys.exit(7)", tmp_path)
    assert (caught.value.exit, caught.value.signal) == (7, None)
    assert caught.value.stderr == "why\n"
