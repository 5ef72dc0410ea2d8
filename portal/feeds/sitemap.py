"""Sitemaps (sitemaps.org, protocol 0.9): an index, and parts of at most 50,000 addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from catalog.resources import shelves

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from catalog.database import Database

MOST = 50_000
"""Addresses of one part, by the protocol."""
CHUNK = 1_000
"""Resources of one reading: a slow crawler holds no reading of the database open."""
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
PAGES = (
    "browse.front",
    "pages.about",
    "pages.terms",
    "pages.privacy",
    "pages.accessibility",
    "pages.help_page",
    "museums.house_list",
    "museums.statistics",
)
"""Endpoints of the pages that everybody may read."""


def parts(count: int) -> int:
    """Return how many parts so many resources need."""
    return -(-count // MOST)


def index(base: str, paths: Iterable[str]) -> str:
    """Return the index of the parts."""
    lines = "".join(f"<sitemap><loc>{escape(base + path)}</loc></sitemap>\n" for path in paths)
    return f"{HEAD}<sitemapindex {SPACE}>\n{lines}</sitemapindex>\n"


def of_pages(base: str, paths: Iterable[str]) -> str:
    """Return the part of the pages that are no resources."""
    lines = "".join(f"<url><loc>{escape(base + path)}</loc></url>\n" for path in paths)
    return f"{HEAD}<urlset {SPACE}>\n{lines}</urlset>\n"


def of_resources(database: Database, base: str, after: str) -> Iterator[str]:
    """Give one part from the resource after `after` on, in pieces."""
    yield f"{HEAD}<urlset {SPACE}>\n"
    left = MOST
    while left > 0:
        with database.reading() as session:
            found = shelves.public_from(session, after, min(CHUNK, left))
        yield "".join(
            f"<url><loc>{escape(f'{base}/resources/{rid}')}</loc>"
            f"<lastmod>{moment:%Y-%m-%dT%H:%M:%SZ}</lastmod></url>\n"
            for rid, moment in found
        )
        if len(found) < CHUNK:
            break
        after, left = found[-1][0], left - len(found)
    yield "</urlset>\n"
