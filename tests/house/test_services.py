"""The real servers: kept once, started on loopback, ended by their process id in every way."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from scripts.services import part
from tests.house.source import ROOT

LISTENER = """
import signal, socket, sys, time
if sys.argv[2:] == ["stubborn"]:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
with socket.create_server(("127.0.0.1", int(sys.argv[1]))):
    time.sleep(600)
"""


def listener(folder: Path, *words: str) -> tuple[int, int, part.Callable[[], None]]:
    port = part.free_port()
    pid, stop = part.start_process(
        [sys.executable, "-c", LISTENER, str(port), *words],
        log=folder / "log",
        ready=lambda: part.answers(port),
        seconds=30,
    )
    return port, pid, stop


def alive(pid: int) -> bool:
    state = Path(f"/proc/{pid}/stat")
    return state.exists() and state.read_text(encoding="utf-8").split(") ")[1][0] != "Z"


def test_a_process_is_ended_and_a_second_stop_does_nothing(tmp_path: Path) -> None:
    port, pid, stop = listener(tmp_path)
    assert alive(pid)
    stop()
    assert not part.answers(port)
    assert not alive(pid)
    stop()


def test_a_process_that_does_not_heed_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(part, "STOP_SECONDS", 0.2)
    _, pid, stop = listener(tmp_path, "stubborn")
    stop()
    assert not alive(pid)


def test_a_process_ends_with_the_run_that_was_killed(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path\n"
        "from tests.house.test_services import listener\n"
        f"print(listener(Path({str(tmp_path)!r}))[1], flush=True); time.sleep(600)"
    )
    run = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE)
    assert run.stdout is not None
    pid = int(run.stdout.readline())
    assert alive(pid)
    run.send_signal(signal.SIGKILL)
    run.communicate()
    until = time.monotonic() + 10
    while alive(pid) and time.monotonic() < until:
        time.sleep(0.02)
    assert not alive(pid)


def test_a_process_that_ends_early_is_told_in_its_own_last_words(tmp_path: Path) -> None:
    with pytest.raises(part.Missing, match=r"ended with 3 before it answered: no such thing$"):
        part.start_process(
            [sys.executable, "-c", "print('no such thing'); raise SystemExit(3)"],
            log=tmp_path / "log",
            ready=lambda: False,
            seconds=30,
        )


def test_what_is_kept_is_made_once_and_never_seen_half_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    made: list[Path] = []

    def make(folder: Path) -> None:
        made.append(folder)
        time.sleep(0.05)
        (folder / "program").touch()

    found: list[Path] = []
    threads = [threading.Thread(target=lambda: found.append(part.kept("x", make))) for _ in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert found == [tmp_path / "caravan" / "services" / "x"] * 2
    assert (found[0] / "program").exists()

    def fails(folder: Path) -> None:
        (folder / "half").touch()
        raise part.Missing("the registry is away")

    with pytest.raises(part.Missing, match="the registry is away"):
        part.kept("y", fails)
    assert not list(found[0].parent.glob("*y-*"))
    assert part.kept("y", make) == found[0].parent / "y"


def test_a_cache_that_cannot_be_written_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(part.Missing, match=r"^The cache of x cannot be kept in .+\.$"):
        part.kept("x", Path.touch)


def services(*words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scripts.services", *words],
        cwd=ROOT,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def test_a_command_runs_beside_real_servers_and_its_code_is_ours() -> None:
    code = "import json, os; print(*json.loads(os.environ['REAL_SERVERS'])); raise SystemExit(7)"
    done = services("run", "nginx", "--", sys.executable, "-c", code)
    assert done.returncode == 7, done.stderr
    assert done.stdout.splitlines()[-1] == "nginx"


def test_a_missing_part_fails_the_run_with_one_sentence() -> None:
    """In a program of its own, since the sentence is what the run prints."""
    code = (
        "import shutil, sys; from scripts.services import __main__ as m\n"
        "shutil.which = lambda *a, **k: None\n"
        "raise SystemExit(m.main(['run', 'nginx', '--', 'true']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr == "nginx is missing: run sudo apt-get install -y nginx-light.\n"


def test_words_that_are_not_understood_are_answered_with_the_parts() -> None:
    refused = services("run", "oracle", "--", "true")
    assert refused.returncode == 2
    assert "Parts: postgresql" in refused.stderr
    assert services("run", "nginx").returncode == 2


def test_a_port_is_free_when_it_is_given() -> None:
    with socket.create_server(("127.0.0.1", part.free_port())) as server:
        assert part.answers(server.getsockname()[1])
