"""The order of names in a list, as readers of a language expect it.

Babel knows no collation, and code points are the order of no language: they put Ähtäri behind
Zagreb and Chinese by radicals. ICU has the rules of CLDR for every language of ours, see decision
0015.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeVar

import icu

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Thing = TypeVar("Thing")

_UZBEK_CYRILLIC: Final = "&я < ў <<< Ў < қ <<< Қ < ғ <<< Ғ < ҳ <<< Ҳ"
"""The end of the Uzbek alphabet in Cyrillic, which CLDR has only in Latin letters."""


def in_order(
    things: Iterable[Thing], reader: str, name: Callable[[Thing], str] = str
) -> list[Thing]:
    """Return things by their names, in the order of the reader's language."""
    collator = _collator(reader)
    return sorted(things, key=lambda each: collator.getSortKey(name(each)))


@lru_cache(maxsize=64)
def _collator(reader: str) -> icu.Collator:
    if reader == "uz-Cyrl":
        return icu.RuleBasedCollator(_UZBEK_CYRILLIC)
    return icu.Collator.createInstance(icu.Locale.forLanguageTag(reader))
