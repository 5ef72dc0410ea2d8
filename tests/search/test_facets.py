from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from search.engine import Document, EngineRefused, FacetCount
from search.facets import BY_NAME, FACETS, MOST_VALUES, arranged, chosen

CONTRACT = [
    *("kind", "subject", "country", "institution", "language", "audio_language"),
    *("subtitle_language", "age", "use", "format", "size", "duration"),
]


def document(**values: Any) -> Document:
    return Document("r", 1, "film", "lanzhou", (), datetime(2026, 1, 1, tzinfo=UTC), **values)


def test_the_facets_are_those_of_the_contract() -> None:
    assert sorted(facet.name for facet in FACETS) == sorted(CONTRACT)


@pytest.mark.parametrize(
    ("name", "values", "bands"),
    [
        ("age", {"ages": (8, 12)}, ["6-8", "9-11", "12-14"]),
        ("age", {"ages": (0, 2)}, []),
        ("age", {"ages": (17, 99)}, ["15-17", "18+"]),
        ("age", {"ages": None}, []),
        ("size", {"size": 0}, ["0-1"]),
        ("size", {"size": 1_000_000}, ["0-1", "1-10"]),
        ("size", {"size": 1_000_001}, ["1-10"]),
        ("size", {"size": 5 * 10**11}, ["100+"]),
        ("duration", {"duration": 300.0}, ["0-5", "5-15"]),
        ("duration", {"duration": 2699.9}, ["15-45"]),
        ("duration", {"duration": 2700.0}, ["15-45", "45+"]),
    ],
)
def test_a_resource_counts_in_each_band_that_it_touches(
    name: str, values: dict[str, Any], bands: list[str]
) -> None:
    assert list(BY_NAME[name].values(document(**values))) == bands


def test_a_language_counts_its_scripts() -> None:
    facet = BY_NAME["language"]
    assert facet.values(document(languages=("sr-Latn", "uz-Cyrl", "en"))) == (
        *("sr-Latn", "sr", "uz-Cyrl", "uz", "en"),
    )
    assert chosen({"language": ("SR-latn", "no tag")}) == {"language": ("sr-Latn", "no tag")}


def test_a_facet_that_chooses_nothing_is_none_and_one_that_is_not_there_is_refused() -> None:
    assert chosen({"kind": (), "use": ("show", "show")}) == {"use": ("show",)}
    with pytest.raises(EngineRefused):
        chosen({"colour": ("red",)})


def test_at_most_fifty_values_are_shown_with_the_chosen_among_them_even_at_none() -> None:
    counts = [(f"c{number:03}", number) for number in range(200)]
    told = arranged(BY_NAME["country"], counts, ("c000", "XX"))
    assert len(told) == MOST_VALUES
    assert told[0] == FacetCount("c199", 199, chosen=False)
    assert [each for each in told if each.chosen] == [
        FacetCount("c000", 0, chosen=True),
        FacetCount("XX", 0, chosen=True),
    ]


def test_bands_stand_in_their_own_order_and_others_by_count() -> None:
    ages = arranged(BY_NAME["age"], [("18+", 9), ("3-5", 1), ("9-11", 5)])
    assert [each.value for each in ages] == ["3-5", "9-11", "18+"]
    kinds = arranged(BY_NAME["kind"], [("film", 1), ("exhibit", 2), ("activity", 1)])
    assert [each.value for each in kinds] == ["exhibit", "activity", "film"]
