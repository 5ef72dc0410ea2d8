"""The colours, read out of the stylesheet, so that the page of components cannot show others."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

STYLESHEET = Path(__file__).parent.parent / "static" / "caravan.css"
COLOUR = re.compile(r"--([a-z-]+): (#[0-9a-f]{3,6})[;\s]")
DARK = "@media (prefers-color-scheme: dark)"


@lru_cache(maxsize=1)
def tokens() -> tuple[dict[str, str], dict[str, str]]:
    """Return the colours by their names: those of the light pages, and those of the dark ones."""
    head, _, rest = STYLESHEET.read_text(encoding="utf-8").partition("/* type:")[0].partition(DARK)
    return dict(COLOUR.findall(head)), dict(COLOUR.findall(rest))
