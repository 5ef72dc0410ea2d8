"""The second script of Serbian and Uzbek is made letter by letter, and only of words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.second_script import serbian, uzbek
from search.analysis.scripts import serbian_latin, uzbek_latin


@pytest.mark.parametrize(
    ("cyrillic", "latin"),
    [
        ("Преузми датотеку", "Preuzmi datoteku"),
        ("Љубав, Њива, Џеп, Ђорђе", "Ljubav, Njiva, Džep, Đorđe"),
        ("ЉУБАВ И ЏЕП", "LJUBAV I DŽEP"),
        ("још %(num)d WebVTT: caravan doctor, 5 MB", "još %(num)d WebVTT: caravan doctor, 5 MB"),
    ],
)
def test_serbian_is_written_in_latin(cyrillic: str, latin: str) -> None:
    assert serbian(cyrillic) == latin


@pytest.mark.parametrize(
    ("latin", "cyrillic"),
    [
        ("Oʻzbekiston yoʻli", "Ўзбекистон йўли"),
        ("yetti kun, yangi yil, yordam, yulduz", "етти кун, янги йил, ёрдам, юлдуз"),
        ("elektron sheʼr, poema", "электрон шеър, поэма"),
        ("Isʼhoq sanʼati va eʼlon", "Исҳоқ санъати ва эълон"),
        ("shahar, chiroq, mashgʻulot", "шаҳар, чироқ, машғулот"),
        ("litsenziya, muassasa, kolleksiya", "лицензия, муассаса, коллекция"),
        ("film, obyekt, parol, parolni", "фильм, объект, пароль, паролни"),
        ("ketsa, aytsa", "кетса, айтса"),
        ("U %(num)d ta PDF-fayl", "У %(num)d та PDF-файл"),
        ("<b>Caravanning</b> ETag, caravan doctor", "<b>Caravanнинг</b> ETag, caravan doctor"),
        (
            "12 MB, WebVTT, CARAVAN_HOME, .docx, --publish",
            "12 MB, WebVTT, CARAVAN_HOME, .docx, --publish",
        ),
    ],
)
def test_uzbek_is_written_in_cyrillic(latin: str, cyrillic: str) -> None:
    assert uzbek(latin) == cyrillic


@given(st.text("абвгдђежзијклљмнњопрстћуфхцчџш", min_size=1, max_size=12))
def test_serbian_pages_and_the_search_agree_on_latin(word: str) -> None:
    assert serbian(word) == serbian_latin(word)
    assert serbian(word.upper()).lower() == serbian_latin(word)


SYLLABLES = [
    first + vowel + last
    for first in ("b", "k", "sh", "ch", "q", "gʻ", "y", "h", "x", "j")
    for vowel in ("a", "i", "oʻ", "o", "u")
    for last in ("", "n", "r", "ng", "m")
]


@given(st.lists(st.sampled_from(SYLLABLES), min_size=1, max_size=5).map("".join))
def test_the_search_reads_uzbek_in_cyrillic_back_as_it_was(word: str) -> None:
    assert uzbek_latin(uzbek(word)) == word.replace("ʻ", "'")
