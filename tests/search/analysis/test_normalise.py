from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.analysis.normalise import LONGEST_TERM, composed, folded, simplified


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("École", "ecole"),
        ("ÉCOLE", "ecole"),
        ("e\u0301cole", "ecole"),
        ("ＭＡＧＮＥＴ", "magnet"),
        ("Straße", "strasse"),
        ("ΜΑΓΝΗΤΗΣ", "μαγνητησ"),
        ("μαγνήτης", "μαγνητησ"),
        ("ᾠδή", "ωιδη"),
        ("ёлка", "елка"),
        ("đak", "djak"),
        ("İstanbul", "istanbul"),
        ("cœur", "coeur"),
    ],
)
def test_case_width_and_accents_are_folded_away(written: str, meant: str) -> None:
    assert folded(composed(written)) == meant


def test_short_i_stays_a_letter_of_its_own_however_it_is_encoded() -> None:
    assert folded(composed("Йод")) == folded(composed("И\u0306од")) == "йод"
    assert folded("йод") != folded("иод")


@pytest.mark.parametrize("written", ["٢٠٢٤", "۲۰۲۴", "๒๐๒๔", "၂၀၂၄", "२०२४", "２０２４"])
def test_digits_of_any_script_are_ascii_digits(written: str) -> None:
    assert composed(written) == "2024"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("مَدْرَسَة", "مدرسه"),
        ("كتـــاب", "كتاب"),
        ("أحمد", "احمد"),
        ("إسلام", "اسلام"),
        ("آلة", "اله"),
        ("مستشفى", "مستشفي"),
        ("کتاب", "كتاب"),
        ("علمی", "علمي"),
        ("مؤسسة", "موسسه"),
        ("سماء", "سما"),
    ],
)
def test_arabic_marks_and_forms_of_one_letter_are_one_spelling(written: str, meant: str) -> None:
    assert folded(composed(written)) == meant


@pytest.mark.parametrize("sign", "'’ʻʼ‘`´ʹʾʿ＇")
def test_an_apostrophe_in_any_form_is_dropped(sign: str) -> None:
    assert folded(composed(f"o{sign}zbek")) == "ozbek"


@pytest.mark.parametrize("sign", ["\u00ad", "\u200c", "\u200d", "\u2060", "\ufeff"])
def test_signs_that_nobody_sees_are_dropped(sign: str) -> None:
    assert composed(f"маг{sign}нит") == "магнит"


def test_traditional_characters_become_simplified_one_for_one() -> None:
    assert simplified("磁鐵實驗與電動機") == "磁铁实验与电动机"
    assert simplified("磁铁实验") == "磁铁实验"


@given(st.text(max_size=150))
def test_a_folded_word_is_short_bare_and_folds_to_itself(text: str) -> None:
    once = folded(composed(text))
    assert len(once) <= LONGEST_TERM
    assert not any(sign.isspace() for sign in composed(text) if not text.isascii())
    assert unicodedata.is_normalized("NFC", once) or len(once) == LONGEST_TERM
