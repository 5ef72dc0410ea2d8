"""Cuts a stream of documents into portions that memory holds easily."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from search.engine import Document

MOST_DOCUMENTS: Final = 500
MOST_CHARACTERS: Final = 20_000_000
"""Of all texts of a portion: five resources with as much text of files as is searched of one."""


def portions(documents: Iterable[Document]) -> Iterator[tuple[Document, ...]]:
    """Give documents in portions of at most so many documents and characters.

    A larger document goes with the portion that it fills.
    """
    portion: list[Document] = []
    size = 0
    for document in documents:
        portion.append(document)
        size += sum(len(text.value) for text in document.texts)
        if len(portion) >= MOST_DOCUMENTS or size >= MOST_CHARACTERS:
            yield tuple(portion)
            portion, size = [], 0
    if portion:
        yield tuple(portion)
