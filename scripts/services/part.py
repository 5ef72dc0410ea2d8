"""What all real servers share: a cache, free ports, a scratch folder, a process and its end.

A part is a module with `install() -> Path`, which finds or makes the program once and keeps it,
and `start(folder) -> Running`. Whatever is missing is a `Missing` with one plain sentence. A
process is started in its own session with its log in a file; it is stopped by its process id, and
by the kernel when the thread that started it ends in any way (so start parts in the main thread).
"""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

STOP_SECONDS = 20


class Missing(Exception):
    """A part that cannot be had here; its text is one plain sentence."""


@dataclass(frozen=True)
class Running:
    """One server that answers: the settings that make Caravan use it, and how to end it."""

    name: str
    version: str
    settings: Mapping[str, str]
    pid: int
    stop: Callable[[], None]


def free_port() -> int:
    """Return a loopback port on which nobody listens at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def scratch(name: str) -> Iterator[Path]:
    """Give a folder that other users may enter, and drop it with all that is in it.

    Servers that refuse root run as a user of their own, who cannot enter a test's private folder.
    """
    folder = Path(tempfile.mkdtemp(prefix=f"caravan-{name}-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def kept(name: str, make: Callable[[Path], None]) -> Path:
    """Return the folder `name` of the cache, filled by `make` when it is not there yet.

    `make` fills an empty folder beside it, which gets its name when all is done: what is there is
    whole. Of two runs that start at once, the second waits for the first. Raises Missing.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "caravan" / "services"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            done = folder / name
            if not done.exists():
                half = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=folder))
                half.chmod(0o755)
                try:
                    make(half)
                    half.rename(done)
                finally:
                    shutil.rmtree(half, ignore_errors=True)
            return done
    except OSError as error:
        raise Missing(f"The cache of {name} cannot be kept in {folder}: {error}.") from error


def account(name: str) -> str | None:
    """Return the user whom a server takes that refuses root; None keeps the present one.

    Raises Missing when we are root and there is no such user.
    """
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(name).pw_name
    except KeyError as error:
        raise Missing(f"There is no user {name} on this machine.") from error


def own(folder: Path, user: str | None) -> None:
    """Give the folder and all that is in it to `user`; nothing to do for None."""
    if user is None:
        return
    entry = pwd.getpwnam(user)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, entry.pw_uid, entry.pw_gid, follow_symlinks=False)


def as_user(user: str | None, *, end: str = "TERM") -> list[str]:
    """Return the words before a command: drop to `user`, and end by signal `end` with the parent.

    setpriv asks the kernel after it has changed the user, since changing it drops that wish.
    """
    words = ["setpriv", "--pdeathsig", end]
    if user is not None:
        entry = pwd.getpwnam(user)
        words += ["--reuid", user, "--regid", str(entry.pw_gid), "--clear-groups"]
    return [*words, "--"]


def start_process(
    argv: Sequence[str],
    *,
    log: Path,
    ready: Callable[[], bool],
    seconds: float,
    user: str | None = None,
    environ: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    end: str = "TERM",
) -> tuple[int, Callable[[], None]]:
    """Start a server and wait until `ready`; return its process id and what stops it.

    `end` names the signal by which it ends in order. Raises Missing, with the last line of its
    log, when it ends early or is not ready after `seconds`.
    """
    with log.open("ab") as out:
        process = subprocess.Popen(
            [*as_user(user, end=end), *argv],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=dict(os.environ if environ is None else environ),
            cwd=cwd or log.parent,
            start_new_session=True,
        )

    def stop() -> None:
        _stop(process, signal.Signals[f"SIG{end}"])

    try:
        _wait(process, ready, seconds, f"{Path(argv[0]).name} (log: {log})", log)
    except BaseException:
        stop()
        raise
    return process.pid, stop


def _wait(
    process: subprocess.Popen[bytes],
    ready: Callable[[], bool],
    seconds: float,
    name: str,
    log: Path,
) -> None:
    until = time.monotonic() + seconds
    while process.poll() is None:
        if ready():
            return
        if time.monotonic() > until:
            raise Missing(f"{name} did not answer within {seconds:.0f} s: {_last(log)}")
        time.sleep(0.05)
    raise Missing(f"{name} ended with {process.returncode} before it answered: {_last(log)}")


def _last(log: Path) -> str:
    lines = log.read_text("utf-8", errors="replace").strip().splitlines()
    return lines[-1] if lines else "it wrote nothing."


def _stop(process: subprocess.Popen[bytes], end: signal.Signals) -> None:
    """End the process in order, or by force with all of its session; a second call does nothing."""
    if process.poll() is None:
        process.send_signal(end)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        else:
            return
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def answers(port: int) -> bool:
    """Tell whether somebody takes connections on this loopback port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def program(name: str, package: str) -> Path:
    """Return the program `name` of Debian's `package`. Raises Missing."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/local/sbin:/usr/sbin:/sbin")
    if found is None:
        raise Missing(f"{name} is missing: run sudo apt-get install -y {package}.")
    return Path(found)


def asked(argv: Sequence[str], *, environ: Mapping[str, str] | None = None) -> str:
    """Return what a command prints. Raises Missing with its last words when it fails."""
    done = subprocess.run(argv, capture_output=True, text=True, check=False, env=environ)
    if done.returncode:
        words = (done.stderr or done.stdout).strip().splitlines() or ["it said nothing"]
        raise Missing(f"{Path(argv[0]).name} failed: {words[-1]}")
    return done.stdout.strip() or done.stderr.strip()
