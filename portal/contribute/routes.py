"""Joins the views of giving to their blueprint."""

from __future__ import annotations

from portal.contribute import autosave, file_views, views
from portal.contribute.blueprint import blueprint

__all__ = ["autosave", "blueprint", "file_views", "views"]
