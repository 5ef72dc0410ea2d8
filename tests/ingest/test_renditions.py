"""The table of renditions: what a file is to have, by its family and facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ingest.renditions import RENDITIONS, renditions_for
from storage.keys import rendition_key

if TYPE_CHECKING:
    from ingest.formats.base import Facts

SOUND = [{"codec": "aac", "channels": 2, "language": None}]


def names(family: str, facts: Facts) -> list[str]:
    """Return the names of what a file is to have."""
    return [spec.name for spec in renditions_for(family, facts)]


def test_a_film_has_no_form_above_its_short_side_and_no_sound_it_does_not_have() -> None:
    portrait: Facts = {"display_width": 240, "display_height": 426, "audio": SOUND}
    assert names("film", portrait) == [
        *("thumbnail", "poster", "contact_sheet", "audio_only", "film_144p", "film_240p")
    ]
    assert "audio_only" not in names("film", {**portrait, "audio": []})


def test_a_film_has_captions_for_each_language_of_its_text_subtitles() -> None:
    facts: Facts = {
        "subtitles": [
            {"codec": "subrip", "language": "ar", "image_based": False},
            {"codec": "subrip", "language": "ar", "image_based": False},
            {"codec": "hdmv_pgs_subtitle", "language": "en", "image_based": True},
            {"codec": "ass", "language": None, "image_based": False},
            {"codec": None, "language": "fr", "image_based": False},
        ]
    }
    assert names("film", facts) == ["captions_ar", "captions_und"]


@pytest.mark.parametrize(
    ("family", "expected"),
    [
        ("audio", ["thumbnail", "waveform", "audio_only"]),
        ("image", ["thumbnail", "view"]),
        ("model", ["thumbnail", "still", "mesh"]),
        ("subtitle", ["captions", "text"]),
        ("other", []),
    ],
)
def test_the_other_families_have_what_the_contract_names(family: str, expected: list[str]) -> None:
    assert names(family, {}) == expected


def test_heavier_forms_have_more_lines_and_more_bits() -> None:
    films = [spec for spec in RENDITIONS if spec.name.startswith("film_")]
    assert [spec.short_side for spec in films] == [144, 240, 480]
    bits = [spec.bits_per_second or 0 for spec in films]
    assert bits == sorted(set(bits))
    assert all(spec.heavy for spec in films)


def test_every_name_makes_a_key() -> None:
    for spec in RENDITIONS:
        assert rendition_key("ab12", spec.name)
