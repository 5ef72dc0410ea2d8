"""Starts the real servers: for a developer until Ctrl-C, or around one command.

`python -m scripts.services [PART ...]` prints the settings that make Caravan use them.
`python -m scripts.services run [PART ...] -- COMMAND` runs the command with `REAL_SERVERS` in its
environment, which `tests/services.py` reads, and ends with the command's own code.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import shlex
import signal
import subprocess
import sys
from contextlib import ExitStack
from types import FrameType

from scripts.services import part

PARTS = ("postgresql", "versitygw", "nginx", "elasticsearch")
VARIABLE = "REAL_SERVERS"


def start_all(names: tuple[str, ...], stack: ExitStack) -> list[part.Running]:
    """Start the parts in turn; the stack ends them in the other order. Raises Missing."""
    running = []
    for name in names:
        module = importlib.import_module(f"scripts.services.{name}")
        folder = stack.enter_context(part.scratch(name))
        started: part.Running = module.start(folder)
        stack.callback(started.stop)
        running.append(started)
    return running


def for_environment(running: list[part.Running]) -> str:
    """Return what `tests/services.py` reads: JSON by name, without what only we can call."""
    return json.dumps(
        {
            each.name: {"version": each.version, "settings": dict(each.settings), "pid": each.pid}
            for each in running
        }
    )


def run(names: tuple[str, ...], command: list[str]) -> int:
    """Run the command beside the parts; return its code."""
    with ExitStack() as stack:
        running = start_all(names, stack)
        told = ", ".join(f"{each.name} {each.version}" for each in running)
        print(f"Real servers: {told}", flush=True)
        environ = {**os.environ, VARIABLE: for_environment(running)}
        child = subprocess.Popen([*part.as_user(None), *command], env=environ)
        stack.callback(_end, child)
        return child.wait()


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        child.terminate()
        child.wait()


def serve(names: tuple[str, ...]) -> int:
    """Print the settings and wait for the end."""
    with ExitStack() as stack:
        for each in start_all(names, stack):
            print(f"# {each.name} {each.version}, process {each.pid}")
            for name, value in each.settings.items():
                print(f"export {name}={shlex.quote(value)}")
        print("# Ctrl-C ends them all and drops what they hold.", flush=True)
        while True:
            signal.pause()


def main(words: list[str]) -> int:
    """Understand the command line; a missing part is one sentence and the code 1."""
    there = tuple(name for name in PARTS if importlib.util.find_spec(f"scripts.services.{name}"))
    command: list[str] = []
    if "--" in words:
        words, command = words[: words.index("--")], words[words.index("--") + 1 :]
    running = words[:1] == ["run"]
    names = tuple(words[1:] if running else words) or there
    unknown = [name for name in names if name not in there]
    if unknown or running != bool(command):
        print(f"{__doc__}\nParts: {', '.join(there)}", file=sys.stderr)
        return 2
    try:
        return run(names, command) if running else serve(names)
    except part.Missing as missing:
        print(missing, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _ends(number: int, frame: FrameType | None) -> None:
    del frame
    raise SystemExit(128 + number)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _ends)
    raise SystemExit(main(sys.argv[1:]))
