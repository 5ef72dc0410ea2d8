"""The language of a text is told in all twelve, both scripts of Serbian and Uzbek, and short too."""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING

import pytest

from ingest.language import detect

if TYPE_CHECKING:
    from pathlib import Path

SENTENCES = {
    "zh": "水在一百摄氏度沸腾，博物馆展示磁铁实验。",
    "zh-Hant": "水在攝氏一百度沸騰，博物館展示磁鐵實驗。",
    "en": "Water boils at a hundred degrees and the museum shows magnets.",
    "ru": "Вода кипит при температуре сто градусов.",
    "ar": "يغلي الماء عند مئة درجة مئوية ويعرض المتحف المغناطيس.",
    "es": "El agua hierve a cien grados y el museo muestra imanes a los niños.",
    "fr": "L'eau bout à cent degrés et le musée montre des aimants aux élèves.",
    "th": "น้ำเดือดที่หนึ่งร้อยองศา",
    "el": "Το νερό βράζει στους εκατό βαθμούς.",
    "sr": "Вода кључа на сто степени, а музеј показује магнете.",
    "sr-Latn": "Voda ključa na sto stepeni, a muzej pokazuje magnete učenicima.",
    "ms": "Air mendidih pada seratus darjah dan muzium menunjukkan magnet kepada murid.",
    "uz": "Suv yuz darajada qaynaydi va muzey o'quvchilar uchun magnitlarni ko'rsatadi.",
    "uz-Cyrl": "Сув юз даражада қайнайди ва музей ўқувчиларга магнитларни кўрсатади.",
    "my": "ရေသည် ဒီဂရီတစ်ရာတွင် ဆူပွက်သည်။",
    "ja": "水は百度で沸騰します。",
}


@pytest.mark.parametrize("tag", SENTENCES)
def test_one_sentence_is_enough(tag: str) -> None:
    given = "ms" if tag == "ms" else None  # Malay and Indonesian differ in words, not in sentences.
    assert detect(SENTENCES[tag], given)[0] == tag


def test_two_languages_are_both_named_and_a_foreign_word_is_not() -> None:
    both = "\n".join([SENTENCES["ru"] * 3, SENTENCES["zh"] * 6])
    assert set(detect(both)[1]) == {"ru", "zh"}
    assert detect(SENTENCES["ru"] * 10 + "\nMuseum") == ("ru", ("ru",))


def test_what_the_giver_says_leads_where_the_text_says_nothing_else() -> None:
    assert detect("42", "th") == ("th", ("th",))
    assert detect("") == (None, ())
    assert detect("12:30 — 14:00 …") == (None, ())
    assert detect("a b", None)[0] is None
    assert detect(SENTENCES["zh"], "zh-Hans")[0] == "zh-Hans"
    assert detect(SENTENCES["zh"], "en")[0] == "zh"
    assert detect("Вода и лед", "sr")[0] == "sr"


def test_the_declaration_of_human_rights_is_told_in_fourteen_variants(samples: Path) -> None:
    named = {"sr-Cyrl": "sr", "uz-Latn": "uz"}
    with zipfile.ZipFile(samples / "documents" / "udhr_14_language_variants.zip") as variants:
        for name in variants.namelist():
            words = re.sub(r"<[^>]+>", " ", variants.read(name).decode("utf-8"))
            tag = name.removeprefix("udhr_").removesuffix(".html")
            given = "ms" if tag == "ms" else None
            assert detect(words, given)[0] == named.get(tag, tag), name
