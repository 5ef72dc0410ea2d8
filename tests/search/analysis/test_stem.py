from __future__ import annotations

import threading

import pytest

from search.analysis.normalise import composed
from search.analysis.stem import stem, stems, without_elision


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "magnet", "magnets"),
        ("ru", "планета", "планеты"),
        ("ru", "ёлка", "елки"),
        ("es", "planeta", "planetas"),
        ("fr", "électrique", "électriques"),
        ("fr", "l'aimant", "aimants"),
        ("el", "μαγνήτης", "μαγνητης"),
        ("el", "πλανήτης", "πλανήτες"),
        ("ms", "makanan", "makan"),
        ("ar", "المدرسة", "مدرسة"),
        ("ar", "والمدرسة", "مدرسات"),
        ("ar", "المعلمون", "معلمين"),
        ("sr", "магнети", "magnet"),
        ("sr", "планетама", "planeta"),
        ("sr", "čovek", "covek"),
        ("uz", "kitoblarimizdan", "kitob"),
        ("uz", "ўсимликлар", "oʻsimliklarni"),
        ("uz", "maktabda", "мактаб"),
    ],
)
def test_forms_of_a_word_share_a_stem(language: str, one: str, other: str) -> None:
    assert stem(composed(one), language) == stem(composed(other), language)


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "magnet", "magma"),
        ("ru", "йод", "иод"),
        ("ar", "ولد", "لد"),
        ("ar", "بيت", "بنت"),
        ("sr", "sunce", "suncokret"),
        ("uz", "suv", "sut"),
    ],
)
def test_words_of_their_own_keep_their_stem(language: str, one: str, other: str) -> None:
    assert stem(composed(one), language) != stem(composed(other), language)


@pytest.mark.parametrize(
    ("language", "word"), [("uz", "suvi"), ("uz", "lari"), ("sr", "ovima"), ("ar", "ون")]
)
def test_a_word_is_never_stripped_to_nothing(language: str, word: str) -> None:
    assert len(stem(word, language)) >= 2


@pytest.mark.parametrize("noun", ["магнит", "сигнал", "атом", "материал", "объём", "метеорит"])
def test_russian_nouns_that_look_like_verbs_meet_their_other_cases(noun: str) -> None:
    others = stems(composed(f"{noun}ы"), "ru")
    assert set(others).intersection(stems(composed(noun), "ru"))


def test_a_word_of_a_language_without_rules_is_its_own_folded_stem() -> None:
    assert stem("übermagnet", "de") == "ubermagnet"
    assert stem("magnets", "") == "magnets"


@pytest.mark.parametrize(
    ("written", "bare"),
    [("l'eau", "eau"), ("qu'elle", "elle"), ("aujourd'hui", "aujourd'hui"), ("l'", "l'")],
)
def test_french_elision_is_taken_off_where_there_is_a_word_behind_it(
    written: str, bare: str
) -> None:
    assert without_elision(written) == bare


def test_threads_stem_at_the_same_time_without_mixing_their_words() -> None:
    words = [f"magnet{'s' * (n % 2)}{n}ing" for n in range(3000)]
    alone = [stem(word, "en") for word in words]
    seen: list[list[str]] = []
    threads = [
        threading.Thread(target=lambda: seen.append([stem(word, "en") for word in words]))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [alone] * 4
