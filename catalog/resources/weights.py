"""What a resource weighs and which picture stands for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from catalog.resources.views import AssetView

FORMS = ("film_", "audio_only", "view", "text", "mesh")
"""Renditions that stand for the whole thing; pictures of it do not."""


@dataclass(frozen=True)
class Smallest:
    """The lightest form: bytes, the file, and the rendition or None for the original itself."""

    bytes: int
    asset: str
    rendition: str | None


def smallest(assets: Collection[AssetView]) -> Smallest | None:
    """Return the lightest form among what may be given: of main files, where there are some."""
    fit = [asset for asset in assets if asset.fit_to_give]
    mains = [asset for asset in fit if asset.role == "main"] or fit
    forms = [Smallest(asset.size, asset.id, None) for asset in mains]
    forms += [
        Smallest(each.size, asset.id, each.name)
        for asset in mains
        for each in asset.renditions
        if each.name.startswith(FORMS)
    ]
    return min(forms, key=lambda form: form.bytes, default=None)


def smallest_film(assets: Collection[AssetView]) -> Smallest | None:
    """Return the lightest form that moves; None where nothing does."""
    films = [
        Smallest(each.size, asset.id, each.name)
        for asset in assets
        if asset.fit_to_give and asset.role == "main"
        for each in asset.renditions
        if each.name.startswith("film_")
    ]
    return min(films, key=lambda form: form.bytes, default=None)


def thumbnail(assets: Collection[AssetView]) -> str | None:
    """Return the file whose thumbnail stands for the resource: a poster's, a main file's, any."""
    order = {"poster": 0, "main": 1}
    with_one = [each for each in assets if each.fit_to_give and each.rendition("thumbnail")]
    chosen = min(with_one, key=lambda each: order.get(each.role, 2), default=None)
    return chosen.id if chosen else None
