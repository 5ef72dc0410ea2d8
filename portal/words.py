"""Words outside a request: for the command line and for mails."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask
from flask_babel import Babel

if TYPE_CHECKING:
    from collections.abc import Iterator

TRANSLATIONS = Path(__file__).parent / "translations"


@contextmanager
def speaking(tag: str = "en") -> Iterator[None]:
    """Have gettext answer in the language `tag` inside the block."""
    app = Flask("words")
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(TRANSLATIONS)
    Babel(app, default_locale=tag.replace("-", "_"))
    with app.test_request_context():
        yield
