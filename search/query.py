"""A person's words into a value: words, "phrases", -without, prefix*. Any string is a query."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from search.analysis.segment import runs
from search.analysis.terms import analyse, guessed_languages, trigrams
from search.engine import Word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from search.analysis.segment import Run
    from search.analysis.terms import Token

LONGEST_QUERY: Final = 500
"""Characters that are read; a pasted page is cut there."""
MOST_WORDS: Final = 32

_QUOTES: Final = str.maketrans(dict.fromkeys("“”„‟«»‹›＂〝〞〟「」『』《》", '"'))
_PART: Final = re.compile(
    r'(?P<minus>(?<!\S)[-−－](?=\S))?(?:"(?P<phrase>[^"]*)"?|(?P<bare>[^\s"]+))'
)
_STARS: Final = "*＊"
_AND: Final = ("و",)


def parse(text: str, lang: str) -> tuple[Word, ...]:
    """Return the words of a query in language `lang`, in order; never raises."""
    words: list[Word] = []
    for part in _PART.finditer(_plain(text)):
        without = bool(part["minus"])
        if part["phrase"] is not None:
            words.extend(_phrase(part["phrase"], lang, without=without))
        else:
            words.extend(_bare(part["bare"], lang, without=without))
    return tuple(_telling(words)[:MOST_WORDS])


def _telling(words: list[Word]) -> list[Word]:
    """Leave out an Arabic "and" that stands alone: as often as not it is written into a word."""
    return [word for word in words if word.form != "word" or word.exact != _AND] or words


def _plain(text: str) -> str:
    kept = (
        " " if unicodedata.category(sign) in ("Cc", "Cs", "Co", "Cn") else sign
        for sign in text[:LONGEST_QUERY]
    )
    return "".join(kept).translate(_QUOTES)


def _phrase(text: str, lang: str, *, without: bool) -> Iterator[Word]:
    tokens = analyse(text, _meant(text, lang))
    exact = tuple(term for token in tokens for term in token.exact)
    if exact:
        yield Word(text, exact, form="phrase", without=without)


def _bare(text: str, lang: str, *, without: bool) -> Iterator[Word]:
    """Read what stands between blanks: one word, or several runs of several scripts."""
    found = list(runs(text))
    for run in found:
        prefix = text[-1:] in _STARS and run is found[-1] and run.kind == "word"
        word = _word(run, lang, prefix=prefix, without=without)
        if word is not None:
            yield word


def _word(run: Run, lang: str, *, prefix: bool, without: bool) -> Word | None:
    tokens = analyse(run.text, _meant(run.text, lang))
    exact = tuple(term for token in tokens for term in token.exact)
    if not exact:
        return None
    if prefix:
        return Word(run.text, exact, form="prefix", without=without)
    if run.kind != "word":
        return Word(run.text, exact, _rescue(tokens, exact), without=without)
    languages = guessed_languages(run.text, lang)
    stems = tuple(
        dict.fromkeys(
            term
            for language in languages
            for token in analyse(run.text, language)
            for term in token.stems
        )
    )
    return Word(run.text, exact, stems, tuple(trigrams(exact[0])), without=without)


def _rescue(tokens: Sequence[Token], exact: tuple[str, ...]) -> tuple[str, ...]:
    """Return the single signs of a run that serve beside its pairs.

    None where there is one pair only: any stem meets a word with one exact term, and what has
    either sign of 电路 is not about circuits.
    """
    if len(tokens) > 1 and len(set(exact)) == 1:
        return ()
    return tuple(term for token in tokens for term in token.stems)


def _meant(text: str, lang: str) -> str:
    """Return the language whose exact terms are taken: the asker's, where its script fits."""
    first = next((run for run in runs(text) if run.kind == "word"), None)
    return guessed_languages(first.text, lang)[0] if first else lang
