"""Short, stable, unguessable ids that may stand in addresses and be read over a telephone."""

from __future__ import annotations

import secrets

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32, in lower case: no i, l, o or u, so nothing is misread or spells a word."""

LENGTH = 12
"""Sixty bits: with a million ids the chance of one collision is 4 in ten million."""

_BITS = 5
_MASK = 2**_BITS - 1


def new_id() -> str:
    """Return a random id of `LENGTH` characters."""
    bits = secrets.randbits(LENGTH * _BITS)
    return "".join(ALPHABET[bits >> shift & _MASK] for shift in range(0, LENGTH * _BITS, _BITS))
