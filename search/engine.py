"""The seam of search: what an engine promises, and the plain values that cross it.

Nothing here knows an engine or how words become terms. A `Query` arrives with its words already
analysed (`search.query.parse`), a `Document` with its texts as people wrote them: the engine calls
`search.analysis` for the texts.

Only what is published is ever written, and whoever may search may see every published record. So
a query carries no permission; whether a file's text may be quoted is asked per resource by the
caller, of the catalogue, and given to `search.highlights`.

    EngineError
      EngineUnavailable    it cannot answer now: retry later; browsing goes on without it
      EngineRefused        it will never do this: the page is too far, an unknown facet, a document
                           that does not fit
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

FURTHEST: Final = 10_000
"""Results further down than this are refused (CONTRACT, lists)."""

FEW: Final = 10
"""With fewer hits than this, near matches are looked for (CONTRACT, `GET /resources`)."""


class EngineError(Exception):
    """Search did not happen. `code` is a stable word."""

    def __init__(self, code: str, **facts: str | int) -> None:
        """Keep the code and what is known beside it."""
        super().__init__(code)
        self.code = code
        self.facts = facts


class EngineUnavailable(EngineError):
    """The engine cannot answer now."""


class EngineRefused(EngineError):
    """The engine will not do this, now or later."""


class Sort(StrEnum):
    """Orders of results; ties are broken by id in each."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    SMALLEST = "smallest"
    TITLE = "title"


@dataclass(frozen=True)
class Word:
    """One piece of what was typed, analysed in the language it was taken to be in.

    `exact` holds its terms of the exact field in order, and all of them must be there: a word of
    most languages has one, a run of Chinese, Thai or Burmese one for each pair. `stem` holds other
    ways in which a single word may be met (any of them is enough); of a run they only rank.
    `trigrams` serve near matches. `form` is `phrase` for what stood in quotes, `prefix` for a word
    with a star behind it.
    """

    text: str
    exact: tuple[str, ...]
    stem: tuple[str, ...] = ()
    trigrams: tuple[str, ...] = ()
    form: Literal["word", "phrase", "prefix"] = "word"
    without: bool = False


@dataclass(frozen=True)
class ConceptMatch:
    """A concept whose label in `lang` is the words `first` to `last` of a query, both included.

    A resource with the concept, or with a narrower one, has these words, whatever it says.
    """

    concept: str
    label: str
    lang: str
    first: int
    last: int


@dataclass(frozen=True)
class Query:
    """A search. Without words it lists everything that the filters let through.

    `filters` maps the names of facets to chosen values: any of one facet's, and of every facet.
    `whole` is the key of all that was typed (`search.analysis.terms.whole_key`), to be met by a
    title, keyword or label that is exactly this. `text` is what was typed; where it is not blank
    and holds no word, nothing is found.
    """

    text: str = ""
    lang: str = "en"
    words: tuple[Word, ...] = ()
    concepts: tuple[ConceptMatch, ...] = ()
    whole: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    per_page: int = 20


TextField = Literal["title", "keyword", "label", "summary", "description", "institution", "file"]


@dataclass(frozen=True)
class Text:
    """One text of a document in one language (a BCP 47 tag).

    A keyword, a label and an institution's name are a text each. `concept` is set on labels;
    `asset`, and `page` or `second` where the place is known, on the text of files.
    """

    field: TextField
    lang: str
    value: str
    concept: str | None = None
    asset: str | None = None
    page: int | None = None
    second: float | None = None


@dataclass(frozen=True)
class Document:
    """A published resource as search knows it.

    `subjects` holds the concepts with all that are broader. Languages are BCP 47 tags as the
    resource has them. `size` is bytes of its smallest form, `duration` seconds, `ages` years, both
    ends included. `version` is raised by the catalogue with every change.
    """

    id: str
    version: int
    kind: str
    institution: str
    texts: tuple[Text, ...]
    published_at: datetime
    country: str | None = None
    subjects: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    audio_languages: tuple[str, ...] = ()
    subtitle_languages: tuple[str, ...] = ()
    ages: tuple[int, int] | None = None
    uses: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    size: int | None = None
    duration: float | None = None
    sort_title: str = ""


@dataclass(frozen=True)
class FacetCount:
    """How many results have `value`, counted as if nothing were chosen in its own facet."""

    value: str
    count: int
    chosen: bool = False


@dataclass(frozen=True)
class Hit:
    """One result: `near` when it does not have all the words.

    `subjects` and `texts` are the document's own, for `search.highlights`.
    """

    id: str
    score: float
    near: bool
    subjects: tuple[str, ...] = ()
    texts: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Results:
    """One page of results.

    `total` and `facets` count what has all the words. Where nothing has, they count the near
    matches, and so all `hits` are near. `near_total` is how many near matches there are on this
    page beside the counted ones, or in all where they are what is counted. `known` is false where
    the index is not known to be whole, or there is none: what is not found may be there.
    """

    total: int
    near_total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[FacetCount, ...]]
    known: bool = True


@dataclass(frozen=True)
class Suggestion:
    """What a person may be about to type. `id` is of the resource, the concept, the institution."""

    text: str
    kind: Literal["title", "subject", "institution"]
    lang: str
    id: str


@dataclass(frozen=True)
class Health:
    """How the engine is. `needs_rebuild` when what it holds is not known to be complete."""

    ok: bool
    code: str
    documents: int
    needs_rebuild: bool


class SearchEngine(Protocol):
    """Holds documents and finds them. Every verb may raise `EngineUnavailable`.

    Any number of threads and processes may read; one process at a time may write.
    """

    @property
    def requests(self) -> int:
        """How many requests this object has made of the engine: one a search, three at most."""

    def search(self, query: Query) -> Results:
        """Answer a query from what is committed now; hits and facets are of the same moment.

        Raises `EngineRefused` (`too_far`, `unknown_facet`).
        """

    def suggest(self, prefix: str, lang: str, *, limit: int = 10) -> tuple[Suggestion, ...]:
        """Return titles, subjects in use and institutions with a word that begins so.

        Of one thing found by names in several languages, the name in `lang` is given if there is
        one.
        """

    def write(
        self, documents: Iterable[Document], *, ended: Mapping[str, int] | None = None
    ) -> int:
        """Store documents durably and return how many were newer than what was known.

        A document whose version is not higher than the one stored, or removed, changes nothing.
        Ids in `ended` are forgotten in the same go, as `remove` does at the version named; it is looked
        at when `documents` has come to its end. All of it can be found when the call returns.
        Raises `EngineRefused` (`document`) for a document
        that it cannot hold; whether others of the call were stored is not known then.
        """

    def remove(self, ids: Iterable[str], version: int) -> int:
        """Forget documents, and remember that `version` was their end; return how many went."""

    def rebuild(self, documents: Iterable[Document]) -> int:
        """Build the index anew beside the old one, swap, and return the number of documents.

        Searches are answered from the old one meanwhile. Writes and removals made meanwhile
        through this object go to both.
        """

    def versions(self) -> Mapping[str, int]:
        """Return the id and version of every document that can be found."""

    def health(self) -> Health:
        """Say how the engine is; never raises."""

    def version(self) -> str:
        """Return what the engine is, with its version, for an operator to read."""
