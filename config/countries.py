"""Which country codes there are: ISO 3166-1 alpha-2. Their names are the portal's business."""

from pathlib import Path
from typing import Final


def _read(path: Path) -> frozenset[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return frozenset(code for line in lines if not line.startswith("#") for code in line.split())


COUNTRIES: Final = _read(Path(__file__).parent / "data" / "countries.txt")


def country(code: str) -> str:
    """Return the code in capitals; raises ValueError when no country has it."""
    capitals = code.strip().upper()
    if capitals not in COUNTRIES:
        raise ValueError(code)
    return capitals
