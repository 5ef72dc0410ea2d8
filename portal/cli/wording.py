"""Words on a terminal: plain English, and nothing that a terminal could take for an order."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
from flask import Flask
from flask_babel import Babel

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def in_english() -> Iterator[None]:
    """Let the sentences of the portal be read without a request."""
    app = Flask("words")
    Babel(app, default_locale="en")
    with app.test_request_context():
        yield


def say(words: str) -> None:
    """Print one line. What came from a file may hold anything: shown are its printable signs."""
    shown = "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in words
    )
    click.echo(shown)
