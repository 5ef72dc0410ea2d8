"""What stands in the fields of a kind, in the reader's words; and languages read by their names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from config.kinds import KINDS
from config.languages import LANGUAGES
from portal.facet_labels import language_name
from portal.field_labels import GRADES, unit_name
from portal.interface import language
from portal.numerals import number
from portal.sizes import NO_BREAK

if TYPE_CHECKING:
    from collections.abc import Iterable

COMMAS = re.compile("[,،、，၊;]")
"""Of Latin, Arabic, Chinese and Burmese; people part words by their own."""
COMMA = {"ar": "، ", "zh": "、", "my": "၊ "}
"""What stands between several of a kind in these languages; a comma and a space in all others."""


def field_value(kind: str, name: str, value: object) -> str:
    """Return the value of a field of a kind as a sentence has it: 86 kg, Chinese, in a workshop."""
    spec = KINDS[kind].field(name)
    if name == "buildability" and value in GRADES:
        return str(GRADES[value])
    if isinstance(value, list):
        told = names_of(value) if spec and spec.of_languages else map(str, value)
        return enumerated(told)
    if isinstance(value, int | float):
        unit = unit_name(spec.unit) if spec else ""
        return f"{number(value)}{NO_BREAK}{unit}" if unit else number(value)
    return str(value)


def names_of(tags: Iterable[str]) -> list[str]:
    """Return languages by the names that the reader has for them."""
    return [language_name(tag, language()) for tag in tags]


def tag_of(words: str) -> str:
    """Return the tag of a language that is named in the reader's language, in its own, or by its tag."""
    wanted = words.casefold()
    for tag, known in LANGUAGES.items():
        if wanted in (language_name(tag, language()).casefold(), known.own_name.casefold()):
            return tag
    return words


def together(words: Iterable[str], tag: str) -> str:
    """Return several words of a language in a row, as `parted` reads them."""
    return COMMA.get(tag.partition("-")[0], ", ").join(words)


def enumerated(words: Iterable[str]) -> str:
    """Return several words of the reader's language in a row."""
    return together(words, language())


def parted(text: str) -> list[str]:
    """Return the words of a field that takes several, between commas of whatever script."""
    return [word.strip() for word in COMMAS.split(text) if word.strip()]
