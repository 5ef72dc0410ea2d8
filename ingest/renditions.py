"""The table of renditions: what is made of which family, how large, at how many bits a second.

Films are measured by their short side, so that a portrait is not twice as heavy as a landscape.
Names are CONTRACT's; of `captions_` and `page_` there is one for each language or page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ingest.formats.base import RenditionSpec
from ingest.formats.film import FORMS, captions_name, forms_for
from ingest.formats.sounds import SOUND_BITS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.formats.base import Facts

_FILMS: Final = tuple(
    RenditionSpec(
        name,
        "film",
        heavy=True,
        short_side=form.short_side,
        bits_per_second=form.video_bits + form.audio_bits,
    )
    for name, form in FORMS.items()
)

_BY_SOUND: Final = frozenset({"thumbnail", "waveform"})

RENDITIONS: Final[tuple[RenditionSpec, ...]] = (
    RenditionSpec("thumbnail", "film", short_side=180),
    RenditionSpec("poster", "film", short_side=720),
    RenditionSpec("contact_sheet", "film"),
    RenditionSpec("waveform", "film", short_side=240),
    RenditionSpec("captions_", "film"),
    RenditionSpec("audio_only", "film", heavy=True, bits_per_second=SOUND_BITS),
    *_FILMS,
    RenditionSpec("thumbnail", "audio", short_side=180),
    RenditionSpec("waveform", "audio", short_side=240),
    RenditionSpec("audio_only", "audio", heavy=True, bits_per_second=SOUND_BITS),
    RenditionSpec("thumbnail", "image", short_side=180),
    RenditionSpec("view", "image", short_side=720),
    RenditionSpec("thumbnail", "document", short_side=180),
    RenditionSpec("page_", "document"),
    RenditionSpec("text", "document"),
    RenditionSpec("thumbnail", "model", short_side=180),
    RenditionSpec("still", "model", short_side=720),
    RenditionSpec("mesh", "model", heavy=True),
    RenditionSpec("captions", "subtitle"),
    RenditionSpec("text", "subtitle"),
)


def renditions_for(family: str, facts: Facts) -> tuple[RenditionSpec, ...]:
    """Return the renditions that a file of this family with these facts is to have."""
    table = tuple(spec for spec in RENDITIONS if spec.family == family)
    if family != "film":
        return table
    return tuple(found for spec in table for found in _of_film(spec, facts))


def _of_film(spec: RenditionSpec, facts: Facts) -> tuple[RenditionSpec, ...]:
    if spec.name == "captions_":
        names = dict.fromkeys(map(captions_name, _languages_in_text(facts)))
        return tuple(RenditionSpec(name, "film") for name in names)
    return (spec,) if _has(facts, spec.name) else ()


def _has(facts: Facts, name: str) -> bool:
    """Whether a film is to have a rendition: one without pictures is shown by its sound."""
    sounds_at_all = any(told["codec"] for told in facts.get("audio", []))
    if name == "audio_only":
        return sounds_at_all
    width, height = facts.get("display_width"), facts.get("display_height")
    if not width or not height:
        return name in _BY_SOUND and sounds_at_all
    if name in FORMS:
        return name in forms_for((width, height))
    return name != "waveform"


def _languages_in_text(facts: Facts) -> Iterator[str | None]:
    """Give the languages of the subtitles that are words; those that are pictures stay as they are."""
    for told in facts.get("subtitles", []):
        if told["codec"] and not told["image_based"]:
            yield told["language"]
