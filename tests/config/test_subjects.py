"""The subject vocabulary is whole: every label in every language, in its script, in one tree."""

import re
import unicodedata
from collections import Counter

import pytest

from config.languages import LANGUAGES
from config.subjects import load_concepts

CONCEPTS = load_concepts()
TAGS = sorted(set(LANGUAGES) - {"zh-Hant"})
SCRIPTS = {
    "Hans": "CJK UNIFIED",
    "Latn": "LATIN",
    "Cyrl": "CYRILLIC",
    "Arab": "ARABIC",
    "Thai": "THAI",
    "Grek": "GREEK",
    "Mymr": "MYANMAR",
}
# Letters of the Uzbek Latin alphabet that Unicode counts to no script.
APOSTROPHES = "ʻʼ"


def texts(tag: str) -> list[str]:
    return [
        text
        for concept in CONCEPTS
        for text in (concept.labels[tag], *concept.alt_labels.get(tag, ()))
    ]


def test_there_are_enough_concepts_and_each_has_its_own_id() -> None:
    ids = [concept.id for concept in CONCEPTS]
    assert len(set(ids)) == len(ids) >= 60
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", name) for name in ids)


def test_every_concept_has_a_label_in_every_language() -> None:
    for concept in CONCEPTS:
        assert sorted(concept.labels) == TAGS, concept.id
        assert set(concept.alt_labels) <= set(TAGS), concept.id


@pytest.mark.parametrize("tag", TAGS)
def test_no_two_concepts_have_one_label_in_a_language(tag: str) -> None:
    counts = Counter(concept.labels[tag].casefold() for concept in CONCEPTS)
    assert [label for label, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("tag", TAGS)
def test_no_other_word_of_a_concept_is_the_label_of_another(tag: str) -> None:
    labels = {concept.labels[tag].casefold() for concept in CONCEPTS}
    others = [
        word for concept in CONCEPTS for word in concept.alt_labels.get(tag, ())
        if word.casefold() in labels
    ]  # fmt: skip
    assert others == []


@pytest.mark.parametrize("tag", TAGS)
def test_labels_are_written_in_the_script_of_their_language(tag: str) -> None:
    script = SCRIPTS[LANGUAGES[tag].script]
    for text in texts(tag):
        for letter in text:
            if letter.isalpha() and letter not in APOSTROPHES:
                assert unicodedata.name(letter).startswith(script), (text, letter)


@pytest.mark.parametrize("tag", TAGS)
def test_labels_are_composed_and_have_no_stray_space(tag: str) -> None:
    for text in texts(tag):
        assert text == unicodedata.normalize("NFC", text)
        assert text == " ".join(text.split())
        assert 0 < len(text) <= 60


def test_uzbek_latin_uses_its_own_apostrophes() -> None:
    assert [text for text in texts("uz") if re.search("['`‘’]", text)] == []


@pytest.mark.parametrize(("latin", "cyrillic"), [("uz", "uz-Cyrl"), ("sr-Latn", "sr")])
def test_both_scripts_of_a_language_have_the_same_words(latin: str, cyrillic: str) -> None:
    for concept in CONCEPTS:
        ours, theirs = concept.alt_labels.get(latin, ()), concept.alt_labels.get(cyrillic, ())
        assert len(ours) == len(theirs), concept.id
        for one, other in zip(ours, theirs, strict=True):
            assert len(one.split()) == len(other.split()), (one, other)


def test_every_broader_concept_exists_and_nothing_is_broader_than_itself() -> None:
    broader = {concept.id: concept.broader for concept in CONCEPTS}

    def above(name: str, below: tuple[str, ...]) -> None:
        assert name not in below, f"{name} is above itself"
        for parent in broader[name]:
            above(parent, (*below, name))

    for name in broader:
        above(name, ())


def test_the_tree_has_a_few_top_concepts_with_something_under_each() -> None:
    tops = {concept.id for concept in CONCEPTS if not concept.broader}
    assert {"physics", "astronomy", "biology", "chemistry", "mathematics", "engineering"} <= tops
    assert len(tops) <= 15
    assert tops <= {parent for concept in CONCEPTS for parent in concept.broader}


@pytest.mark.parametrize(
    ("name", "tag", "word"),
    [
        ("magnetism", "zh", "磁铁"),
        ("magnetism", "ru", "магнит"),
        ("magnetism", "ar", "مغناطيس"),
        ("magnetism", "th", "แม่เหล็ก"),
        ("magnetism", "my", "သံလိုက်"),
        ("magnetism", "uz-Cyrl", "магнит"),
        ("pendulums", "en", "pendulum"),
        ("silk_road", "sr-Latn", "karavan"),
        ("earthquakes", "ms", "gempa bumi"),
        ("eclipses", "el", "έκλειψη"),
    ],
)
def test_the_everyday_word_leads_to_its_concept(name: str, tag: str, word: str) -> None:
    (concept,) = (concept for concept in CONCEPTS if concept.id == name)
    assert word in (concept.labels[tag], *concept.alt_labels.get(tag, ()))
