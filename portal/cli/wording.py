"""Words on a terminal: nothing in them that it could take for an order."""

from __future__ import annotations

import click


def say(words: str) -> None:
    """Print one line. What came from a file may hold anything: shown are its printable signs.

    A space that does not break, as our sizes have it, is a space.
    """
    shown = "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode()
        for sign in words.replace("\u00a0", " ")
    )
    click.echo(shown)
