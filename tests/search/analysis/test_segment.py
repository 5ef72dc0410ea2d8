from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from search.analysis.segment import RUN, runs, units


def kinds(text: str) -> list[tuple[str, str]]:
    return [(run.kind, run.text) for run in runs(text)]


def pieces(text: str) -> list[str]:
    return [unit for run in runs(text) for _, _, unit in units(run)]


def test_a_text_of_many_scripts_is_cut_where_the_script_changes() -> None:
    assert kinds("3D打印机 и แม่เหล็ก, သံလိုက်!") == [
        ("word", "3D"),
        ("han", "打印机"),
        ("word", "и"),
        ("thai", "แม่เหล็ก"),
        ("burmese", "သံလိုက်"),
    ]


@pytest.mark.parametrize("word", ["oʻsimlik", "l’eau", "مَدرسة", "école", "हिन्दी", "mag\u00adnet"])
def test_marks_and_apostrophes_do_not_cut_a_word(word: str) -> None:
    assert kinds(word) == [("word", word)]


def test_punctuation_quotes_and_underscores_cut() -> None:
    assert [text for _, text in kinds("'kanak-kanak' snake_case a.b")] == [
        *("kanak", "kanak"),
        *("snake", "case"),
        *("a", "b"),
    ]


def test_chinese_is_cut_into_simplified_characters() -> None:
    assert pieces("電磁鐵") == ["电", "磁", "铁"]


@pytest.mark.parametrize(
    ("text", "clusters"),
    [
        ("แม่เหล็ก", ["แม่", "เห", "ล็", "ก"]),
        ("น้ำ", ["น้ำ"]),
        ("ไฟฟ้า", ["ไฟ", "ฟ้า"]),
        ("ทำงาน", ["ทำ", "งา", "น"]),
    ],
)
def test_thai_is_cut_into_clusters(text: str, clusters: list[str]) -> None:
    assert pieces(text) == clusters


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("น\u0e4d\u0e49\u0e32", "น้ำ"),
        ("น\u0e49\u0e4d\u0e32", "น้ำ"),
        ("กฏ", "กฎ"),
        ("เเม่เหล็ก", "แม่เหล็ก"),
        ("แม่\u200bเหล็ก", "แม่เหล็ก"),
    ],
)
def test_thai_spelled_in_another_way_is_the_same(text: str, same: str) -> None:
    assert pieces(text) == pieces(same)


@pytest.mark.parametrize(
    ("text", "syllables"),
    [
        ("သံလိုက်", ["သံ", "လိုက်"]),
        ("မြန်မာ", ["မြန်", "မာ"]),
        ("တက္ကသိုလ်", ["တက္က", "သိုလ်"]),
        ("သိပ္ပံ", ["သိပ္ပံ"]),
        ("ကျောင်း၏", ["ကျောင်း", "၏"]),
    ],
)
def test_burmese_is_cut_into_syllables_stacked_and_killed_consonants_staying(
    text: str, syllables: list[str]
) -> None:
    assert pieces(text) == syllables


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("ခန\u103a\u1037", "ခန\u1037\u103a"),
        ("၀င်း", "ဝင်း"),
        ("ဥာဏ်", "ဉာဏ်"),
        ("သံ\u200bလိုက်", "သံလိုက်"),
    ],
)
def test_burmese_spelled_in_another_way_is_the_same(text: str, same: str) -> None:
    assert pieces(text) == pieces(same)


def test_burmese_numbers_stay_numbers_and_a_full_stop_ends_a_run() -> None:
    assert kinds("၂၀၂၄") == [("word", "၂၀၂၄")]
    assert kinds("သံ။လိုက်") == [("burmese", "သံ"), ("burmese", "လိုက်")]


@pytest.mark.parametrize("text", ["電磁鐵", "แม่เหล็ก", "တက္ကသိုလ်"])
def test_units_lie_side_by_side_and_cover_their_run(text: str) -> None:
    _, run = runs(f"a {text}")
    spans = [(start, end) for start, end, _ in units(run)]
    assert spans[0][0] == 2
    assert spans[-1][1] == 2 + len(text)
    assert all(before[1] == after[0] for before, after in pairwise(spans))


@given(st.text("azAZ09_'` \t\x00-.\"", max_size=60))
@example("a'b 'c d' e''f `g`h _i_ j'_k")
def test_a_text_of_plain_signs_is_cut_as_any_other(text: str) -> None:
    cut = [(found.start(), found.end(), found.group()) for found in RUN.finditer(text)]
    assert [(run.start, run.end, run.text) for run in runs(text)] == cut
