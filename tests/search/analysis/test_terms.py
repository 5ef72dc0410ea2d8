from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from config.languages import LANGUAGES
from search.analysis.terms import (
    all_terms,
    analyse,
    exact_terms,
    guessed_languages,
    stem_terms,
    trigram_terms,
    trigrams,
    whole_key,
)

LANGUAGE = st.sampled_from([*LANGUAGES, "", "de", "no such tag"])
MIXED = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.sampled_from("磁鐵แม่น้ำသံလ္ိ်ုက်Магнйёqoʻ'´’َéΣς ١٢၀๑\u200b\u00ad\u0301-*\"ﷺͺ"),
    ),
    max_size=60,
)


@settings(max_examples=300)
@given(MIXED, LANGUAGE)
@example("\ud800\0磁\ufffe", "zh")
@example("´a ﷺ ͺa", "ar")
def test_any_text_has_terms_without_blanks_and_places_inside_it(text: str, lang: str) -> None:
    tokens = analyse(text, lang)
    assert all(0 <= token.start < token.end <= len(text) for token in tokens)
    assert [token.start for token in tokens] == sorted(token.start for token in tokens)
    terms = [term for token in tokens for term in (*token.exact, *token.stems)]
    terms += trigram_terms(text, lang)
    assert all(term and len(term.split()) == 1 and term == term.strip() for term in terms)


@settings(max_examples=300)
@given(st.one_of(MIXED, st.text("aB9_'` -.*", max_size=40)), LANGUAGE)
@example("rock'n'roll `x` it's 'tis a_b", "en")
def test_a_document_has_the_terms_of_the_tokens_of_its_texts(text: str, lang: str) -> None:
    tokens, told = analyse(text, lang), all_terms(text, lang)
    assert told.exact == [term for token in tokens for term in token.exact]
    assert told.stems == [term for token in tokens for term in token.stems]
    assert told.trigrams == trigram_terms(text, lang)


@settings(max_examples=150)
@given(MIXED, LANGUAGE)
def test_what_stands_at_a_token_is_found_by_its_own_first_term(text: str, lang: str) -> None:
    for token in analyse(text, lang):
        there = exact_terms(text[token.start : token.end], lang)
        assert set(token.exact) <= set(there) or not there


@pytest.mark.parametrize(
    ("text", "lang", "exact", "stems"),
    [
        ("Magnets", "en", ["magnets"], ["en:magnet"]),
        ("the museum's", "en", ["the", "museum"], ["en:the", "en:museum"]),
        ("Les Élèves", "fr", ["les", "eleves"], ["fr:le", "fr:elev"]),
        ("Магнетизам", "sr", ["magnetizam"], ["sr:magnetizam"]),
        ("Ўқув", "uz-Cyrl", ["oquv"], ["uz:oquv"]),
        ("магнетизм", "ru", ["магнетизм"], ["ru:магнетизм"]),
        ("磁鐵", "zh-Hant", ["磁铁"], ["zh:磁", "zh:铁"]),
        ("水", "zh", ["水"], ["zh:水"]),
        ("磁场实验", "en", ["磁场", "场实", "实验"], ["zh:磁", "zh:场", "zh:实", "zh:验"]),
        ("သံလိုက်", "my", ["သံလိုက်"], ["my:သံ", "my:လိုက်"]),
    ],
)
def test_exact_terms_and_stems_of(text: str, lang: str, exact: list[str], stems: list[str]) -> None:
    assert exact_terms(text, lang) == exact
    assert stem_terms(text, lang) == stems


@pytest.mark.parametrize("text", ["磁場實驗", "แม่เหล็กไฟฟ้า", "သံလိုက်စက်ကွင်း"])
def test_scripts_without_spaces_are_cut_alike_whatever_the_language_was_taken_to_be(
    text: str,
) -> None:
    assert exact_terms(text, "en") == exact_terms(text, "th") == exact_terms(text, "")


@pytest.mark.parametrize(
    ("lang", "one", "other"),
    [
        ("sr", "Основно физичко својство", "Osnovno fizičko svojstvo"),
        ("sr", "Џиновски љубичасти ђаво", "Dzinovski ljubicasti djavo"),
        ("uz", "Ўзбекистон ғалабаси", "Oʻzbekiston g‘alabasi"),
        ("uz", "yorug'lik", "yorugʻlik"),
        ("uz", "yorugʼlik", "yoruglik"),
        ("el", "ΜΑΓΝΗΤΙΚΟ ΠΕΔΙΟ", "μαγνητικό πεδίο"),
        ("fr", "L’énergie à l’école", "l'energie a l'ecole"),
        ("ar", "المَدْرَسَةُ", "المدرسة"),
        ("zh", "電磁感應與發電機", "电磁感应与发电机"),
        ("ru", "Всё о ёлке", "все о елке"),
    ],
)
def test_script_case_and_marks_make_no_difference(lang: str, one: str, other: str) -> None:
    assert exact_terms(one, lang) == exact_terms(other, lang)
    assert stem_terms(one, lang) == stem_terms(other, lang)
    assert whole_key(one, lang) == whole_key(other, lang)


@pytest.mark.parametrize(
    ("lang", "written", "typed"),
    [
        ("es", "energías", "energia"),
        ("es", "imán", "iman"),
        ("es", "imanes", "imán"),
        ("fr", "l’énergie", "energies"),
        ("fr", "élèves", "eleve"),
        ("ru", "магниты", "магнит"),
    ],
)
def test_another_form_typed_without_accents_shares_a_stem(
    lang: str, written: str, typed: str
) -> None:
    assert set(stem_terms(written, lang)).intersection(stem_terms(typed, lang))


def test_russian_stays_cyrillic_and_serbian_and_uzbek_do_not() -> None:
    assert exact_terms("магнит", "ru") == ["магнит"]
    assert exact_terms("магнит", "sr") == exact_terms("магнит", "uz") == ["magnit"]


def test_stems_of_two_languages_never_meet() -> None:
    assert set(stem_terms("gas", "es")).isdisjoint(stem_terms("gas", "ms"))


def test_places_are_those_of_the_text_as_it_was_written() -> None:
    text = "ﬁlm: L’ÉCOLE, น้ำ"
    places = [text[token.start : token.end] for token in analyse(text, "fr")]
    assert places == ["ﬁlm", "L’ÉCOLE", "น้ำ"]


def test_trigrams_mark_the_edges_and_pieces_of_unspaced_scripts_have_none() -> None:
    assert trigrams("ion") == ["_io", "ion", "on_"]
    assert trigram_terms("Ion 磁铁", "en") == ["_io", "ion", "on_"]


def test_a_term_has_an_end() -> None:
    assert len(exact_terms("x" * 5000, "en")[0]) == 100


@pytest.mark.parametrize(
    ("word", "lang", "first", "among"),
    [
        ("магнит", "en", "ru", "sr"),
        ("магнит", "uz-Cyrl", "uz", "ru"),
        ("magnet", "zh", "en", "ms"),
        ("magnet", "de", "de", "en"),
        ("Μαγνήτης", "en", "el", "el"),
        ("مغناطيس", "en", "ar", "ar"),
    ],
)
def test_the_language_of_a_word_is_guessed_from_its_script_and_the_asker(
    word: str, lang: str, first: str, among: str
) -> None:
    guessed = guessed_languages(word, lang)
    assert guessed[0] == first
    assert among in guessed
