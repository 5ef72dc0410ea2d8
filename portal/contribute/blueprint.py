"""The blueprint of giving, and what its views share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, url_for

from catalog.resources import reading
from portal.identity import actor, services

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from catalog.resources.views import ResourceView

blueprint = Blueprint("contribute", __name__, url_prefix="/contribute")

SEE_OTHER = 303


def back(rid: str, anchor: str = "main", *, beside: str = "") -> AnyResponse:
    """Lead back to the page of a gift, to the place where the work goes on: it takes the focus."""
    to = url_for("contribute.edit", rid=rid, beside=beside or None, _anchor=anchor)
    return redirect(to, SEE_OTHER)


def working(rid: str) -> ResourceView:
    """Return the version on its way. Raises NotFound, Gone."""
    with services().database.reading() as session:
        return reading.working_version(session, actor(), rid)
