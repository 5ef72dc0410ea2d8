"""The entry of decoders written in Python, inside the sandbox: one task, JSON in, JSON out.

`python -I -m ingest.child MODULE:FUNCTION` reads keyword arguments as a JSON object from stdin and
prints {"result": ...}, or {"fault": code, "facts": {...}} when the file is at fault, or
{"unable": words} when the decoder lacks something on this machine, such as libmagic.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import sys
from typing import Any

from ingest.verdict import Faulty

TASKS = ("ingest.formats.", "ingest.scan")


def main() -> None:
    """Run the task that the command line names."""
    module, _, function = sys.argv[1].partition(":")
    if not module.startswith(TASKS):
        sys.exit(2)
    arguments = json.load(sys.stdin)
    with contextlib.redirect_stdout(io.StringIO()):
        answer = _answer(module, function, arguments)
    # A decoder may hand over half a surrogate pair; JSON's escapes carry it, UTF-8 would not.
    sys.stdout.write(json.dumps(answer, ensure_ascii=True))


def _answer(module: str, function: str, arguments: dict[str, Any]) -> dict[str, Any]:
    try:
        task = getattr(importlib.import_module(module), function)
    except ImportError as error:
        return {"unable": str(error)}
    try:
        return {"result": task(**arguments)}
    except Faulty as fault:
        return {"fault": fault.code, "facts": fault.facts}
    except (MemoryError, RecursionError) as error:
        return {"fault": "too_large", "facts": {"because": repr(error)[:300]}}
    except Exception as error:  # noqa: BLE001 - whatever a decoder throws at a strange file
        return {"fault": "damaged", "facts": {"because": repr(error)[:300]}}


if __name__ == "__main__":
    main()
