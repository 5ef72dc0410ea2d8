"""Serbian in Latin letters from Serbian in Cyrillic, Uzbek in Cyrillic letters from Uzbek in Latin.

The catalogues of `sr-Latn` and `uz-Cyrl` are made by this; a museum corrects `sr` and `uz` alone.
What is no word of the language stays: places to fill, tags of HTML, commands, settings, names.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from search.analysis.scripts import is_cyrillic, serbian_latin

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_LEFT_ALONE: Final = re.compile(
    r"%\(\w+\)[sd]|<[^>]*>|\{\w*\}"  # places and tags
    r"|https?://\S+|\S+@\S+|--[a-z][\w-]*|\.[a-z0-9]{2,5}\b"  # addresses, options, endings
    r"|\b\w*[a-z0-9][A-Z]\w*|\b[A-Z][A-Z0-9_]+(?:-\d+|[a-z]+)?\b|\b[BW]\b"  # WebVTT, kB, CARAVAN_HOME
    r"|\b(?:Caravan|Chromium|curl|axe-core)"  # their endings are Uzbek ones
    r"|\b(?:Elasticsearch|Creative Commons|Office|Word|Excel|magnet|magnetism|tus|kbit/s)\b"
    r"|\bcaravan(?: (?:doctor|fixity|audit|backup|restore|reindex|import|serve|worker))?\b"
)


def serbian(text: str) -> str:
    """Return Serbian in Latin letters; each Cyrillic letter has exactly one form there."""
    return "".join(_serbian_letter(text, place) for place in range(len(text)))


def _serbian_letter(text: str, place: int) -> str:
    letter = text[place]
    if not is_cyrillic(letter):
        return letter
    latin = serbian_latin(letter.lower())
    if letter.islower():
        return latin
    beside = text[place + 1 : place + 2] or text[place - 1 : place]
    return latin.upper() if beside.isupper() else latin.capitalize()


# Of two or three Latin letters that are one or two in Cyrillic, the longer first; ts, s and the
# soft sign are where Latin has lost a difference, so that words taken from Russian are listed.
_UZBEK_PAIRS: Final[Mapping[str, str]] = {
    "yoʻ": "йў",
    "sʼh": "сҳ",
    "oʻ": "ў",
    "gʻ": "ғ",
    "sh": "ш",
    "ch": "ч",
    "yo": "ё",
    "yu": "ю",
    "ya": "я",
    "ye": "е",
}
_UZBEK_LETTERS: Final[Mapping[str, str]] = {
    **dict(zip("abdefghijklmnopqrstuvxyz", "абдефгҳижклмнопқрстувхйз", strict=True)),
    "ʼ": "ъ",
    "c": "с",
    "w": "в",
}
_TAKEN_WORDS: Final = (
    (re.compile(r"ts(?=iya|enzi|ent|ifr)"), "ц"),
    (re.compile(r"(?<=[kn])s(?=iya)(?<!pens)"), "ц"),
    (re.compile(r"(?<=[bdvzj])(?=yekt|yezd)"), "ъ"),
    (re.compile(r"(?<=fil)(?=m)|(?<=mul)(?=tf)|(?<=al)(?=bom)"), "ь"),
    (re.compile(r"(?<=parol)$|(?<=\brol)$|(?<=model)$|(?<=modul)$|(?<=kabel)$|(?<=panel)$"), "ь"),
    (re.compile(r"(?<=komp)(?=yut)|(?<=interv)(?=yu)|(?<=b)(?=yudj)|(?<=sen)(?=tyabr)"), "ь"),
)
_AT_A_START: Final = re.compile(r"(?<![\wʻʼ])e|(?<=[aiou])e|(?<=oʻ)e")
_PAIR: Final = re.compile("|".join(_UZBEK_PAIRS))


def uzbek(text: str) -> str:
    """Return Uzbek in Cyrillic letters, what `_LEFT_ALONE` finds excepted."""
    done, last = [], 0
    for kept in _LEFT_ALONE.finditer(text):
        done += [_uzbek_words(text[last : kept.start()]), kept.group()]
        last = kept.end()
    return "".join([*done, _uzbek_words(text[last:])])


def _uzbek_words(text: str) -> str:
    return re.sub(r"[A-Za-zʻʼ]+", lambda word: _uzbek_word(word.group()), text)


def _uzbek_word(word: str) -> str:
    small = word.lower()
    for pattern, letters in _TAKEN_WORDS:
        small = pattern.sub(letters, small)
    small = _AT_A_START.sub("э", small)
    small = _PAIR.sub(lambda pair: _UZBEK_PAIRS[pair.group()], small)
    small = "".join(_UZBEK_LETTERS.get(letter, letter) for letter in small)
    if word.isupper() and len(word) > 1:
        return small.upper()
    return small[:1].upper() + small[1:] if word[:1].isupper() else small


FROM: Final[Mapping[str, tuple[str, Callable[[str], str]]]] = {
    "sr-Latn": ("sr", serbian),
    "uz-Cyrl": ("uz", uzbek),
}
"""For each catalogue that is made: whose it is made from, and by which step."""
