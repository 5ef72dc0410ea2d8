"""Bytes as people read them: what something weighs, and what is the most that is taken."""

from __future__ import annotations

from flask_babel import format_decimal
from flask_babel import lazy_gettext as _l

UNITS = (
    _l("%(number)s B"),
    _l("%(number)s kB"),
    _l("%(number)s MB"),
    _l("%(number)s GB"),
    _l("%(number)s TB"),
)
THOUSAND, BINARY = 1000, 1024
NO_BREAK = "\u00a0"


def filesize(size: int | None) -> str:
    """Return bytes as people read them: 5.8 MB, with a space that does not break."""
    if size is None:
        return ""
    value, unit = float(size), 0
    while value >= THOUSAND and unit < len(UNITS) - 1:
        value, unit = value / THOUSAND, unit + 1
    pattern = "#,##0" if unit == 0 or value >= 100 else "#,##0.#"  # noqa: PLR2004 - three digits say enough
    words = str(UNITS[unit]) % {"number": format_decimal(value, format=pattern)}
    return words.replace(" ", NO_BREAK)


def limit(size: int) -> str:
    """Return a limit in round figures: 1 MB as it is, 50 GiB as 50 GB, a little less than holds."""
    round_one = size
    while round_one and round_one % THOUSAND == 0:
        round_one //= THOUSAND
    if round_one < THOUSAND:
        return filesize(size)
    steps = 0
    while size >= BINARY ** (steps + 1):
        steps += 1
    return filesize(size * THOUSAND**steps // BINARY**steps)
