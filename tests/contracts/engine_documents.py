"""Documents and queries for the contract of search engines, made up by rule."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from search.analysis.terms import whole_key
from search.engine import Document, Query, Text
from search.query import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

BEGAN: Final = datetime(2024, 1, 1, tzinfo=UTC)
AGES: Final = {
    "3-5": (3, 5),
    "6-8": (6, 8),
    "9-11": (9, 11),
    "12-14": (12, 14),
    "15-17": (15, 17),
    "18+": (18, 200),
}
SIZES: Final = {"0-1": (0, 1), "1-10": (1, 10), "10-100": (10, 100), "100+": (100, 10**9)}
DURATIONS: Final = {"0-5": (0, 5), "5-15": (5, 15), "15-45": (15, 45), "45+": (45, 10**9)}
TREE: Final = {f"leaf{n}": (f"leaf{n}", f"branch{n % 4}", "root") for n in range(12)}
WORDS: Final = [f"w{n}" for n in range(30)]


def titled(document_id: str, title: str, lang: str = "en", **more: Any) -> Document:
    """Return a document with a title, and whatever else is given."""
    return with_texts(document_id, Text("title", lang, title), sort_title=title, **more)


def with_texts(document_id: str, *texts: Text, **more: Any) -> Document:
    """Return a document with these texts."""
    given = {"version": 1, "kind": "film", "institution": "inst", "published_at": BEGAN, **more}
    return Document(id=document_id, texts=texts, **given)


def ask(text: str, lang: str = "en", **more: Any) -> Query:
    """Return the query that a person's words make."""
    return Query(text, lang, parse(text, lang), whole=whole_key(text, lang), **more)


def many(number: int, seed: int = 7) -> tuple[Document, ...]:
    """Return documents with all that facets count."""
    chance = random.Random(seed)
    return tuple(_drawn(chance, place) for place in range(number))


def _drawn(chance: random.Random, place: int) -> Document:
    lowest = chance.randint(3, 20)
    subjects = chance.sample(sorted(TREE), chance.randint(0, 3))
    tags = ("en", "zh", "sr", "sr-Latn", "uz", "uz-Cyrl", "my")
    return with_texts(
        f"D{place:05d}",
        Text("title", "en", " ".join(chance.sample(WORDS, 3))),
        Text("summary", "en", " ".join(chance.choices(WORDS, k=4))),
        kind=chance.choice(["film", "exhibit", "lesson_plan"]),
        # More institutions than a facet shows, some of them with as many documents as others.
        institution=f"m{min(chance.randint(0, 79), chance.randint(0, 79)):02d}",
        country=chance.choice(["CN", "UZ", "RS", None]),
        published_at=BEGAN + timedelta(days=chance.randint(0, 40)),
        subjects=tuple({broad: None for leaf in subjects for broad in TREE[leaf]}),
        languages=tuple(chance.sample(tags, chance.randint(0, 3))),
        audio_languages=tuple(chance.sample(tags, chance.randint(0, 1))),
        subtitle_languages=tuple(chance.sample(tags, chance.randint(0, 2))),
        ages=chance.choice([None, (lowest, lowest + chance.randint(0, 9))]),
        uses=tuple(chance.sample(["show", "copy", "translate"], chance.randint(0, 3))),
        formats=tuple(chance.sample(["film", "document", "image"], chance.randint(0, 2))),
        size=chance.choice([None, 1_000_000, chance.randint(1, 200_000_000)]),
        duration=chance.choice([None, 900.0, chance.uniform(1, 4000)]),
        sort_title=chance.choice(WORDS),
    )


def draw_query(chance: random.Random) -> tuple[list[str], dict[str, tuple[str, ...]]]:
    """Return words and chosen values, among them values that nothing has."""
    choices = {
        "kind": ["film", "exhibit", "other"],
        "subject": [*TREE, "root", "branch1", "unheard"],
        "institution": [f"m{n:02d}" for n in range(90)],
        "country": ["CN", "UZ", "FR"],
        "language": ["sr", "sr-Latn", "uz", "en", "th"],
        "audio_language": ["sr", "my"],
        "subtitle_language": ["zh", "uz-Cyrl"],
        "age": list(AGES),
        "use": ["show", "copy", "alter"],
        "format": ["film", "image", "model"],
        "size": list(SIZES),
        "duration": list(DURATIONS),
    }
    names = chance.sample(sorted(choices), chance.randint(0, 3))
    filters = {
        name: tuple(chance.sample(choices[name], chance.randint(1, min(3, len(choices[name])))))
        for name in names
    }
    return chance.sample(WORDS, chance.choice([0, 1, 1, 2])), filters


def values_of(document: Document) -> dict[str, set[str]]:
    """Return, worked out on its own, under which values a document counts."""
    megabytes = None if document.size is None else document.size / 1e6
    minutes = None if document.duration is None else document.duration / 60
    return {
        "kind": {document.kind},
        "subject": set(document.subjects),
        "institution": {document.institution},
        "country": {document.country} - {None},  # type: ignore[dict-item]
        "language": _with_languages(document.languages),
        "audio_language": _with_languages(document.audio_languages),
        "subtitle_language": _with_languages(document.subtitle_languages),
        "age": _touched(AGES, document.ages),
        "use": set(document.uses),
        "format": set(document.formats),
        "size": _touched(SIZES, None if megabytes is None else (megabytes, megabytes)),
        "duration": _touched(DURATIONS, None if minutes is None else (minutes, minutes)),
    }


def expected_counts(
    documents: Iterable[Document], words: Iterable[str], filters: Mapping[str, tuple[str, ...]]
) -> tuple[set[str], dict[str, Counter[str]]]:
    """Return the ids that match, and each facet counted as if nothing were chosen in it."""
    ids = set()
    counts: dict[str, Counter[str]] = {}
    for document in documents:
        own = values_of(document)
        held = {word for text in document.texts for word in text.value.split()}
        if not held.issuperset(words):
            continue
        missed = {name for name, chosen in filters.items() if own[name].isdisjoint(chosen)}
        if not missed:
            ids.add(document.id)
        for name, values in own.items():
            if missed <= {name}:
                counts.setdefault(name, Counter()).update(values)
    return ids, counts


def _with_languages(tags: Iterable[str]) -> set[str]:
    return {each for tag in tags for each in (tag, tag.partition("-")[0])}


def _touched(
    bands: Mapping[str, tuple[float, float]], span: tuple[float, float] | None
) -> set[str]:
    if span is None:
        return set()
    return {name for name, (low, high) in bands.items() if span[0] <= high and span[1] >= low}
