from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from config.languages import LANGUAGES
from search.engine import Word
from search.query import LONGEST_QUERY, MOST_WORDS, parse

LANGUAGE = st.sampled_from([*LANGUAGES, "", "de", "no such tag"])


def told(text: str, lang: str = "en") -> list[tuple[str, tuple[str, ...], bool]]:
    return [(word.form, word.exact, word.without) for word in parse(text, lang)]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("magnets", [("word", ("magnets",), False)]),
        (
            'slow "magnetic field"',
            [("word", ("slow",), False), ("phrase", ("magnetic", "field"), False)],
        ),
        ("magnets -toys", [("word", ("magnets",), False), ("word", ("toys",), True)]),
        ('-"bar magnet"', [("phrase", ("bar", "magnet"), True)]),
        ("electro*", [("prefix", ("electro",), False)]),
        ("-electro*", [("prefix", ("electro",), True)]),
        ("well-known", [("word", ("well",), False), ("word", ("known",), False)]),
        ("3D打印", [("word", ("3d",), False), ("word", ("打印",), False)]),
        ("－玩具", [("word", ("玩具",), True)]),
        ("磁场实验", [("word", ("磁场", "场实", "实验"), False)]),
    ],
)
def test_words_phrases_exclusions_and_prefixes_are_read(
    text: str, meant: list[tuple[str, tuple[str, ...], bool]]
) -> None:
    assert told(text) == meant


@pytest.mark.parametrize("text", ["", "   ", "-", "*", "- -", '"', '""', "-*", "!?", "\0", "🧲"])
def test_what_holds_no_word_gives_none(text: str) -> None:
    assert parse(text, "en") == ()


@pytest.mark.parametrize("text", ["“磁场”", "「磁场」", "『磁场』", "«磁场»", "＂磁场＂", "„磁场“"])
def test_quotes_of_any_habit_make_a_phrase(text: str) -> None:
    assert told(text, "zh") == [("phrase", ("磁场",), False)]


def test_a_quote_left_open_reaches_to_the_end() -> None:
    assert told('slow "bar magnet') == [
        ("word", ("slow",), False),
        ("phrase", ("bar", "magnet"), False),
    ]


def test_operators_of_query_languages_are_words_or_nothing() -> None:
    meant = [word.exact[0] for word in parse("title:magnet AND (a OR b)^2 [x TO y] ~1 \\", "en")]
    assert meant == [*("title", "magnet", "and", "a", "or", "b", "2", "x", "to", "y", "1")]


@settings(max_examples=300)
@given(st.text(max_size=80), LANGUAGE)
@example('"' * 999, "zh")
@example("\ud800-\udfff*", "en")
@example("-" * 999 + "a" * 999, "sr")
@example("磁" * 9999, "zh")
def test_any_string_is_a_query(text: str, lang: str) -> None:
    words = parse(text, lang)
    assert len(words) <= MOST_WORDS
    for word in words:
        assert word.exact
        assert all(term and not any(sign.isspace() for sign in term) for term in word.exact)


@given(st.text(max_size=40), st.sampled_from("\0\t\n\r\ud83d\ufffe\ue000"))
def test_signs_that_are_no_text_part_words_and_do_nothing_else(text: str, sign: str) -> None:
    assert parse(f"{text}{sign}", "en") == parse(f"{text} ", "en")


def test_no_more_is_read_than_is_promised() -> None:
    assert len(parse("a " * 10_000, "en")) == MOST_WORDS
    assert parse(f"{'- ' * (LONGEST_QUERY // 2)}magnet", "en") == ()


def test_a_word_brings_its_stems_in_every_language_of_its_script_and_its_trigrams() -> None:
    (word,) = parse("Magnets", "ms")
    assert word.stem[0] == "ms:magnets"
    assert "en:magnet" in word.stem
    assert word.trigrams[0] == "_ma"


def test_a_cyrillic_word_is_also_sought_as_serbian_and_uzbek() -> None:
    (word,) = parse("магнет", "en")
    assert word.exact == ("магнет",)
    assert "sr:magnet" in word.stem
    (word,) = parse("магнет", "sr")
    assert word.exact == ("magnet",)


def test_a_run_of_two_signs_is_not_met_by_one_of_them() -> None:
    (pair,) = parse("电路", "zh")
    assert pair.exact == ("电路",)
    assert pair.stem == ()
    (twice,) = parse("人人人", "zh")
    assert twice.stem == ()


def test_a_single_sign_is_met_inside_words_and_longer_runs_rank_by_their_signs() -> None:
    (one,) = parse("电", "zh")
    assert (one.exact, one.stem) == (("电",), ("zh:电",))
    (long,) = parse("电磁铁", "zh")
    assert long.stem == ("zh:电", "zh:磁", "zh:铁")


def test_a_lone_arabic_and_is_not_demanded() -> None:
    assert [word.text for word in parse("الماعز و الكلب", "ar")] == ["الماعز", "الكلب"]
    assert parse("و", "ar") == (Word("و", ("و",), ("ar:و",), ("_و_",)),)
