"""Notes of a curator as the giver reads them: with their place in words, and the way to it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from portal.threads import Place, field_words, place_in_file, threads

if TYPE_CHECKING:
    from catalog.notes import NoteView
    from catalog.resources.views import ResourceView
    from portal.threads import Said

TEXTS = ("title", "summary", "description", "keywords")
"""Fields that stand on the page once for each language."""


def remarks_on(view: ResourceView, notes: tuple[NoteView, ...]) -> list[Said]:
    """Return the notes on a gift with their answers; each leads to a field or a file of the page."""

    def place_of(anchor: dict[str, Any]) -> Place:
        if "field" in anchor:
            whole = str(anchor["field"])
            name, _dot, tag = whole.partition(".")
            address = f"#{name}-{tag or view.language}" if name in TEXTS else "#words"
            return Place(field_words(whole), "alter", address=address)
        asset = view.asset(str(anchor.get("asset")))
        if asset is None:
            return Place()
        return replace(place_in_file(view, asset, anchor), address=f"#file-{asset.id}")

    return threads(notes, place_of)
