"""The worker beside a portal, kept alive: started again when it dies, ended with the portal.

The first one parts from the portal's own process (fork(2)) when that has loaded the whole program, so
that they share it, and before it has opened anything or has a second thread: neither connections nor
locks survive that. One that dies is followed by programs of their own.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import select
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable

END_SECONDS = 15
"""What the worker has to end in, before it is killed."""
PAUSE_SECONDS = 1.0
PR_SET_PDEATHSIG, PR_SET_NAME = 1, 15


class Keeper:
    """Keeps one worker alive; made before the process has opened anything."""

    def __init__(self, work: Callable[[], object]) -> None:
        """Let a worker part, if this process has but one thread; `work` is its whole life.

        It does nothing before `start`. Where it cannot part it will be a program of its own.
        """
        self._stopping = threading.Event()
        self._starting = threading.RLock()
        self._parent = os.getpid()
        self._process: subprocess.Popen[bytes] | None = None
        self._worker: int | None = None
        self._go = -1
        if _is_alone():
            self._part(work)

    def _part(self, work: Callable[[], object]) -> None:
        # A page that the collector marks is copied: what is here already it need not look at.
        gc.collect()
        gc.freeze()
        told, self._go = os.pipe()
        worker = os.fork()
        if worker == 0:
            os.close(self._go)
            _live(partial(_begin, told, work))
        os.close(told)
        self._worker = os.pidfd_open(worker)

    def start(self) -> None:
        """Start the worker, with the environment as it is now."""
        if self._go >= 0:
            with suppress(BrokenPipeError), os.fdopen(self._go, "w", encoding="utf-8") as told:
                self._go = -1
                json.dump(dict(os.environ), told)
        threading.Thread(target=self._keep, daemon=True, name="keeper").start()

    def _keep(self) -> None:
        if self._worker is not None:
            _ended(self._worker)
            self._stopping.wait(PAUSE_SECONDS)
        while process := self._next():
            process.wait()
            self._stopping.wait(PAUSE_SECONDS)

    def _next(self) -> subprocess.Popen[bytes] | None:
        """Start a program; None when all is to end: `stop` must know of each that was started."""
        with self._starting:
            if self._stopping.is_set():
                return None
            self._process = subprocess.Popen(
                [sys.executable, "-m", "portal.cli", "worker"], start_new_session=True
            )
            return self._process

    def stop(self) -> None:
        """End the worker; after a time of grace, at once."""
        if os.getpid() != self._parent:
            return
        with self._starting:
            self._stopping.set()
        if self._go >= 0:
            os.close(self._go)
            self._go = -1
        if self._worker is not None:
            _end(self._worker)
        process = self._process
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()


def _live(life: Callable[[], object]) -> NoReturn:
    """Be a process that parted, and never come back to what it parted from."""
    code: object = 1
    try:
        code = life()
    except SystemExit as ended:
        code = ended.code
    except BaseException:  # noqa: BLE001 - nobody above could tell it
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 0)


def _begin(told: int, work: Callable[[], object]) -> object:
    """Wait for the word and work; where it never comes, the portal has ended."""
    os.setsid()
    end_with_parent()
    with os.fdopen(told, encoding="utf-8") as word:
        environ = json.loads(word.read() or "null")
    if environ is None:
        return 0
    os.environ.clear()
    os.environ.update(environ)
    return work()


def _ended(process: int, seconds: float | None = None) -> bool:
    """Wait for the end of a process, given by its descriptor (pidfd_open(2)), and bury it."""
    end = select.poll()
    end.register(process, select.POLLIN)
    if not end.poll(None if seconds is None else seconds * 1000):
        return False
    with suppress(ChildProcessError):  # gunicorn buries whatever it finds
        os.waitid(os.P_PIDFD, process, os.WEXITED)
    return True


def _end(process: int) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(process, number)
        if _ended(process, END_SECONDS):
            return


def called(name: str) -> None:
    """Have the process listed by a name of at most fifteen letters (prctl(2), Linux)."""
    _prctl(PR_SET_NAME, name.encode("ascii"))


def end_with_parent(number: int = signal.SIGTERM) -> None:
    """Ask the kernel for a signal when the parent dies (prctl(2), Linux)."""
    _prctl(PR_SET_PDEATHSIG, number)


def _prctl(option: int, value: bytes | int) -> None:
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(option, value)


def _is_alone() -> bool:
    """Whether this process has one thread, those of libraries counted."""
    try:
        return sum(1 for _ in Path("/proc/self/task").iterdir()) == 1
    except OSError:
        return False
