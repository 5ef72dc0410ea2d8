from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.engine import Document, Suggestion, Text
from search.suggest import beginnings, chosen_from, entries

TEXTS = (
    Text("title", "en", "Little Magnets"),
    Text("title", "zh", "小磁铁"),
    Text("title", "fr", "École d’été"),
    Text("label", "en", "magnetism", concept="magnetism"),
    Text("label", "ru", "магнетизм", concept="magnetism"),
    Text("institution", "en", "Museum of Magnets"),
    Text("summary", "en", "Magnolias are not told"),
    Text("keyword", "en", "magnate"),
)
DOCUMENT = Document(
    "r1", 1, "film", "lanzhou", texts=TEXTS, published_at=datetime(2026, 1, 1, tzinfo=UTC)
)


def suggested(typed: str, lang: str = "en", limit: int = 10) -> list[Suggestion]:
    """Do as an engine does, with sorted keys."""
    keys = sorted(entries(DOCUMENT))
    found = [(key, 1) for begin in beginnings(typed, lang) for key in keys if key.startswith(begin)]
    return list(chosen_from(found, lang, limit=limit))


def test_subjects_titles_and_institutions_are_offered_in_this_order_and_nothing_else() -> None:
    assert suggested("mag") == [
        Suggestion("magnetism", "subject", "en", "magnetism"),
        Suggestion("Little Magnets", "title", "en", "r1"),
        Suggestion("Museum of Magnets", "institution", "en", "lanzhou"),
    ]


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("LITTLE M", "Little Magnets"),
        ("  little   magn ", "Little Magnets"),
        ("小", "小磁铁"),
        ("ecole", "École d’été"),
        ("École d", "École d’été"),
        ("МАГН", "магнетизм"),
    ],
)
def test_case_accents_and_blanks_do_not_matter(typed: str, text: str) -> None:
    assert suggested(typed)[0].text == text


def test_one_thing_is_offered_once_in_the_language_of_the_asker() -> None:
    both = [*suggested("m", "ru"), *suggested("м", "ru")]
    assert {each.lang for each in both if each.kind == "subject"} >= {"ru"}
    assert len(suggested("m")) == len({(each.kind, each.id) for each in suggested("m")})


def test_blanks_suggest_nothing_and_the_limit_is_kept() -> None:
    assert beginnings("   ", "en") == ()
    assert len(suggested("m", limit=2)) == 2


@given(st.text(max_size=30), st.text(max_size=30))
def test_whatever_a_title_holds_it_is_kept_apart_from_what_it_names(title: str, typed: str) -> None:
    text = Text("title", "en", title)
    document = Document("r2", 1, "film", "x", (text,), datetime(2026, 1, 1, tzinfo=UTC))
    keys = [(key, 1) for key in entries(document)]
    assert {each.id for each in chosen_from(keys, "en", limit=5)} <= {"r2"}
    assert all(isinstance(each, str) for each in beginnings(typed, "en"))
