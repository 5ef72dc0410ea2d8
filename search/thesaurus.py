"""Query words and the vocabulary: which concepts the words name, in whatever language.

A label matches when its terms, exact or stemmed, stand in a row among those of the query. The
longest labels win: "magnetic field" is not also "field".
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import islice, product
from typing import TYPE_CHECKING, Final

from search.analysis.terms import analyse, language_of
from search.engine import ConceptMatch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from search.engine import Word

LONGEST_LABEL: Final = 6
"""Words of a query that are compared with one label; longer labels exist, but nobody types them."""
_MOST_ROWS: Final = 16


@dataclass(frozen=True)
class ConceptLabel:
    """A name of a concept in a language."""

    concept: str
    lang: str
    text: str
    preferred: bool = True


class Thesaurus:
    """An index of labels by their terms, built once."""

    def __init__(self, labels: Iterable[ConceptLabel]) -> None:
        """Read all labels; the preferred ones come first in a match."""
        self._by_exact: dict[tuple[str, ...], list[ConceptLabel]] = defaultdict(list)
        self._by_stems: dict[tuple[str, ...], list[ConceptLabel]] = defaultdict(list)
        for label in sorted(labels, key=lambda each: not each.preferred):
            tokens = analyse(label.text, label.lang)
            self._by_exact[tuple(term for each in tokens for term in each.exact)].append(label)
            for row in _rows([each.stems for each in tokens]):
                self._by_stems[row].append(label)
        self._by_exact.pop((), None)
        self._by_stems.pop((), None)

    def match(self, words: Sequence[Word], lang: str) -> tuple[ConceptMatch, ...]:
        """Return the concepts that words name, in the order of the words.

        A concept named twice ("magnet 磁铁") is met by both, or the second would stay unmet.
        """
        found: dict[tuple[str, int], ConceptMatch] = {}
        taken: set[int] = set()
        for length in range(min(LONGEST_LABEL, len(words)), 0, -1):
            for first in range(len(words) - length + 1):
                places = range(first, first + length)
                if taken.intersection(places):
                    continue
                labels = self._labels(words[first : first + length], lang)
                for label in labels:
                    found.setdefault(
                        (label.concept, first),
                        ConceptMatch(
                            label.concept, label.text, label.lang, first, first + length - 1
                        ),
                    )
                if labels and length > 1:
                    taken.update(places)
        return tuple(sorted(found.values(), key=lambda each: each.first))

    def _labels(self, words: Sequence[Word], lang: str) -> list[ConceptLabel]:
        """Return the labels that these words spell out.

        Exact before stemmed, and the asker's language before all others, each only where the one
        before gives nothing: as stems, Mars is the French word for tides.
        """
        if any(word.without or word.form == "prefix" for word in words):
            return []
        exact = tuple(term for word in words for term in word.exact)
        labels = self._by_exact.get(exact) or self._stemmed(words)
        own = [label for label in labels if language_of(label.lang) == language_of(lang)]
        return own or labels

    def _stemmed(self, words: Sequence[Word]) -> list[ConceptLabel]:
        """Return the labels with the stems of these words, all of one language."""
        labels: list[ConceptLabel] = []
        if all(word.stem and len(word.exact) == 1 for word in words):
            for language in _languages(words[0]):
                for row in _rows([_stems_in(word, language) for word in words]):
                    labels += self._by_stems.get(row, ())
        return labels


def _languages(word: Word) -> list[str]:
    return list(dict.fromkeys(stem.partition(":")[0] for stem in word.stem))


def _stems_in(word: Word, language: str) -> tuple[str, ...]:
    return tuple(stem for stem in word.stem if stem.startswith(f"{language}:"))


def _rows(stems: Sequence[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Give each way to take one stem of every word; nearly all words have one."""
    return islice(product(*stems), _MOST_ROWS)
