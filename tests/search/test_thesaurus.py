from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.query import parse
from search.thesaurus import ConceptLabel, Thesaurus

LABELS = [
    ConceptLabel("magnetism", "en", "Magnetism"),
    ConceptLabel("magnetism", "en", "magnet", preferred=False),
    ConceptLabel("magnetism", "zh", "磁学"),
    ConceptLabel("magnetism", "ru", "магнетизм"),
    ConceptLabel("magnetism", "ru", "магнит", preferred=False),
    ConceptLabel("magnetism", "sr", "магнетизам"),
    ConceptLabel("magnetism", "uz", "magnitlanish"),
    ConceptLabel("magnetism", "th", "แม่เหล็ก"),
    ConceptLabel("magnetism", "my", "သံလိုက်"),
    ConceptLabel("magnetism", "ar", "المغناطيسية"),
    ConceptLabel("fields", "en", "Field"),
    ConceptLabel("magnetic_fields", "en", "Magnetic field"),
    ConceptLabel("electricity", "zh", "电"),
    ConceptLabel("circuits", "zh", "电路"),
    ConceptLabel("sound", "fr", "son"),
    ConceptLabel("numbers", "uz", "son"),
    ConceptLabel("planets", "en", "Mars"),
    ConceptLabel("moon", "fr", "marées"),
]
THESAURUS = Thesaurus(LABELS)


def concepts(text: str, lang: str = "en") -> list[tuple[str, int, int]]:
    matches = THESAURUS.match(parse(text, lang), lang)
    return [(match.concept, match.first, match.last) for match in matches]


@pytest.mark.parametrize(
    ("typed", "lang"),
    [
        ("magnetism", "en"),
        ("MAGNETS", "en"),
        ("磁學", "zh-Hant"),
        ("磁学", "en"),
        ("магнита", "ru"),
        ("магнетизам", "sr"),
        ("magnetizam", "sr-Latn"),
        ("магнетизам", "en"),
        ("magnitlanishdan", "uz"),
        ("магнитланиш", "uz-Cyrl"),
        ("แม่เหล็ก", "th"),
        ("သံလိုက်", "my"),
        ("مغناطيسية", "ar"),
    ],
)
def test_a_concept_is_named_in_any_language_script_and_form(typed: str, lang: str) -> None:
    assert concepts(typed, lang) == [("magnetism", 0, 0)]


def test_the_label_that_was_met_is_told() -> None:
    (match,) = THESAURUS.match(parse("магнетизам", "sr"), "sr")
    assert (match.label, match.lang) == ("магнетизам", "sr")


def test_the_longest_label_wins_and_says_which_words_it_covers() -> None:
    assert concepts("strong magnetic fields") == [("magnetic_fields", 1, 2)]
    assert concepts("field strong") == [("fields", 0, 0)]


def test_a_concept_named_twice_covers_both_words() -> None:
    assert concepts("magnet 磁学") == [("magnetism", 0, 0), ("magnetism", 1, 1)]


def test_a_word_of_two_signs_is_not_the_concept_of_its_first() -> None:
    assert concepts("电路", "zh") == [("circuits", 0, 0)]
    assert concepts("电视", "zh") == []


def test_a_phrase_names_a_concept_and_what_is_not_wanted_or_unfinished_does_not() -> None:
    assert concepts('"magnetic field"') == [("magnetic_fields", 0, 0)]
    assert concepts("-magnet magnet*") == []


def test_words_spelled_alike_are_taken_in_the_language_of_who_asks() -> None:
    assert concepts("son", "uz") == [("numbers", 0, 0)]
    assert concepts("son", "fr") == [("sound", 0, 0)]
    assert sorted(concepts("son", "en")) == [("numbers", 0, 0), ("sound", 0, 0)]


def test_a_stem_of_another_language_gives_way_to_the_word_itself() -> None:
    assert concepts("Mars") == [("planets", 0, 0)]


def test_an_empty_label_and_an_empty_thesaurus_match_nothing() -> None:
    assert Thesaurus([ConceptLabel("nothing", "en", "!")]).match(parse("!", "en"), "en") == ()
    assert Thesaurus([]).match(parse("magnet", "en"), "en") == ()


@given(st.lists(st.sampled_from(["magnet", "field", "magnetic", "-x", "磁学", "son"]), max_size=8))
def test_matches_stay_inside_the_words_and_come_in_their_order(typed: list[str]) -> None:
    words = parse(" ".join(typed), "en")
    matches = THESAURUS.match(words, "en")
    assert all(0 <= match.first <= match.last < len(words) for match in matches)
    assert [match.first for match in matches] == sorted(match.first for match in matches)
