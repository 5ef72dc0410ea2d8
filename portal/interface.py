"""The language of the pages: `?lang=`, then the cookie, then what the browser asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babel.core import get_global
from flask import current_app, g, request
from flask_babel import Babel

from config.languages import INTERFACE, normalise_tag

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask, Response

COOKIE = "caravan_lang"
COOKIE_SECONDS = 365 * 24 * 3600
TAGS: tuple[str, ...] = tuple(str(tag) for tag in INTERFACE)
_SCRIPTS: Mapping[str, str] = get_global("likely_subtags")


def language() -> str:
    """Return the tag of the interface language of this request."""
    if "language" not in g:
        g.language = _asked() or _remembered() or _accepted()
    return str(g.language)


def _known(tag: str | None) -> str | None:
    try:
        canonical = normalise_tag(tag) if tag else ""
    except ValueError:
        return None
    return canonical if canonical in TAGS else None


def _asked() -> str | None:
    return None if request.path.startswith("/api/") else _known(request.args.get("lang"))


def _remembered() -> str | None:
    return _known(request.cookies.get(COOKIE))


def _accepted() -> str:
    """Return the first language of the browser's list that we speak, by RFC 4647's lookup.

    Werkzeug's own match would give English to `ar-EG, en;q=0.5`, since only English is there as said.
    """
    for wanted, quality in request.accept_languages:
        tag = nearest(wanted) if quality > 0 else None
        if tag:
            return tag
    return TAGS[0]


def nearest(wanted: str) -> str | None:
    """Return what we speak of a tag such as zh-TW or sr-Latn-RS, shortened from its end.

    A land tells the script where the tag does not: Montenegro writes Serbian in Latin (CLDR).
    """
    parts = wanted.replace("_", "-").split("-")
    likely = _SCRIPTS.get("_".join(parts[:1] + [part.upper() for part in parts[1:]]), "")
    shorter = ("-".join(parts[:count]) for count in range(len(parts), 0, -1))
    tags = (likely.rpartition("_")[0].replace("_", "-"), *shorter)
    return next(filter(None, map(_known, tags)), None)


def remember(response: Response) -> Response:
    """Set the cookie when the visitor has just chosen a language."""
    chosen = _asked()
    if chosen:
        response.set_cookie(
            COOKIE,
            chosen,
            max_age=COOKIE_SECONDS,
            httponly=True,
            samesite="Lax",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
        )
    if request.endpoint != "static":
        response.vary.add("Accept-Language")
        response.vary.add("Cookie")
    return response


def install(app: Flask) -> None:
    """Join Flask-Babel to the app, with our own rule for the language."""
    Babel(app, locale_selector=lambda: language().replace("-", "_"))
    app.after_request(remember)
