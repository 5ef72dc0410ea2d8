"""Words to stems: Snowball where there is one, light endings of our own where there is not."""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING, Final

import Stemmer

from search.analysis.normalise import folded, without_apostrophes
from search.analysis.scripts import serbian_latin, uzbek_latin

if TYPE_CHECKING:
    from collections.abc import Callable

_SNOWBALL: Final = {
    "en": "english",
    "ru": "russian",
    "es": "spanish",
    "fr": "french",
    "el": "greek",
    "ms": "indonesian",
}
"""Indonesian for Malay: the two share their endings."""

_local = threading.local()

_ELISION: Final = re.compile("^(?:l|d|j|m|n|s|t|c|qu|jusqu|lorsqu|puisqu)'(?=.)")
_ARABIC_PREFIX: Final = re.compile("^(?:وال|بال|كال|فال|ال|لل)(?=..)|^و(?=...)")
_ARABIC_SUFFIX: Final = re.compile("(?<=..)(?:ها|ان|ات|ون|ين|يه|ه|ي)$")
_SERBIAN_ENDING: Final = re.compile(
    "(?<=...)(?:ovima|evima|ijama|stvo|stva|skog|skom|skih|skim|nost|nosti|jima|ama|ima|oga|ega|"
    "omu|emu|ima|ovi|eva|ova|ski|ska|sko|ske|aju|iju|eju|om|em|og|eg|im|ih|oj|ju|ja|je|ji|a|e|i|o|u)$"
)
_UZBEK_ENDING: Final = re.compile(
    "(?<=...)(?:larning|lardan|larga|larni|larda|ning|lari|imiz|ingiz|lik|chi|dan|lar|dagi|"
    "gan|ish|moq|ni|ga|da|si|im|ing|i)$"
)
_LIKE_A_VERB: Final = tuple("лмнт")
_UZBEK_ROUNDS: Final = 3
_SHORTEST_STEM: Final = 3


def without_elision(word: str) -> str:
    """Return a French word without the elided article before it (l', d', qu' ...)."""
    return _ELISION.sub("", word)


def _snowball(language: str, word: str) -> str:
    """A stemmer is not safe to share between threads: each has its own."""
    stemmers = _local.__dict__.setdefault("stemmers", {})
    if language not in stemmers:
        stemmers[language] = Stemmer.Stemmer(_SNOWBALL[language], 0)
    stemmed: str = stemmers[language].stemWord(word)
    return stemmed


def _arabic(word: str) -> str:
    """Larkey's light10: prefixes, then suffixes."""
    word = _ARABIC_PREFIX.sub("", folded(word))
    for _ in range(2):
        word = _ARABIC_SUFFIX.sub("", word)
    return word


def _serbian(word: str) -> str:
    return folded(_SERBIAN_ENDING.sub("", serbian_latin(word)))


def _uzbek(word: str) -> str:
    plain = without_apostrophes(uzbek_latin(word))
    for _ in range(_UZBEK_ROUNDS):
        shorter = _UZBEK_ENDING.sub("", plain)
        if shorter == plain or len(shorter) < _SHORTEST_STEM:
            break
        plain = shorter
    return folded(plain)


def _french(word: str) -> str:
    return folded(_snowball("fr", without_elision(word)))


_OWN: Final[dict[str, Callable[[str], str]]] = {
    "ar": _arabic,
    "fr": _french,
    "sr": _serbian,
    "uz": _uzbek,
}


def stem(word: str, language: str) -> str:
    """Return the folded stem of a composed word; the folded word where there is no rule.

    Snowball needs the accents of French and Spanish: stemmed first, folded after.
    """
    own = _OWN.get(language)
    if own is not None:
        return own(word)
    return folded(_snowball(language, word) if language in _SNOWBALL else word)


def stems(word: str, language: str) -> tuple[str, ...]:
    """Return all stems of a composed word, nearly always one. There are two of

    - Russian nouns that look like verbs: Snowball cuts магнит and сигнал to магн and сигна, but
      not their other cases. So what ends like those is its own stem as well.
    - accented words of French and Spanish, also stemmed as people type them: Snowball makes energ
      of energía, and energi of energia.
    """
    first = stem(word, language)
    if language == "ru" and word.endswith(_LIKE_A_VERB) and len(word) > _SHORTEST_STEM:
        return tuple(dict.fromkeys((first, folded(word))))
    if language in ("es", "fr") and not word.isascii():
        plain = folded(without_elision(word) if language == "fr" else word)
        return tuple(dict.fromkeys((first, stem(plain, language))))
    return (first,)
