"""What can be looked at before it is taken: pages one by one, drawings, a model that turns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import request

from portal.browse.taking import BESIDE
from portal.rows import rendition_address

if TYPE_CHECKING:
    from catalog.resources.views import AssetView, ResourceView

MOST_DRAWINGS = 12
LONGEST_NUMBER = 6
"""Digits of a page that an address may name."""


@dataclass(frozen=True)
class PagePicture:
    """A picture of a page, at `address`, with the page of ours that shows it; `size` in bytes."""

    number: int
    address: str
    page: str
    size: int


@dataclass(frozen=True)
class Leaf:
    """One page of a document with its neighbours, and how many there are."""

    page: PagePicture
    count: int
    before: PagePicture | None
    after: PagePicture | None


@dataclass(frozen=True)
class Model:
    """A model that can be turned: its still, and the light mesh of `size` bytes."""

    still: str
    address: str
    size: int


@dataclass(frozen=True)
class Drawing:
    """A drawing or a still among the drawings of an exhibit; page 0 where it is no page."""

    address: str
    name: str
    page: int = 0
    model: Model | None = None
    triangles: int = 0


def leaf_of(view: ResourceView, page: str) -> Leaf | None:
    """Return the page of the first document that the address names, else its first one."""
    for asset in view.assets:
        pictures = _pages(view, asset, page)
        if pictures:
            at = _named(pictures)
            return Leaf(
                pictures[at],
                len(pictures),
                pictures[at - 1] if at else None,
                pictures[at + 1] if at + 1 < len(pictures) else None,
            )
    return None


def _pages(view: ResourceView, asset: AssetView, page: str) -> list[PagePicture]:
    sizes = {
        int(each.name.removeprefix("page_")): each.size
        for each in asset.renditions
        if each.name.startswith("page_")
    }
    return [
        PagePicture(
            number,
            rendition_address(view.id, asset.id, f"page_{number}"),
            f"{page}?page={number}#leaf",
            sizes[number],
        )
        for number in sorted(sizes)
    ]


def _named(pictures: list[PagePicture]) -> int:
    """Return the place of the page that the address names; the first where it names none we have."""
    told = request.args.get("page", "")
    number = int(told) if told.isascii() and told.isdigit() and len(told) < LONGEST_NUMBER else 0
    return next((place for place, each in enumerate(pictures) if each.number == number), 0)


def drawings_of(view: ResourceView) -> list[Drawing]:
    """Return the drawings and the stills of models of an exhibit."""
    found = []
    for asset in view.assets:
        if asset.role in BESIDE:
            continue
        for made in asset.renditions:
            page = made.name.removeprefix("page_") if made.name.startswith("page_") else ""
            if page or made.name in ("still", "view"):
                found.append(
                    Drawing(
                        rendition_address(view.id, asset.id, made.name),
                        asset.filename,
                        int(page or 0),
                        _model(view, asset) if made.name == "still" else None,
                        asset.facts.get("triangles") or 0,
                    )
                )
    return found[:MOST_DRAWINGS]


def model_of(view: ResourceView) -> Model | None:
    """Return the first model that can be turned."""
    return next((found for asset in view.assets if (found := _model(view, asset))), None)


def _model(view: ResourceView, asset: AssetView) -> Model | None:
    still, mesh = asset.rendition("still"), asset.rendition("mesh")
    if asset.role in BESIDE or still is None or mesh is None:
        return None
    return Model(
        rendition_address(view.id, asset.id, still.name),
        rendition_address(view.id, asset.id, mesh.name),
        mesh.size,
    )
