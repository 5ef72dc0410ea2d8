"""`/components`: every component of docs/look.md in every state, with the real macros and style.

Nothing registers it but `caravan demo`; elsewhere its address has nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template

from portal import guard
from portal.icons import SHAPES
from portal.specimens import finding, working
from portal.specimens.colours import tokens

if TYPE_CHECKING:
    from flask import Flask

blueprint = Blueprint("specimens", __name__)


@blueprint.get("/components")
def components() -> str:
    """Show them all."""
    light, dark = tokens()
    return render_template(
        "specimens/components.html",
        light=light,
        dark=dark,
        icons=sorted(SHAPES),
        **finding.things(),
        **working.things(),
    )


def install(app: Flask) -> None:
    """Add the page to an app, for everybody."""
    app.register_blueprint(blueprint)
    guard.open_also(app, "specimens.components")
