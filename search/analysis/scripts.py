"""Serbian and Uzbek in one script: Cyrillic letters to Latin ones, letter by letter."""

from __future__ import annotations

import re
from typing import Final

_CYRILLIC: Final = re.compile("[\u0400-\u04ff]")

_SERBIAN: Final = str.maketrans(
    {
        **dict(zip("абвгдезијклмнопрстћуфхцчш", "abvgdezijklmnoprstćufhcčš", strict=True)),
        "ђ": "đ",
        "ж": "ž",
        "љ": "lj",
        "њ": "nj",
        "џ": "dž",
    }
)
_UZBEK: Final = str.maketrans(
    {
        **dict(zip("абвгдезийклмнопрстуфхъэ", "abvgdezijklmnoprstufx'e", strict=True)),
        "й": "y",
        "ё": "yo",
        "ж": "j",
        "ц": "ts",
        "ч": "ch",
        "ш": "sh",
        "щ": "sh",
        "ы": "i",
        "ь": "",
        "ю": "yu",
        "я": "ya",
        "ў": "o'",
        "ғ": "g'",
        "қ": "q",
        "ҳ": "h",
    }
)
_UZBEK_YE: Final = re.compile("(^|[аеёиоуўэюя])е")


def is_cyrillic(word: str) -> bool:
    """Whether a word has a Cyrillic letter."""
    return bool(_CYRILLIC.search(word))


def serbian_latin(word: str) -> str:
    """Return a lower-case Serbian word in Latin letters, also where both scripts are mixed."""
    return word.translate(_SERBIAN)


def uzbek_latin(word: str) -> str:
    """Return a lower-case Uzbek word in Latin letters; е is ye at the start and after a vowel."""
    return _UZBEK_YE.sub(r"\1ye", word).translate(_UZBEK) if is_cyrillic(word) else word
