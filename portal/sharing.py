"""What a page says of itself to those who pass it on: its address, its languages, a picture.

Only pages that everybody may read have it, and only a published resource has a picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import request
from werkzeug.http import http_date

from portal.identity import services
from portal.interface import TAGS, language

if TYPE_CHECKING:
    from flask import Flask

SHARED = frozenset(
    {
        "browse.front",
        "browse.resource",
        "museums.house",
        "museums.house_list",
        "museums.house_statistics",
        "museums.statistics",
        "pages.about",
        "pages.accessibility",
        "pages.help_page",
        "pages.privacy",
        "pages.terms",
    }
)
"""Endpoints of pages that may be passed on; of the front, only what nobody searched for."""
KEPT = frozenset({"lang", "page", "year"})
"""Of an address: what makes it another page. With anything else it is a search, and has no end."""
BEYOND_XML = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF))
"""Signs that XML 1.0 cannot hold, section 2.2."""


@dataclass(frozen=True)
class Shared:
    """The whole address of a page, and that of it in each language; `any` lets the browser choose."""

    address: str
    any: str
    alternates: tuple[tuple[str, str], ...]


def shared() -> Shared | None:
    """Return what the present page may say of itself; None where it is not for passing on."""
    names = set(request.args)
    if request.endpoint not in SHARED or not names <= KEPT:
        return None
    if request.endpoint == "browse.front" and "page" in names:
        return None
    alternates = tuple((tag, _whole(tag)) for tag in TAGS)
    return Shared(_whole(language() if "lang" in names else None), _whole(None), alternates)


def _whole(tag: str | None) -> str:
    kept = [(name, request.args[name]) for name in ("page", "year") if name in request.args]
    query = urlencode([*kept, *([("lang", tag)] if tag else [])])
    return whole_address(f"{request.path}?{query}" if query else request.path)


def whole_address(path: str) -> str:
    """Return an address of ours with the public name of the portal before it."""
    return services().settings.portal.base_url.rstrip("/") + path


def xml_text(text: str) -> str:
    """Return a text without the signs that no XML may hold, lone surrogates among them."""
    return text.encode("utf-8", "ignore").decode().translate(BEYOND_XML)


def install(app: Flask) -> None:
    """Give the templates what they need for it."""
    app.jinja_env.filters["whole_address"] = whole_address
    app.jinja_env.filters["xml_text"] = xml_text
    app.jinja_env.filters["http_date"] = http_date
    app.context_processor(lambda: {"shared": shared()})
