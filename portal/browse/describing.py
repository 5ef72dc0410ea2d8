"""The description of a resource: in which language, where it comes from, in which others it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import request
from flask_babel import gettext as _

from config.languages import base, fallbacks
from portal.facet_labels import language_name
from portal.interface import language

if TYPE_CHECKING:
    from catalog.resources.views import ResourceView
    from catalog.texts import Picked


def described(view: ResourceView, here: str) -> dict[str, Any]:
    """Return the text that is shown, its origin in words, and the languages as links of `here`.

    Where nothing longer was written, the one sentence about it stands as its description.
    """
    texts = view.description if view.description.values else view.summary
    asked = request.args.get("text", "")
    wanted = asked if asked in texts.values else language()
    shown = texts.pick(wanted, original=view.language)
    return {
        "summary": view.summary.pick(language(), original=view.language),
        "description": shown,
        "origin": _origin(view, shown) if shown else "",
        "tabs": [
            (tag, f"{here}?text={tag}#about", shown is not None and tag == shown.language)
            for tag in _in_order(tuple(texts.values), view.language)
        ],
        "buildability": view.details.get("buildability"),
    }


def _in_order(tags: tuple[str, ...], original: str | None) -> list[str]:
    """Return the reader's language first, then the original, then the others by tag."""
    own = base(language())
    order = [*(tag for tag in fallbacks(language()) if base(tag) == own), original]
    return sorted(tags, key=lambda tag: (order.index(tag) if tag in order else len(order), tag))


def _origin(view: ResourceView, shown: Picked) -> str:
    told = language_name(view.language, language()) if view.language else ""
    foreign = bool(told) and view.language != shown.language
    if shown.origin == "original":
        return _("Written by the museum")
    if shown.origin == "human":
        if foreign:
            return _("Translated from %(language)s by a person", language=told)
        return _("Translated by a person")
    if foreign:
        return _("Translated from %(language)s by a machine, not checked", language=told)
    return _("Translated by a machine, not checked")
