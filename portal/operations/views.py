"""Health for operators, counters for their graphs, and the rules for robots."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from flask import Blueprint, Response, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST

from catalog.errors import NotFound
from catalog.policy.actions import Action
from catalog.policy.clauses import Standing
from catalog.policy.rules import allows
from portal.health import amber, parts_ready
from portal.identity import actor, services
from portal.measures import exposition

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

blueprint = Blueprint("operations", __name__)

ROBOTS = """User-agent: *
Disallow: /api/
Disallow: /sign-in
Disallow: /contribute
Disallow: /moderate
Disallow: /manage
Disallow: /account
Disallow: /*?*
Allow: /*?lang=
Disallow: /*?lang=*&
Allow: /
"""


@blueprint.get("/healthz")
def health() -> ResponseReturnValue:
    """Say that the process answers."""
    return jsonify(ok=True)


@blueprint.get("/readyz")
def ready() -> ResponseReturnValue:
    """Say of each part whether it answers; no details to strangers.

    Amber, and still 200, where only the search or the store is away: a portal taken out of service
    for that would take the pages of records and moderation with it.
    """
    parts = parts_ready(services())
    well = all(parts.values())
    state = "green" if well else "amber" if amber(parts) else "red"
    return jsonify(ok=well, state=state, parts=parts), 503 if state == "red" else 200


@blueprint.get("/metrics")
def metrics() -> ResponseReturnValue:
    """Give the counters to loopback, and to an admin's token; for others there is no such page."""
    if not _is_loopback() and not allows(actor(), Action.METRICS_READ, Standing()).allowed:
        raise NotFound("not_found", what="page")
    return Response(exposition(services()), content_type=CONTENT_TYPE_LATEST)


def _is_loopback() -> bool:
    """Whether somebody at this machine asks, and not a proxy on it that nobody told us of."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return False
    unseen = not services().settings.portal.trusted_proxies and "X-Forwarded-For" in request.headers
    return address.is_loopback and not unseen


@blueprint.get("/robots.txt")
def robots() -> ResponseReturnValue:
    """Keep crawlers from facet addresses, of which there is no end; not from a page in a language."""
    base = services().settings.portal.base_url.rstrip("/")
    return Response(
        f"{ROBOTS}\nSitemap: {base}/sitemap.xml\n", content_type="text/plain; charset=utf-8"
    )
