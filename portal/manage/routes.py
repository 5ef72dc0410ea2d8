"""All addresses of managing: importing this module joins them to the blueprint."""

from __future__ import annotations

from portal.manage import views, words
from portal.manage.rooms import blueprint

PARTS = (views, words)

__all__ = ["PARTS", "blueprint"]
