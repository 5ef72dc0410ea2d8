"""The searchable fields of a document and what each is worth; the keys by which results are sorted.

Weights: a title says most about a resource and the text of its files least, since a book of 300
pages mentions nearly everything. Exact forms outrank stems, and stems outrank trigrams, as
measured over twelve languages (exact 1, stem 1, trigram 0.1, where an exact hit counts as both).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from search.engine import Document, TextField


@dataclass(frozen=True)
class SearchField:
    """A field of the index: the texts it takes, its weight, whether trigrams are made of it.

    Trigrams serve near matches and are many: they are made only of what is short. `whole` fields
    can be met by everything that was typed being exactly one of their texts. `usual` is how many
    terms count as the length of the field in a document that has no text for it.
    """

    name: str
    texts: tuple[TextField, ...]
    weight: float
    usual: int
    trigrams: bool = False
    whole: bool = False


FIELDS: Final = (
    SearchField("title", ("title",), 3.0, 5, trigrams=True, whole=True),
    SearchField("keywords", ("keyword", "label"), 2.0, 10, trigrams=True, whole=True),
    SearchField("summary", ("summary",), 1.5, 20, trigrams=True),
    SearchField("description", ("description",), 1.0, 100),
    SearchField("institution", ("institution",), 1.0, 5, trigrams=True),
    SearchField("files", ("file",), 0.5, 300),
)
"""Of the lengths, those of description and files matter: with none, with 100 and 300, and with 300
and 1,000 terms, titles found their story at a mean reciprocal rank of .66, .69 and .70, and
sentences their text at .70, .76 and .81; each thousand terms cost half a millisecond a document."""
USUAL_TRIGRAMS: Final = 100

EXACT_WEIGHT: Final = 1.0
STEM_WEIGHT: Final = 1.0
TRIGRAM_WEIGHT: Final = 0.1
CONCEPT_WEIGHT: Final = 3.0
WHOLE_WEIGHT: Final = 6.0
"""Above any sum that a single word earns in one field, so that the thing itself comes first."""

LONGEST_TERM: Final = 120
"""Characters of a term; longer ones are noise, and engines refuse terms beyond some limit."""
LONGEST_VALUE: Final = 1000
"""Characters of a value that a facet counts; there is none so long but by a fault."""

_NO_SIZE: Final = 10**18
_LATEST: Final = 10**12


def newest_key(document: Document) -> str:
    """Return a key that sorts the latest published first, then by id."""
    return f"{_LATEST - int(document.published_at.timestamp()):013d} {document.id}"


def smallest_key(document: Document) -> str:
    """Return a key that sorts by size, what has no files last, then by id."""
    size = _NO_SIZE if document.size is None else document.size
    return f"{size:019d} {document.id}"


def title_key(document: Document) -> str:
    """Return a key that sorts by title without regard to case and accents, then by id."""
    decomposed = unicodedata.normalize("NFKD", document.sort_title.casefold())
    plain = "".join(each for each in decomposed if not unicodedata.combining(each))
    return f"{plain.strip()[:200]}\0{document.id}"
