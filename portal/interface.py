"""The language of the pages: `?lang=`, then the cookie, then what the browser asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, request
from flask_babel import Babel

from config.languages import INTERFACE, normalise_tag

if TYPE_CHECKING:
    from flask import Flask, Response

COOKIE = "caravan_lang"
COOKIE_SECONDS = 365 * 24 * 3600
TAGS: tuple[str, ...] = tuple(str(tag) for tag in INTERFACE)


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
    return request.accept_languages.best_match(TAGS, "en") or "en"


def remember(response: Response) -> Response:
    """Set the cookie when the visitor has just chosen a language."""
    chosen = _asked()
    if chosen:
        response.set_cookie(COOKIE, chosen, max_age=COOKIE_SECONDS, httponly=True, samesite="Lax")
    response.vary.add("Accept-Language")
    response.vary.add("Cookie")
    return response


def install(app: Flask) -> None:
    """Join Flask-Babel to the app, with our own rule for the language."""
    Babel(app, locale_selector=lambda: language().replace("-", "_"))
    app.after_request(remember)
