"""Short, stable, unguessable ids that may stand in addresses and be read over a telephone."""

from __future__ import annotations

import secrets

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32, in lower case: no i, l, o or u, so nothing is misread or spells a word."""

LENGTH = 12
"""Sixty bits: with a million ids the chance of one collision is 4 in ten million."""


def new_id() -> str:
    """Return a random id of `LENGTH` characters."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
