from __future__ import annotations

import pytest

from search.analysis.scripts import is_cyrillic, serbian_latin, uzbek_latin


@pytest.mark.parametrize(
    ("cyrillic", "latin"),
    [
        ("магнетизам", "magnetizam"),
        ("љубичица", "ljubičica"),
        ("њива", "njiva"),
        ("џеп", "džep"),
        ("ђак", "đak"),
        ("жаба ћуп чаша шума", "žaba ćup čaša šuma"),
    ],
)
def test_serbian_letters_have_one_latin_spelling_each(cyrillic: str, latin: str) -> None:
    assert serbian_latin(cyrillic) == latin
    assert serbian_latin(latin) == latin


@pytest.mark.parametrize("mixed", ["сунцe", "cунце", "cунцe"])
def test_latin_look_alikes_inside_a_cyrillic_serbian_word_are_healed(mixed: str) -> None:
    assert serbian_latin(mixed) == "sunce"


@pytest.mark.parametrize(
    ("cyrillic", "latin"),
    [
        ("ўқитувчи", "o'qituvchi"),
        ("ғалаба", "g'alaba"),
        ("ҳаво", "havo"),
        ("ер", "yer"),
        ("поезд", "poyezd"),
        ("мактаб", "maktab"),
        ("ёруғлик", "yorug'lik"),
        ("сунъий", "sun'iy"),
        ("шўрва чой", "sho'rva choy"),
        ("цирк", "tsirk"),
        ("эшик", "eshik"),
        ("юлдуз яшил", "yulduz yashil"),
    ],
)
def test_uzbek_letters_are_spelled_as_the_latin_alphabet_has_them(
    cyrillic: str, latin: str
) -> None:
    assert uzbek_latin(cyrillic) == latin
    assert uzbek_latin(latin) == latin


def test_only_cyrillic_is_called_cyrillic() -> None:
    assert is_cyrillic("mагнет")
    assert not is_cyrillic("magnet μαγνήτης 磁铁")
