"""What lists and pages show of a resource, in the reader's words; no template asks the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import gettext as _

from catalog.resources.weights import smallest, smallest_film, thumbnail
from portal.facet_labels import country_name, language_name
from portal.field_values import enumerated
from portal.formatting import duration, paged
from portal.identity import services
from portal.interface import language
from portal.numerals import in_own_digits, number
from portal.sizes import NO_BREAK

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from catalog.resources.views import AssetView
    from catalog.texts import Multilingual, Picked

LARGE = ("poster", "view", "still", "page_1", "waveform")
"""Renditions that stand large on a page, the best first."""
OLDEST = 18
"""An upper age from here on is no limit."""
PAGED = frozenset({"document"})
OPAQUE = frozenset({"document", "film"})


@dataclass(frozen=True)
class Row:
    """A resource in a list."""

    id: str
    kind: str
    address: str
    picture: str | None
    is_page: bool
    title: Picked | None
    original: Picked | None
    facts: tuple[str, ...]
    labels: tuple[tuple[str, str], ...]
    giver: str
    country: str
    size: int | None
    form: str = ""
    state: str = ""
    changed: datetime | None = None
    shape: str = ""
    texts: tuple[Any, ...] = ()
    quotes: tuple[Any, ...] = ()
    found_by: tuple[Any, ...] = ()
    large: str | None = None
    opaque: bool = False


def row_of(view: Any, address: str, **more: Any) -> Row:  # noqa: ANN401 - a Card or a ResourceView
    """Return the row of a card or of a whole resource."""
    reader = language()
    # The sound alone is lighter, but nobody takes it for the film.
    lightest = smallest_film(view.assets) or smallest(view.assets)
    pictured = thumbnail(view.assets) or _any_thumbnail(view.assets)
    assets = {asset.id: asset for asset in view.assets}
    title = view.title.pick(reader, original=view.language)
    shelf = services().reference.shelf()
    home = shelf.institutions.get(view.institution)
    return Row(
        id=view.id,
        kind=view.kind,
        address=address,
        picture=rendition_address(view.id, pictured, "thumbnail") if pictured else None,
        is_page=bool(pictured and assets[pictured].family in PAGED),
        opaque=bool(pictured and _is_opaque(assets[pictured])),
        title=title,
        original=original_of(view.title, view.language),
        facts=facts_of(view),
        labels=labels_of(view),
        giver=shelf.institution_name(view.institution, reader),
        country=country_name(home.country, reader) if home else "",
        size=lightest.bytes if lightest else None,
        form=form_name(lightest.rendition, assets[lightest.asset].family) if lightest else "",
        **more,
    )


def _is_opaque(asset: AssetView) -> bool:
    """Whether nothing shows through the picture of a file; of a model or a sound, the ground does."""
    return asset.family in OPAQUE or asset.media_type == "image/jpeg"


def _any_thumbnail(assets: tuple[AssetView, ...]) -> str | None:
    """Return a picture for those who work on what is not public yet."""
    return next((asset.id for asset in assets if asset.rendition("thumbnail")), None)


def original_of(text: Multilingual, tag: str | None) -> Picked | None:
    """Return a text in the language it was written in."""
    return text.pick(tag) if tag and tag in text.values else None


def rendition_address(resource_id: str, asset_id: str, name: str) -> str:
    """Return the address of a rendition."""
    return url_for("download.rendition", rid=resource_id, aid=asset_id, name=name)


def large_picture(resource_id: str, assets: tuple[AssetView, ...]) -> str | None:
    """Return the address of the picture that stands large on a page."""
    for asset in sorted(assets, key=lambda each: each.role not in ("poster", "main")):
        for name in LARGE:
            if asset.rendition(name):
                return rendition_address(resource_id, asset.id, name)
    return None


def facts_of(view: Any) -> tuple[str, ...]:  # noqa: ANN401 - a Card or a ResourceView
    """Return length, pages, year: what stands beside the kind."""
    year = in_own_digits(str(view.year)) if view.year else ""
    return tuple(each for each in (_length(view), _size_of(view), year) if each)


def _size_of(view: Any) -> str:  # noqa: ANN401 - a Card or a ResourceView
    """Return how an exhibit is built, or the pages of another thing's main file."""
    if view.kind == "exhibit":
        return _building(view.details.get("buildability"))
    main = (asset for asset in view.assets if asset.role == "main")
    pages = max((asset.facts.get("pages") or 0 for asset in main), default=0)
    return paged(pages) if pages else ""


def _length(view: Any) -> str:  # noqa: ANN401 - a Card or a ResourceView
    """Return how long it takes: a film by its file, what is done with a class as its museum says.

    What came with an exhibit says nothing of the exhibit.
    """
    told = float(view.details.get("duration_minutes") or 0) * 60
    played = [
        asset.facts.get("duration_s") or 0
        for asset in view.assets
        if asset.family in ("film", "audio")
    ]
    longest = max(played, default=0)
    if view.kind == "exhibit":
        return ""
    return duration(longest or told if view.kind == "film" else told or longest)


def _building(grade: object) -> str:
    """Return what it takes to build an exhibit, by the grade that a curator gave it."""
    words = {
        1: _("build it by hand"),
        2: _("build it in a workshop"),
        3: _("build it with a specialist"),
        4: _("build it in a factory"),
    }
    return words.get(grade, "") if isinstance(grade, int) else ""


def labels_of(view: Any) -> tuple[tuple[str, str], ...]:  # noqa: ANN401 - a Card or a ResourceView
    """Return languages and ages with their labels."""
    reader = language()
    spoken = dict.fromkeys(view.details.get("spoken_languages") or ())
    subtitles = dict.fromkeys(chain.from_iterable(map(_subtitle_tags, view.assets)))
    texts = dict.fromkeys((view.language, *(asset.language for asset in view.assets)))
    written = [tag for tag in texts if tag not in spoken]
    found = []
    for label, tags in ((_("Spoken"), spoken), (_("Subtitles"), subtitles), (_("Text"), written)):
        names = [language_name(tag, reader) for tag in tags if tag]
        if names:
            found.append((label, enumerated(names)))
    if view.ages:
        low, high = view.ages
        found.append((_("Ages"), age_range(low, high)))
    return tuple(found)


def age_range(low: int, high: int) -> str:
    """Return ages in words; nobody says "to 99"."""
    if high >= OLDEST:
        words = _("%(age)s and up", age=number(low))
    else:
        words = _("%(low)s–%(high)s", low=number(low), high=number(high))
    return words.replace(" ", NO_BREAK)


def _subtitle_tags(asset: AssetView) -> list[str | None]:
    if asset.family == "subtitle":
        return [asset.language or asset.facts.get("language")]
    return [each.get("language") for each in asset.facts.get("subtitles") or ()]


def form_name(rendition: str | None, family: str | None) -> str:
    """Return the name of a form that can be taken."""
    names: Mapping[str, str] = {
        "film_144p": _("Film, 144p"),
        "film_240p": _("Film, 240p"),
        "film_480p": _("Film, 480p"),
        "audio_only": _("Sound only"),
        "view": _("Picture, small"),
        "text": _("Text only, no pictures"),
        "mesh": _("Model, light"),
        "captions": _("Subtitles, WebVTT"),
    }
    if rendition is None:
        return _("Original")
    if rendition.startswith("captions_"):
        return _("Subtitles, %(language)s", language=language_name(rendition[9:], language()))
    del family
    return names.get(rendition, rendition)
