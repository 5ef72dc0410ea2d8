"""Sizes and durations as people write them, turned into numbers and back.

Sizes are whole bytes, durations whole seconds. Binary units (KiB, MiB) follow IEC 80000-13,
decimal ones (kB, MB) are powers of 1000. Letters may be of either case.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

_BYTES: Final[Mapping[str, int]] = {
    "": 1,
    "b": 1,
    "kb": 10**3,
    "mb": 10**6,
    "gb": 10**9,
    "tb": 10**12,
    "kib": 2**10,
    "mib": 2**20,
    "gib": 2**30,
    "tib": 2**40,
}
_SECONDS: Final[Mapping[str, int]] = {
    "": 1,
    "s": 1,
    "sec": 1,
    "min": 60,
    "h": 3600,
    "d": 86400,
}
# A bound on the digits, so that a hostile number costs nothing to read.
_QUANTITY: Final = re.compile(r"([0-9]{1,18}(?:\.[0-9]{1,9})?)\s*([A-Za-z]*)", re.ASCII)


def parse_bytes(text: str) -> int:
    """Read a size such as ``50 GiB``, ``1.5MB`` or ``1048576`` as whole bytes.

    A part of a byte is dropped. Raises ValueError for anything else, negative sizes included.
    """
    return _parse(text, _BYTES)


def parse_seconds(text: str) -> int:
    """Read a duration such as ``30``, ``15 min`` or ``1.5 h`` as whole seconds.

    A part of a second is dropped. Raises ValueError for anything else.
    """
    return _parse(text, _SECONDS)


def format_bytes(size: int) -> str:
    """Write a size in the largest binary unit that divides it evenly: nothing is rounded."""
    for unit in ("TiB", "GiB", "MiB", "KiB"):
        factor = _BYTES[unit.lower()]
        if size >= factor and size % factor == 0:
            return f"{size // factor} {unit}"
    return str(size)


def _parse(text: str, units: Mapping[str, int]) -> int:
    found = _QUANTITY.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    number, unit = found.groups()
    factor = units.get(unit.lower())
    if factor is None:
        raise ValueError(text)
    return int(Decimal(number) * factor)
