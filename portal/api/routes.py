"""All of the API's addresses: importing this module joins them to the blueprint."""

from __future__ import annotations

from portal.api import accounts, admin, finding, resources, reviews, words
from portal.api.blueprint import blueprint

PARTS = (finding, resources, reviews, admin, accounts, words)

__all__ = ["PARTS", "blueprint"]
