"""What all programs here share: medians of interleaved runs, and how busy the machine was meanwhile.

A figure of a busy machine is worth little, a ratio of two ways that took turns on it a good deal
more. So every way is run in turn, round by round, and the load of the machine is printed beside.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

MEGABYTE = 1_000_000
GIGABYTE = 1_000 * MEGABYTE
WIDTH = 44


def small(description: str | None) -> bool:
    """Read the command line; say whether the small run is wanted, which takes a minute at most."""
    reader = argparse.ArgumentParser(description=(description or "").splitlines()[0])
    reader.add_argument("--small", action="store_true", help="less of everything: a minute at most")
    return bool(reader.parse_args().small)


@contextmanager
def run_of(name: str) -> Iterator[None]:
    """Print the name, the day, the machine, and its load of the last minute before and after."""
    print(f"# {name}, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {machine()}")
    print(f"{'load before (1 minute)':<{WIDTH}} {os.getloadavg()[0]:.1f}", flush=True)
    began = time.monotonic()
    yield
    print(f"{'load after (1 minute)':<{WIDTH}} {os.getloadavg()[0]:.1f}")
    print(f"{'the run took':<{WIDTH}} {time.monotonic() - began:.0f} s", flush=True)


def machine() -> str:
    """Return the size of the machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GiB"


def in_turn(
    rounds: int, ways: Mapping[str, Callable[[], object]], *, warm: bool = True
) -> dict[str, list[float]]:
    """Run each way in turn, `rounds` times, after one turn that does not count; return seconds."""
    found: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(-1 if warm else 0, rounds):
        for name, way in ways.items():
            began = time.perf_counter()
            way()
            took = time.perf_counter() - began
            if number >= 0:
                found[name].append(took)
    return found


def show(name: str, value: str) -> None:
    """Print one figure."""
    print(f"{name:<{WIDTH}} {value}", flush=True)


def show_seconds(name: str, took: list[float]) -> None:
    """Print the median of a way in milliseconds, with the range of the rounds."""
    low, middle, high = (1000 * each for each in (min(took), statistics.median(took), max(took)))
    show(name, f"{middle:.1f} ms ({low:.1f} to {high:.1f}, {len(took)} rounds)")


def show_rate(name: str, took: list[float], amount: float, unit: str) -> None:
    """Print the median rate of a way that moves `amount` in each round."""
    show(name, f"{amount / statistics.median(took):.0f} {unit} a second")


def show_ratio(name: str, ours: list[float], bare: list[float], target: str) -> float:
    """Print and return how quick ours is, by the quickness of the bare way: median of the rounds."""
    ratios = [theirs / own for own, theirs in zip(ours, bare, strict=True)]
    low, middle, high = min(ratios), statistics.median(ratios), max(ratios)
    show(name, f"{middle:.2f} ({low:.2f} to {high:.2f}); {target}")
    return middle


def memory_of(pid: int) -> tuple[int, int]:
    """Return PSS and RSS of a process, in bytes (proc(5), `smaps_rollup`)."""
    told = dict(
        line.split(":", 1)
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()[1:]
    )
    return tuple(1024 * int(told[name].split()[0]) for name in ("Pss", "Rss"))  # type: ignore[return-value]
