"""Numbers as the reader's language writes them: grouped, with its marks, in its own digits.

The digits are those that a language has by custom, CLDR's default numbering system: Burmese has its
own, Arabic and all others of ours the Latin ones. Babel knows which system that is, and writes every
number in Latin digits. What stays in them in every language: a number with a unit in Latin letters
(5.8 MB, 256 kbit/s, 144p), a place in a film (3:40), codes, addresses, and what stands in fields.
"""

from __future__ import annotations

from typing import Final

from flask_babel import format_decimal, get_locale, get_translations

DIGITS: Final = {"mymr": "၀၁၂၃၄၅၆၇၈၉"}
"""By the names that CLDR has for numbering systems, from nought to nine."""
_OWN: Final = {name: str.maketrans("0123456789", digits) for name, digits in DIGITS.items()}


def digits() -> str:
    """Return the name of the reader's digits, for scripts; nothing where they are the Latin ones."""
    locale = get_locale()
    system = locale.default_numbering_system if locale else ""
    return system if system in DIGITS else ""


def in_own_digits(words: str) -> str:
    """Return words with their digits as the reader's language has them."""
    table = _OWN.get(digits())
    return words.translate(table) if table else words


def number(value: float, pattern: str | None = None) -> str:
    """Return a number as it stands in a sentence: 18,400."""
    return in_own_digits(format_decimal(value, pattern))


def ngettext(one: str, many: str, count: int, **facts: object) -> str:
    """Return the form of a sentence that goes with `count`; `%(num)s` in it is the number, or `num`.

    Flask-Babel's own puts the number in as Python writes it, without groups.
    """
    words: str = get_translations().ungettext(one, many, count)
    return words % {"num": number(count), **facts}
