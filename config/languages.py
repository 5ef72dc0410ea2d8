"""The languages of Caravan, and the tags by which any language is called.

Tags are BCP 47 (RFC 5646) in canonical case. Any well-formed tag may be used for content; twelve
languages, two of them in two scripts and Chinese in two forms, are known by name.
"""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal

_ISO_639_2: Final = Path(__file__).parent / "data" / "iso639-2.csv"


@dataclass(frozen=True)
class Language:
    """A language as people know it; ``script`` is an ISO 15924 code."""

    tag: str
    own_name: str
    english_name: str
    script: str
    direction: Literal["ltr", "rtl"] = "ltr"


TWELVE: Final = ("zh", "en", "ru", "ar", "es", "fr", "th", "el", "sr", "ms", "uz", "my")

LANGUAGES: Final[Mapping[str, Language]] = MappingProxyType(
    {
        language.tag: language
        for language in (
            Language("zh", "简体中文", "Chinese (simplified)", "Hans"),
            Language("zh-Hant", "繁體中文", "Chinese (traditional)", "Hant"),
            Language("en", "English", "English", "Latn"),
            Language("ru", "Русский", "Russian", "Cyrl"),
            Language("ar", "العربية", "Arabic", "Arab", "rtl"),
            Language("es", "Español", "Spanish", "Latn"),
            Language("fr", "Français", "French", "Latn"),
            Language("th", "ไทย", "Thai", "Thai"),
            Language("el", "Ελληνικά", "Greek", "Grek"),
            Language("sr", "Српски", "Serbian (Cyrillic)", "Cyrl"),
            Language("sr-Latn", "Srpski", "Serbian (Latin)", "Latn"),
            Language("ms", "Bahasa Melayu", "Malay", "Latn"),
            Language("uz", "Oʻzbekcha", "Uzbek (Latin)", "Latn"),
            Language("uz-Cyrl", "Ўзбекча", "Uzbek (Cyrillic)", "Cyrl"),
            Language("my", "မြန်မာ", "Burmese", "Mymr"),
        )
    }
)

INTERFACE: Final = ("en", *(tag for tag in LANGUAGES if tag not in ("en", "zh-Hant")))
"""The languages the pages speak, English, from which all are translated, first.

Each has its catalogue of translations in the portal; traditional Chinese has none yet.
"""

# Scripts written from right to left, for languages beyond the twelve.
_RTL_SCRIPTS: Final = frozenset({"Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Adlm"})
_RTL_LANGUAGES: Final = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})

# A first subtag of four letters is reserved and none of five to eight is registered, so that
# "english" is a mistake, not a language.
_TAG: Final = re.compile(
    r"(?P<language>[a-z]{2,3})(?P<extlang>(?:-[a-z]{3}){0,3})"
    r"(?:-(?P<script>[a-z]{4}))?(?:-(?P<region>[a-z]{2}|[0-9]{3}))?"
    r"(?P<rest>(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*"
    r"(?:-[a-wyz0-9](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?)"
)
_LONGEST_TAG: Final = 64

# The script a language is written in when its tag names none.
_OWN_SCRIPT: Final[Mapping[str, str]] = MappingProxyType(
    {"zh": "Hans", "sr": "Cyrl", "uz": "Latn", "ms": "Latn"}
)
_HANT_REGIONS: Final = frozenset({"TW", "HK", "MO"})


@lru_cache(maxsize=512)
def normalise_tag(tag: str) -> str:
    """Return the tag in canonical case and shortest form: ``ZH-hans`` is ``zh``, ``eng`` is ``en``.

    Raises ValueError for what is not a well-formed tag of a language.
    """
    found = _TAG.fullmatch(tag.lower()) if tag.isascii() and len(tag) <= _LONGEST_TAG else None
    if found is None:
        raise ValueError(tag)
    language = _BY_THREE_LETTERS.get(found["language"], found["language"])
    script = (found["script"] or "").title()
    if script == _OWN_SCRIPT.get(language):
        script = ""
    subtags = [language + found["extlang"], script, (found["region"] or "").upper()]
    return "-".join(subtag for subtag in subtags if subtag) + found["rest"]


def base(tag: str) -> str:
    """Return the language of a tag without script, region or anything else."""
    return normalise_tag(tag).partition("-")[0]


def same_language(one: str, other: str) -> bool:
    """Tell whether two tags name one language, in whatever script or region."""
    return base(one) == base(other)


def direction(tag: str) -> Literal["ltr", "rtl"]:
    """Return the direction a language is written in, for an attribute ``dir``."""
    found = _TAG.fullmatch(normalise_tag(tag).lower())
    script = (found["script"] or "").title() if found else ""
    if script:
        return "rtl" if script in _RTL_SCRIPTS else "ltr"
    return "rtl" if base(tag) in _RTL_LANGUAGES else "ltr"


@lru_cache(maxsize=512)
def fallbacks(tag: str) -> tuple[str, ...]:
    """Return the order in which a reader of ``tag`` is offered texts, ``tag`` itself first.

    After it come its shorter forms, the language's other scripts, then English; a text in none of
    these is offered in its original language.
    """
    own = normalise_tag(tag)
    order = [own]
    if base(own) == "zh" and not _HANT_REGIONS.isdisjoint(own.split("-")):
        order.append("zh-Hant")
    shorter = own
    while "-" in shorter:
        shorter = shorter.rpartition("-")[0]
        if _TAG.fullmatch(shorter.lower()):
            order.append(normalise_tag(shorter))
    order.extend(known for known in LANGUAGES if base(known) == base(own))
    order.append("en")
    return tuple(dict.fromkeys(order))


def from_stream(code: str) -> str | None:
    """Return the tag for the language a media file states, or None where it states none.

    Files state ISO 639-2 codes, bibliographic (``chi``) or not (``zho``), or BCP 47 tags.
    """
    try:
        tag = normalise_tag(code.strip().replace("_", "-"))
    except ValueError:
        return None
    return None if base(tag) in {"und", "mul", "mis", "zxx"} else tag


def _read_three_letters() -> Mapping[str, str]:
    with _ISO_639_2.open(encoding="utf-8", newline="") as lines:
        return MappingProxyType({row["code"]: row["tag"] for row in csv.DictReader(lines)})


_BY_THREE_LETTERS: Final = _read_three_letters()
