"""Closed unless named open: which addresses a visitor without an account may ask for.

What somebody may do to a thing is asked of `catalog.policy` by the action itself. Here stands only
the first door, so that a new address is closed until it is written into the list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app, request

from catalog.errors import NotPermitted
from portal.identity import actor

if TYPE_CHECKING:
    from flask import Flask

OPEN = frozenset(
    {
        "account.sign_in",
        "api.asset",
        "api.asset_list",
        "api.content",
        "api.docs",
        "api.openapi",
        "api.rendition",
        "api.resource",
        "api.search",
        "api.subjects",
        "api.suggestions",
        "browse.front",
        "browse.resource",
        "download.content",
        "download.licence",
        "download.rendition",
        "feeds.feed",
        "feeds.icon",
        "feeds.opensearch",
        "feeds.rss",
        "feeds.sitemap_index",
        "feeds.sitemap_pages",
        "feeds.sitemap_part",
        "museums.house",
        "museums.house_list",
        "museums.house_sheet",
        "museums.house_statistics",
        "museums.sheet",
        "museums.statistics",
        "operations.health",
        "operations.metrics",
        "operations.ready",
        "operations.robots",
        "pages.about",
        "pages.accessibility",
        "pages.help_page",
        "pages.set_line",
        "pages.privacy",
        "pages.terms",
        "static",
        "uploads.options",
    }
)
"""Endpoints open to visitors; `tests/portal/test_roles.py` holds every route against every role."""

WHOLE = "account"
"""Pages on which a token that was narrowed may do nothing: it would widen or end what is not its."""


ASKED_OF_POLICY = frozenset(
    f"api.{name}"
    for name in (
        "change",
        "checklist",
        "claim",
        "decide",
        "delete",
        "event_list",
        "give_back",
        "leave_note",
        "note_list",
        "open_version",
        "release",
        "remove_asset",
        "retry",
        "settle_note",
        "submit",
        "take_back",
        "tick",
        "withdraw",
    )
)
"""Endpoints below a resource, whose actions ask the policy before anything else: there a visitor
gets 404 for what visitors may not know of, and 401 for what is known but closed (CONTRACT)."""


def demand_account() -> None:
    """Raise NotPermitted for a visitor at an address that is not open."""
    free = current_app.extensions["open"]
    if request.endpoint is None or request.endpoint in free or request.endpoint in ASKED_OF_POLICY:
        return
    if not actor().signed_in:
        raise NotPermitted("not_signed_in", anonymous=True)
    if request.blueprint == WHOLE and actor().scopes:
        raise NotPermitted("scope_missing", anonymous=False)


def open_also(app: Flask, endpoint: str) -> None:
    """Open an address that this app alone has, as the demonstration has its page of components."""
    app.extensions["open"] |= {endpoint}


def install(app: Flask) -> None:
    """Ask at every request."""
    app.extensions["open"] = OPEN
    app.before_request(demand_account)
