"""The feed of what is new, the sitemap, the description of the search, and the icon by its old name."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from flask import Blueprint, Response, current_app, render_template, request, url_for

from catalog.errors import NotFound
from catalog.resources import reading, shelves
from portal.feeds import entries, sitemap
from portal.identity import services
from portal.interface import language

if TYPE_CHECKING:
    from datetime import datetime

blueprint = Blueprint("feeds", __name__)

NEWEST = 30
ATOM = "application/atom+xml; charset=utf-8"
RSS = "application/rss+xml; charset=utf-8"
OPENSEARCH = "application/opensearchdescription+xml; charset=utf-8"
XML = "application/xml; charset=utf-8"


@blueprint.get("/feed.atom")
def feed() -> Response:
    """Give what was published last, with titles in the reader's language (RFC 4287)."""
    return _newest("feeds/feed.xml", ATOM)


@blueprint.get("/feed.rss")
def rss() -> Response:
    """Give the same as RSS 2.0 (https://www.rssboard.org/rss-specification)."""
    return _newest("feeds/rss.xml", RSS)


def _newest(template: str, kind: str) -> Response:
    with services().database.reading() as session:
        _total, cards = shelves.published(session, per_page=NEWEST)
    found = [entries.entry(card, base_url()) for card in cards]
    newest = max((each.updated for each in found), default=None)
    body = render_template(template, entries=found, updated=newest, base=base_url())
    return _conditional(Response(body, content_type=kind), newest)


def _conditional(response: Response, moment: datetime | None) -> Response:
    """Answer 304 to those who have it already, by its tag or its time (RFC 9110 section 13)."""
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest())
    response.last_modified = moment
    response.headers["Cache-Control"] = "no-cache"
    response.make_conditional(request)
    return response


@blueprint.get("/opensearch.xml")
def opensearch() -> Response:
    """Tell a browser how to search here (OpenSearch 1.1)."""
    body = render_template("feeds/opensearch.xml", base=base_url(), tag=language())
    return Response(body, content_type=OPENSEARCH)


@blueprint.get("/favicon.ico")
def icon() -> Response:
    """Give the icon to those who ask for it without having read the page."""
    response = current_app.send_static_file("favicon.ico")
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


@blueprint.get("/sitemap.xml")
def sitemap_index() -> Response:
    """List the parts of the sitemap: the pages, and the resources by 50,000."""
    with services().database.reading() as session:
        count = reading.published_count(session)
    parts = [url_for("feeds.sitemap_pages")] + [
        url_for("feeds.sitemap_part", part=number + 1) for number in range(sitemap.parts(count))
    ]
    return Response(sitemap.index(base_url(), parts), content_type=XML)


@blueprint.get("/sitemap-pages.xml")
def sitemap_pages() -> Response:
    """List the pages that are no resources."""
    with services().database.reading() as session:
        houses = sorted(shelves.givers(session))
    paths = [url_for(endpoint) for endpoint in sitemap.PAGES]
    paths += [url_for("museums.house", iid=iid) for iid in houses]
    return Response(sitemap.of_pages(base_url(), paths), content_type=XML)


@blueprint.get("/sitemap-<int:part>.xml")
def sitemap_part(part: int) -> Response:
    """List up to 50,000 resources, written as they are read."""
    database = services().database
    with database.reading() as session:
        count = reading.published_count(session)
        if not 1 <= part <= sitemap.parts(count):
            raise NotFound("not_found", what="page")
        before = shelves.public_id_at(session, (part - 1) * sitemap.MOST - 1) if part > 1 else ""
    return Response(sitemap.of_resources(database, base_url(), before or ""), content_type=XML)


def base_url() -> str:
    """Return the public address without a slash at its end."""
    return services().settings.portal.base_url.rstrip("/")
