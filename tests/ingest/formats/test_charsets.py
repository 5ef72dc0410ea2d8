"""Old encodings are told by the letters that come of them, from one sentence on."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.formats.charsets import decoded, detect_charset

RUSSIAN = "Вода кипит при температуре сто градусов. Музей показывает опыты с магнитами."
GREEK = "Το νερό βράζει στους εκατό βαθμούς. Το μουσείο δείχνει πειράματα."
ARABIC = "يغلي الماء عند مئة درجة مئوية. يعرض المتحف تجارب بالمغناطيس."
TURKISH = "Su yüz derecede kaynar. Müze öğrenciler için mıknatıs gösteriyor, çünkü şişe ağır."
FRENCH = "L'eau est à côté. Elle bout à cent degrés, déjà."
SERBIAN = "Voda ključa na sto stepeni. Muzej prikazuje učenike, žuti đak šeta."
JAPANESE = "水は百度で沸騰します。博物館は磁石の実験を見せます。"


@pytest.mark.parametrize(
    ("charset", "words"),
    [
        *((name, RUSSIAN) for name in ("cp1251", "koi8-r", "iso8859-5", "cp866")),
        *((name, "Привет, это вода") for name in ("cp1251", "koi8-r")),
        ("iso8859-7", GREEK),
        ("cp1253", GREEK + " Ά…"),
        *((name, ARABIC) for name in ("cp1256", "iso8859-6")),
        ("iso8859-9", TURKISH),
        ("iso8859-1", FRENCH),
        ("cp1252", FRENCH + " “œuvre”"),
        ("iso8859-15", "L'œuvre coûte 5 € à l'élève."),
        *((name, SERBIAN) for name in ("cp1250", "iso8859-2")),
        ("cp874", "น้ำเดือดที่หนึ่งร้อยองศาเซลเซียส"),
        ("gb18030", "你好，这是水。水在一百摄氏度沸腾。"),
        ("big5", "你好，這是水。水在攝氏一百度沸騰。"),
        *((name, JAPANESE) for name in ("shift_jis", "euc_jp")),
        ("euc_kr", "물은 백도에서 끓습니다. 박물관은 실험을 보여줍니다."),
        *((name, RUSSIAN) for name in ("utf-8", "utf-16-le", "utf-16-be")),
        ("utf-16-le", "Water boils."),
    ],
)
def test_one_sentence_tells_its_encoding(charset: str, words: str) -> None:
    content = words.encode(charset)
    assert detect_charset(content) == codecs.lookup(charset).name
    assert decoded(content)[0] == words


@pytest.mark.parametrize("charset", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_mark_is_believed_and_not_part_of_the_text(charset: str) -> None:
    assert decoded(RUSSIAN.encode(charset))[0] == RUSSIAN


def test_a_text_cut_in_a_letter_is_still_utf_8() -> None:
    assert decoded(RUSSIAN.encode()[:-2])[1] == "utf-8"


@given(st.binary(max_size=300))
def test_any_bytes_are_read(content: bytes) -> None:
    text, charset = decoded(content)
    assert codecs.lookup(charset)
    assert len(text) <= len(content)
