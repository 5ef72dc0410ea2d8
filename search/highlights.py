"""Why a result was found, and the places to show: marks by offsets on the original texts.

Engines do none of this, so that all of them show alike. Offsets count code points.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Final

from config.languages import base
from search.analysis.normalise import simplified
from search.analysis.terms import analyse, terms_of, trigrams

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from search.analysis.terms import Token
    from search.engine import Hit, Query, Text, TextField, Word

MOST_SNIPPETS: Final = 4
MOST_OF_FILES: Final = 2
EXCERPT: Final = 220
"""Characters of an excerpt; a title is shown whole."""

_BUDGET: Final = 30_000
"""Characters of file text analysed for one result where no quick look can rule them out: 20 ms."""
_LOOKED_THROUGH: Final = frozenset({"en", "es", "fr", "ms", "ru", "el", "zh", "th", "my"})
"""Languages whose terms begin like the words they come from, so that a quick look suffices."""
_NEEDLE: Final = 3
_ALIKE: Final = 0.6
_SHORTEST_TYPO: Final = 4
"""Letters of a word that may differ by one, as the engines have it."""
_SHOWN: Final[tuple[TextField, ...]] = ("title", "summary", "description", "file")

Mark = tuple[int, int]


@dataclass(frozen=True)
class Snippet:
    """A piece of a text, as it stands there, with what was found in it (from, to)."""

    field: TextField
    lang: str
    text: str
    marks: tuple[Mark, ...]
    cut_before: bool = False
    cut_after: bool = False
    asset: str | None = None
    page: int | None = None
    second: float | None = None


@dataclass(frozen=True)
class Reason:
    """What a result was found by: a field, or a concept with the label that was met."""

    field: TextField | None = None
    concept: str | None = None
    label: str | None = None
    lang: str | None = None


@dataclass(frozen=True)
class Explained:
    """Why a result was found, and where."""

    matched_by: tuple[Reason, ...] = ()
    snippets: tuple[Snippet, ...] = ()


@dataclass(frozen=True)
class _Sought:
    """All that can be met, of all the words of a query."""

    exact: frozenset[str]
    stems: frozenset[str]
    prefixes: tuple[str, ...]
    phrases: tuple[tuple[str, ...], ...]
    alike: tuple[frozenset[str], ...]
    mistyped: tuple[str, ...]
    needles: frozenset[str]
    whole: frozenset[str] | None
    """Terms of which a text must hold one; None where beginnings and likenesses count as well."""


def explain(query: Query, hit: Hit, *, quote_files: bool) -> Explained:
    """Say why `hit` answers `query`.

    With `quote_files` false nothing of a file's text is shown, though that it matched is said.
    """
    sought = _sought(query, near=hit.near)
    reasons: dict[Reason | str, Reason] = {
        match.concept: Reason(concept=match.concept, label=match.label, lang=match.lang)
        for match in query.concepts
        if match.concept in hit.subjects
    }
    snippets: list[Snippet] = []
    for text, marks in _matching(sought, _in_order(hit.texts, query.lang)):
        reason = Reason(field=text.field)
        if text.concept is not None:
            reason = Reason(concept=text.concept, label=text.value, lang=text.lang)
        reasons.setdefault(text.concept or reason, reason)
        if text.field in _SHOWN and (quote_files or text.field != "file"):
            snippets.append(_excerpt(text, marks))
    return Explained(tuple(reasons.values()), _best(snippets))


def _in_order(texts: Iterable[Text], lang: str) -> list[Text]:
    """Texts in the asker's language first, among those of one field."""
    return sorted(texts, key=lambda text: (text.field == "file", text.lang != lang))


def _best(snippets: Iterable[Snippet]) -> tuple[Snippet, ...]:
    """One of each field, and the two places of files that have most."""
    kept: list[Snippet] = []
    for field in _SHOWN:
        most = MOST_OF_FILES if field == "file" else 1
        found = [snippet for snippet in snippets if snippet.field == field]
        if field == "file":
            found.sort(key=lambda snippet: -len(snippet.marks))
        kept += found[:most]
    return tuple(kept[:MOST_SNIPPETS])


def _sought(query: Query, *, near: bool) -> _Sought:
    words = [word for word in query.words if not word.without and word.exact]
    plain = words if near else _of_form(words, "word")
    unsure = [word for word in plain if word.trigrams] if near else []
    phrases = tuple(word.exact for word in _of_form(words, "phrase"))
    return _met_by(plain, _of_form(words, "prefix"), phrases, unsure)


def _met_by(
    plain: list[Word], begun: list[Word], phrases: tuple[tuple[str, ...], ...], unsure: list[Word]
) -> _Sought:
    """Collect what meets whole words, beginnings, phrases, and words that may be mistyped."""
    prefixes = tuple(word.exact[-1] for word in begun)
    exact = _terms(word.exact for word in plain) | _terms(word.exact[:-1] for word in begun)
    stems = frozenset(_terms(word.stem for word in plain if len(word.exact) == 1))
    starts = _terms(phrase[:1] for phrase in phrases)
    return _Sought(
        frozenset(exact),
        stems,
        prefixes,
        phrases,
        alike=tuple(frozenset(word.trigrams) for word in unsure),
        mistyped=_mistyped(unsure),
        needles=_needles({*exact, *prefixes, *starts}, stems),
        whole=None if prefixes or unsure else stems | exact | starts,
    )


def _of_form(words: Iterable[Word], form: str) -> list[Word]:
    return [word for word in words if word.form == form]


def _mistyped(words: Iterable[Word]) -> tuple[str, ...]:
    return tuple(word.exact[0] for word in words if len(word.exact[0]) >= _SHORTEST_TYPO)


def _terms(each: Iterable[Iterable[str]]) -> set[str]:
    return set(chain.from_iterable(each))


def _needles(terms: set[str], stems: frozenset[str]) -> frozenset[str]:
    """Return the beginnings of which a text must hold one to be worth a closer look."""
    begun = terms | {stem.partition(":")[2] for stem in stems}
    return frozenset(_coarse(term)[:_NEEDLE] for term in begun)


def _matching(sought: _Sought, texts: Iterable[Text]) -> Iterator[tuple[Text, tuple[Mark, ...]]]:
    """Yield the texts in which something was found. Of files, look at what may hold something."""
    left = _BUDGET
    for text in texts:
        if text.field == "file":
            if not _may_hold(sought, text):
                continue
            left -= len(text.value)
            if left < 0:
                return
        if marks := _marks(sought, text):
            yield text, marks


def _may_hold(sought: _Sought, text: Text) -> bool:
    if sought.alike or not text.lang or base(text.lang) not in _LOOKED_THROUGH:
        return True
    coarse = _coarse(text.value)
    return any(needle in coarse for needle in sought.needles)


def _coarse(text: str) -> str:
    """Fold quickly, and more than the analysis does: what it finds is in here too."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", simplified(text).casefold())
    return "".join(each for each in decomposed if not unicodedata.combining(each))


def _marks(sought: _Sought, text: Text) -> tuple[Mark, ...]:
    if text.concept is not None and _label_without(sought, text):
        return ()
    tokens = analyse(text.value, text.lang)
    found = [(token.start, token.end) for token in tokens if _met(sought, token)]
    for phrase in sought.phrases:
        found += _phrase_marks(phrase, tokens)
    merged: list[Mark] = []
    for start, end in sorted(found):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _label_without(sought: _Sought, text: Text) -> bool:
    """Whether a label has nothing of what is sought: most texts of a result are labels like that."""
    whole = sought.whole
    return whole is not None and whole.isdisjoint(terms_of(text.value, text.lang))


def _met(sought: _Sought, token: Token) -> bool:
    if not sought.exact.isdisjoint(token.exact) or not sought.stems.isdisjoint(token.stems):
        return True
    if any(term.startswith(sought.prefixes) for term in token.exact):
        return True
    if any(_one_apart(wanted, term) for wanted in sought.mistyped for term in token.exact):
        return True
    return any(_resembles(wanted, term) for wanted in sought.alike for term in token.exact)


def _resembles(wanted: frozenset[str], term: str) -> bool:
    return len(wanted.intersection(trigrams(term))) >= _ALIKE * len(wanted)


def _one_apart(one: str, other: str) -> bool:
    """Tell whether a letter too many, too few, another or two exchanged part the two."""
    if abs(len(one) - len(other)) > 1:
        return False
    pairs = enumerate(zip(one, other, strict=False))
    same = next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))
    a, b = one[same:], other[same:]
    if a[1:] == b[1:] or a[1:] == b or a == b[1:]:
        return True
    return a[:2] == b[1::-1] and a[2:] == b[2:]


def _phrase_marks(phrase: Sequence[str], tokens: Iterable[Token]) -> list[Mark]:
    placed = [(term, token) for token in tokens for term in token.exact]
    found = []
    for at in range(len(placed) - len(phrase) + 1):
        stretch = placed[at : at + len(phrase)]
        if all(term == wanted for (term, _), wanted in zip(stretch, phrase, strict=True)):
            found.append((stretch[0][1].start, stretch[-1][1].end))
    return found


def _excerpt(text: Text, marks: tuple[Mark, ...]) -> Snippet:
    """Cut where most marks stand together, at white space where there is some."""
    whole = Snippet(
        text.field,
        text.lang,
        text.value,
        marks,
        asset=text.asset,
        page=text.page,
        second=text.second,
    )
    if text.field == "title" or len(text.value) <= EXCERPT:
        return whole
    best = max(
        marks,
        key=lambda mark: sum(mark[0] <= start < mark[0] + EXCERPT // 2 for start, _ in marks),
    )
    start = max(0, min(best[0] - EXCERPT // 4, len(text.value) - EXCERPT))
    end = min(len(text.value), max(start + EXCERPT, best[1]))
    if start > 0 and (gap := re.search(r"\s", text.value[start : best[0]])):
        start += gap.end()
    if end < len(text.value) and (gap := re.search(r"\s\S*$", text.value[best[1] : end])):
        end = best[1] + gap.start()
    inside = tuple((a - start, b - start) for a, b in marks if start <= a and b <= end)
    return replace(
        whole,
        text=text.value[start:end],
        marks=inside,
        cut_before=start > 0,
        cut_after=end < len(text.value),
    )
