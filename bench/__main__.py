"""Runs all programs of this folder, one after the other: `make bench`, or with `--small` sooner.

A target that is missed is told at the end and makes the exit code 1; the others run all the same.
"""

from __future__ import annotations

import subprocess
import sys

from bench.figures import small
from bench.serving import ROOT

PROGRAMS = (
    "idle",
    "search_page",
    "queue_page",
    "rebuild",
    "bulk_import",
    "upload_s3",
    "download_nginx",
    "thin_lines",
    "thin_pages",
)
SMALL_LINES = ["--seconds", "20"]


def main() -> int:
    """Run each in a process of its own."""
    less = small(__doc__)
    missed = []
    for name in PROGRAMS:
        words = ["--small"] if less else []
        if name == "thin_lines":
            words = SMALL_LINES if less else []
        print(f"\n=== bench.{name}", flush=True)
        ended = subprocess.run(
            [sys.executable, "-m", f"bench.{name}", *words], cwd=ROOT, check=False
        )
        if ended.returncode:
            missed.append(name)
    print(f"\nTargets missed: {', '.join(missed) or 'none'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
