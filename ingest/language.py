"""Text to its language: scripts first, which do not lie, then a statistical guess.

The guess is py3langid's, over 97 languages. It knows no Burmese and no Uzbek and takes Serbian in
Latin letters for its neighbours; the rules here know better.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Final

from config.languages import base, same_language

if TYPE_CHECKING:
    from collections.abc import Callable

_LOOKED_AT: Final = 20_000
_FEWEST_LETTERS: Final = 12
_SHARE: Final = 0.12
"""Share of a text that another language must have to be named."""
_CHUNK: Final = 240
_MOST_CHUNKS: Final = 80

_SCRIPTS: Final = {
    "CJK": "zh",
    "THAI": "th",
    "MYANMAR": "my",
    "GREEK": "el",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
    "DEVANAGARI": "hi",
    "HEBREW": "he",
    "GEORGIAN": "ka",
    "ARMENIAN": "hy",
    "KHMER": "km",
    "LAO": "lo",
}
_TRADITIONAL: Final = frozenset("國學會這個來時們說對開後電話書車與為無體點實驗覽館雲證")
_SIMPLIFIED: Final = frozenset("国学会这个来时们说对开后电话书车与为无体点实验览馆云证")
_GUESSED: Final = (
    "en es fr ru ar ms id sr hr bs de it pt nl pl cs sk sl hu ro bg uk be kk ky mn tr az fa ur "
    "ps sw vi tl lt lv et fi sv da no he"
)
"""What is guessed among: of all 97, short texts come out as Ligurian or Central Bikol."""
_UZBEK_CYRILLIC: Final = re.compile("[ўқғҳ]", re.IGNORECASE)
_NOT_UZBEK: Final = re.compile("[әіңөұүһӣӯҷ]", re.IGNORECASE)
"""Letters of Kazakh, Kyrgyz, Mongolian, Tajik and Belarusian, which share some of Uzbek's."""
_SERBIAN_CYRILLIC: Final = re.compile("[ђјљњћџ]", re.IGNORECASE)
_UZBEK_LATIN: Final = re.compile(r"\b(?:va|bilan|uchun|bo[‘’ʻ'`]l\w*|o[‘’ʻ'`]\w+|g[‘’ʻ'`]\w+)\b")
_SERBIAN_LATIN: Final = frozenset({"sr", "hr", "bs"})


def _letters_by_language(text: str, given: str | None) -> Counter[str]:
    found: Counter[str] = Counter()
    for chunk in _chunks(text):
        if tag := _of_chunk(chunk, given):
            found[tag] += sum(sign.isalpha() for sign in chunk)
    return found


def detect(text: str, given: str | None = None) -> tuple[str | None, tuple[str, ...]]:
    """Return the main language of a text and all that have a fair share, as BCP 47 tags.

    `given` is what its giver said: it leads where the text does not speak against it.
    """
    found = _letters_by_language(text[:_LOOKED_AT], given)
    if not found:
        return given, (given,) if given else ()
    total = sum(found.values())
    shares = [tag for tag, count in found.most_common() if count >= _SHARE * total]
    main = shares[0] if shares else found.most_common(1)[0][0]
    if given and same_language(main, given):
        main = given
    return main, tuple(dict.fromkeys([main, *shares]))


def _chunks(text: str) -> list[str]:
    """Cut into lines, short ones of one script joined, so that a heading does not decide."""
    chunks: list[str] = []
    for line in text.splitlines():
        if chunks and len(chunks[-1]) < _CHUNK and _script(chunks[-1]) == _script(line):
            chunks[-1] += f" {line}"
        elif line.strip():
            chunks.append(line)
    return chunks[:_MOST_CHUNKS]


def _script(text: str) -> str | None:
    counted = Counter(
        unicodedata.name(sign, "?").split()[0] for sign in text[:400] if sign.isalpha()
    )
    return counted.most_common(1)[0][0] if counted else None


def _of_chunk(text: str, given: str | None) -> str | None:
    script = _script(text)
    letters = sum(sign.isalpha() for sign in text)
    if script is None:
        return None
    if script == "CJK" and any("\u3040" <= sign <= "\u30ff" for sign in text):
        return "ja"
    if script == "CJK":
        return _chinese(text)
    if script in _SCRIPTS:
        return _SCRIPTS[script]
    if letters < _FEWEST_LETTERS:
        return None
    by_script: dict[str, Callable[[str, str | None], str]] = {
        "CYRILLIC": _cyrillic,
        "LATIN": _latin,
    }
    return by_script.get(script, _guessed)(text, given)


def _chinese(text: str) -> str:
    old = sum(sign in _TRADITIONAL for sign in text)
    return "zh-Hant" if old > sum(sign in _SIMPLIFIED for sign in text) else "zh"


def _cyrillic(text: str, given: str | None) -> str:
    if _UZBEK_CYRILLIC.search(text) and not _NOT_UZBEK.search(text):
        return "uz-Cyrl"
    if _SERBIAN_CYRILLIC.search(text):
        return "sr"
    guess = _guessed(text, given)
    # Every third Serbian word has one of those letters; a short Russian one may look like Serbian.
    return "ru" if guess == "sr" and not (given and base(given) == "sr") else guess


def _latin(text: str, given: str | None) -> str:
    words = len(text.split())
    if len(_UZBEK_LATIN.findall(text.lower())) > 0.06 * words:
        return "uz"
    guess = _guessed(text, given)
    if guess in _SERBIAN_LATIN:
        return "sr-Latn"
    return "ms" if guess == "id" and given and base(given) == "ms" else guess


@cache
def _model() -> Callable[[str], tuple[str, float]]:
    """Load the model when first asked: 30 MB that a portal never needs."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages([tag for tag in _GUESSED.split() if tag in identifier.labels])
    return identifier.classify  # type: ignore[no-any-return]


def _guessed(text: str, given: str | None) -> str:
    del given
    return _model()(text[:2000])[0]
