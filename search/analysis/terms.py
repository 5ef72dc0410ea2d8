"""Text to terms, with offsets into the original text. The only door into the analysis.

Three kinds of terms beat every single one: exact, stem and character trigram (docs/relevance.md).
Stems carry their language (`es:libr`), so that those of two languages never meet.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from config.languages import base
from search.analysis.normalise import composed, folded
from search.analysis.scripts import is_cyrillic, serbian_latin, uzbek_latin
from search.analysis.segment import ascii_words, runs, units
from search.analysis.stem import stems, without_elision

if TYPE_CHECKING:
    from collections.abc import Iterable

    from search.analysis.segment import Run

_SINGLE = {"han": "zh", "thai": "th", "burmese": "my"}
TRIGRAM = 3
KEPT_TERMS = 4096
"""Short texts whose terms are kept by one who asks for them often: a kilobyte each, or two."""
SHORT = 80
"""Characters; nearly every label and title."""


class Token(NamedTuple):
    """A word, or a unit of a script without spaces: where it stands, and what it is found by.

    `exact` are the terms of the exact field that begin here (a bigram in zh, th and my), `stems`
    those of the stem field. `run` numbers the run it belongs to.
    """

    start: int
    end: int
    exact: tuple[str, ...]
    stems: tuple[str, ...]
    run: int


def language_of(lang: str) -> str:
    """Return the language of a tag, without script and country; nothing for what is no tag."""
    try:
        return base(lang)
    except ValueError:
        return ""


def analyse(text: str, lang: str) -> tuple[Token, ...]:
    """Return the tokens of a text in language `lang` (a BCP 47 tag).

    Those of short texts are kept: the labels of a subject stand in every result that has it.
    """
    return _kept(text, lang) if len(text) <= SHORT else _analysed(text, lang)


def _analysed(text: str, lang: str) -> tuple[Token, ...]:
    language = language_of(lang)
    found: list[Token] = []
    for number, run in enumerate(runs(text)):
        found.extend(_tokens(run, number, language))
    return tuple(found)


_kept = lru_cache(KEPT_TERMS)(_analysed)


@lru_cache(KEPT_TERMS)
def terms_of(label: str, lang: str) -> frozenset[str]:
    """Return the exact terms and the stems of a label, in no order."""
    return frozenset(
        term for token in analyse(label, lang) for term in (*token.exact, *token.stems)
    )


def _tokens(run: Run, number: int, language: str) -> list[Token]:
    if run.kind == "word":
        exact, stems = word_terms(run.text, language)
        return [Token(run.start, run.end, (exact,), stems, number)] if exact else []
    pieces = units(run)
    prefix = _SINGLE[run.kind]
    found = []
    for place, (start, end, unit) in enumerate(pieces):
        single = (f"{prefix}:{unit}",)
        if place + 1 < len(pieces):
            _, last, following = pieces[place + 1]
            found.append(Token(start, last, (unit + following,), single, number))
        else:
            found.append(Token(start, end, (unit,) if place == 0 else (), single, number))
    return found


@lru_cache(maxsize=65_536)
def word_terms(word: str, language: str) -> tuple[str, tuple[str, ...]]:
    """Return the exact term and the stems of one word.

    Kept, since words repeat: two to three times as fast, for at most some 30 MB.
    """
    plain = composed(word)
    exact = folded(one_script(plain, language))
    return exact, tuple(f"{language or 'und'}:{each}" for each in stems(plain, language))


def one_script(word: str, language: str) -> str:
    """Return a composed word as the exact field has it: Serbian and Uzbek Latin, no elision."""
    if language == "sr":
        return serbian_latin(word)
    if language == "uz":
        return uzbek_latin(word)
    if language == "fr":
        return without_elision(word)
    if language == "en" and word.endswith("'s"):
        return word[:-2]
    return word


class Terms(NamedTuple):
    """All terms of a text, in order: what the fields of a document hold."""

    exact: list[str]
    stems: list[str]
    trigrams: list[str]


def all_terms(text: str, lang: str) -> Terms:
    """Return the terms of a text's tokens and its trigrams, in one walk: a quarter of the time.

    Written apart from `analyse` since a document needs no offsets, and has many words.
    """
    language = language_of(lang)
    exact: list[str] = []
    stems: list[str] = []
    cut: list[str] = []
    for word in _words(text):
        if isinstance(word, str):
            term, others, pieces = _word(word, language)
            if term:
                exact.append(term)
                stems += others
                cut += pieces
        else:
            for token in _tokens(word, 0, language):
                exact += token.exact
                stems += token.stems
    return Terms(exact, stems, cut)


def _words(text: str) -> Iterable[str | Run]:
    """Give the words of a text, and its runs without spaces."""
    if (found := ascii_words(text)) is not None:
        return found
    return (run.text if run.kind == "word" else run for run in runs(text))


@lru_cache(maxsize=16_384)
def _word(word: str, language: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    exact, others = word_terms(word, language)
    return exact, others, tuple(trigrams(exact))


def exact_terms(text: str, lang: str) -> list[str]:
    """Return the terms of the exact field, in order, for phrases."""
    return [term for token in analyse(text, lang) for term in token.exact]


def stem_terms(text: str, lang: str) -> list[str]:
    """Return the terms of the stem field."""
    return [term for token in analyse(text, lang) for term in token.stems]


def trigram_terms(text: str, lang: str) -> list[str]:
    """Return the character trigrams of the words; scripts without spaces have none."""
    language = language_of(lang)
    found: list[str] = []
    for run in runs(text):
        if run.kind == "word":
            found.extend(trigrams(word_terms(run.text, language)[0]))
    return found


def trigrams(term: str) -> list[str]:
    """Return the trigrams of one exact term, its edges marked."""
    marked = f"_{term}_"
    return [marked[at : at + TRIGRAM] for at in range(len(marked) - TRIGRAM + 1)]


@lru_cache(KEPT_TERMS)
def whole_key(text: str, lang: str) -> str:
    """Return a whole label or keyword folded for equality."""
    language = language_of(lang)
    pieces = []
    for word in _words(text):
        if isinstance(word, str):
            pieces.append(word_terms(word, language)[0])
        else:
            pieces.append("".join(unit for _, _, unit in units(word)))
    return " ".join(pieces)


def guessed_languages(word: str, lang: str) -> tuple[str, ...]:
    """Return in which languages a query's word may be meant, the asker's first, by its script."""
    language = language_of(lang)
    if is_cyrillic(word):
        return tuple(dict.fromkeys([*([language] if language in _CYRILLIC else []), *_CYRILLIC]))
    if any("\u0370" <= sign <= "\u03ff" or "\u1f00" <= sign <= "\u1fff" for sign in word):
        return ("el",)
    if any("\u0600" <= sign <= "\u06ff" for sign in word):
        return ("ar",)
    first = [language] if language and language not in _NOT_LATIN else []
    return tuple(dict.fromkeys([*first, *_LATIN]))


_CYRILLIC = ("ru", "sr", "uz")
_LATIN = ("en", "es", "fr", "sr", "uz", "ms")
_NOT_LATIN = frozenset({"zh", "ru", "ar", "th", "el", "my"})
