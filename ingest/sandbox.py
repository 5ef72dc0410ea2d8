"""Foreign programs and decoders, run where they can do no harm. The only user of `subprocess`.

bubblewrap where a trial run works: no network, no other process, the system and our decoders
read-only, one file to read, one folder to write. Else `unshare`: no network, and all processes end
with the first. Else nothing but the limits, and `capability()` says so, so that formats that could
fetch are held. Memory, time and the size of a file are limited in every case (setrlimit(2), by
prlimit(1)), and the number of processes (`ingest/fencing.py`); what all processes of a run use
together is watched (`ingest/watching.py`).
"""

from __future__ import annotations

import contextlib
import errno
import functools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, ClassVar

from ingest import fencing, watching

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MIB = 1024 * 1024
_ROOMS = Path(__file__).resolve().parent.parent
_VISIBLE_ROOMS = ("ingest", "config")
"""Our own code that a decoder may read. Not the whole project: its folder may hold the home."""
_SYSTEM = ("/usr", "/etc/ld.so.cache", "/etc/fonts", "/etc/alternatives", "/etc/mime.types")
_LINKS = ("/bin", "/sbin", "/lib", "/lib32", "/lib64")
_KEPT_ENVIRONMENT = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
_POLL_SECONDS = 0.2
_NOT_FOUND = 127
"""What nice(1) ends with when it finds no such program."""
_UNSHARE = ("unshare", "--net", "--pid", "--fork", "--kill-child")


@dataclass(frozen=True)
class Limits:
    """What a run may use: seconds by the clock, bytes of memory, of its folder, and of stdout."""

    seconds: float = 60.0
    memory_bytes: int = 2048 * MIB
    file_bytes: int = 4096 * MIB
    output_bytes: int = 64 * MIB
    processes: int = 256


@dataclass(frozen=True)
class Finished:
    """A run that ended well; `seconds` by the clock."""

    stdout: bytes
    stderr: str
    seconds: float


class ToolFailed(Exception):
    """A run that ended badly: its exit code or the signal that ended it, and its last words.

    `code` is the reason of `ingest/verdict.py` that it comes to.
    """

    code: ClassVar[str] = "damaged"

    def __init__(self, argv: Sequence[str], code: int, stderr: str, stdout: bytes = b"") -> None:
        super().__init__(f"{argv[0]} ended with {code}: {stderr[-500:]}")
        self.exit = code if code >= 0 else None
        self.signal = -code if code < 0 else (code - 128 if code > 128 else None)  # noqa: PLR2004 - the shell's way
        self.stderr = stderr
        self.stdout = stdout


class ToolTimedOut(ToolFailed):
    """A run that took longer than it may."""

    code: ClassVar[str] = "timed_out"


class ToolExceeded(ToolFailed):
    """A run that took more memory, processes or room than it may; the last words say which."""

    code: ClassVar[str] = "too_large"


def run(
    argv: Sequence[str],
    *,
    limits: Limits | None = None,
    reads: Sequence[Path] = (),
    writes: Path | None = None,
    stdin: bytes = b"",
    watch: Callable[[], None] | None = None,
) -> Finished:
    """Run `argv` and return what it printed.

    `reads` are files it may read, `writes` the folder it may write and starts in. `watch` is called
    a few times a second while it runs. Raises ToolFailed, ToolTimedOut, ToolExceeded; OSError where
    the program is not on this machine: then no file is to blame.
    """
    limits = limits or Limits()
    boxed = _boxed(argv, limits, reads, writes)
    with (
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
        fencing.fenced(boxed, limits.processes) as line,
    ):
        began = time.monotonic()
        process = subprocess.Popen(  # noqa: S603 - argv is ours, and no shell reads a word of it
            line,
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=err,
            env=_environment(writes),
            cwd=writes or "/",
            start_new_session=True,
        )
        use = watching.Use(process.pid, out.fileno(), writes)
        try:
            _feed(process, stdin)
            exceeded = _wait(process, began + limits.seconds, limits, use, watch)
        finally:
            _end(process)
        stdout, stderr = (
            _read(out, limits.output_bytes),
            _read(err, 64 * 1024).decode(errors="replace"),
        )
    if exceeded == "seconds":
        raise ToolTimedOut(argv, -signal.SIGKILL, stderr)
    if exceeded:
        raise ToolExceeded(argv, -signal.SIGKILL, f"more {exceeded} than it may")
    if process.returncode == _NOT_FOUND and shutil.which(argv[0], path=_PATH) is None:
        raise OSError(errno.ENOPKG, f"{argv[0]} is not installed")
    if process.returncode != 0:
        raise ToolFailed(argv, process.returncode, stderr, stdout)
    return Finished(stdout, stderr, time.monotonic() - began)


@functools.cache
def capability() -> str:
    """Say which walls stand here: `bubblewrap`, `unshare` or `limits`."""
    for name, argv in (
        ("bubblewrap", [*_bubblewrap((), None), "true"]),
        ("unshare", [*_UNSHARE, "true"]),
    ):
        if not shutil.which(argv[0]):
            continue
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            subprocess.run(argv, check=True, capture_output=True, timeout=20)  # noqa: S603 - ours
            return name
    return "limits"


def has_network_wall() -> bool:
    """Whether a run can reach no network here."""
    return capability() != "limits"


def _boxed(
    argv: Sequence[str], limits: Limits, reads: Sequence[Path], writes: Path | None
) -> list[str]:
    walls = capability()
    limited = [
        "prlimit",
        *(fencing.limited(limits.processes) if walls == "bubblewrap" else ()),
        f"--as={limits.memory_bytes}",
        f"--cpu={int(limits.seconds * 4) + 1}",
        f"--fsize={max(limits.file_bytes, limits.output_bytes)}",
        "--core=0",
        "--",
        "nice",
        "-n",
        "10",
        *argv,
    ]
    if walls == "bubblewrap":
        return [*_bubblewrap(reads, writes), *limited]
    return [*_UNSHARE, *limited] if walls == "unshare" else limited


def _bubblewrap(reads: Sequence[Path], writes: Path | None) -> list[str]:
    argv = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    argv += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]  # noqa: S108 - inside the box
    for path in _SYSTEM:
        argv += ["--ro-bind-try", path, path]
    for path in _LINKS:
        if Path(path).is_symlink():
            argv += ["--symlink", str(Path(path).readlink()), path]
        elif Path(path).exists():
            argv += ["--ro-bind", path, path]
    for folder in dict.fromkeys((sys.base_prefix, sys.prefix)):
        if not folder.startswith("/usr"):
            argv += ["--ro-bind", folder, folder]
    for room in _VISIBLE_ROOMS:
        argv += ["--ro-bind", str(_ROOMS / room), str(_ROOMS / room)]
    for file in reads:
        argv += ["--ro-bind", str(file), str(file)]
    if writes is not None:
        argv += ["--bind", str(writes), str(writes), "--chdir", str(writes)]
    return [*argv, "--"]


def _environment(writes: Path | None) -> dict[str, str]:
    """Nothing of ours but what decoders need to start."""
    kept = {name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ}
    return kept | {
        "PATH": _PATH,
        "LANG": "C.UTF-8",
        "HOME": str(writes or "/"),
        "TMPDIR": str(writes or "/tmp"),  # noqa: S108 - inside the box
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _feed(process: subprocess.Popen[bytes], stdin: bytes) -> None:
    assert process.stdin is not None
    with contextlib.suppress(BrokenPipeError):
        process.stdin.write(stdin)
        process.stdin.flush()
    with contextlib.suppress(BrokenPipeError):
        process.stdin.close()


def _wait(
    process: subprocess.Popen[bytes],
    deadline: float,
    limits: Limits,
    use: watching.Use,
    watch: Callable[[], None] | None,
) -> str | None:
    """Wait for the end; return the name of the limit that was passed first, if one was."""
    while (left := deadline - time.monotonic()) > 0:
        try:
            process.wait(min(_POLL_SECONDS, left))
        except subprocess.TimeoutExpired:
            exceeded = watching.exceeded(use, limits)
            if exceeded:
                return exceeded
            if watch:
                watch()
            continue
        return None
    return "seconds" if process.poll() is None else None


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the whole group, children of children too."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _read(file: BinaryIO, most: int) -> bytes:
    """Return the last `most` bytes of a short output, the first of a long one."""
    file.seek(0)
    return file.read(most)
