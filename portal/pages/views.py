"""Pages that say what Caravan is, and the visitor's line."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from flask import Blueprint, current_app, redirect, render_template, request
from flask_babel import gettext as _

from portal.identity import services
from portal.own_paths import own_path
from portal.weights import COOKIE, GUESSED, PLAIN, remembered

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

blueprint = Blueprint("pages", __name__)

SEE_OTHER = 303
COOKIE_SECONDS = 365 * 24 * 3600
STATED = date(2026, 11, 26)
"""The day on which the statement on accessibility was last compared with the tests."""


@blueprint.get("/about")
def about() -> str:
    """Say what Caravan is."""
    return render_template(
        "pages/page.html",
        heading=_("About Caravan"),
        paragraphs=[
            _(
                "Science museums put here what they have made: exhibits with their drawings, "
                "films, lesson plans, activities. Institutions along the Belt and Road find "
                "it in their own language and take it away free of charge."
            ),
            _(
                "Nothing becomes public before a curator has looked at it. What is here is "
                "made light too, so that it comes over a thin line."
            ),
        ],
    )


@blueprint.get("/terms")
def terms() -> str:
    """Say under what terms things are shared."""
    return render_template(
        "pages/page.html",
        heading=_("Terms of sharing"),
        paragraphs=[
            _(
                "Each resource says what you may do with it: show, copy, translate, build, "
                "broadcast, alter. What is not allowed there, ask its museum for."
            ),
            _("Name the museum as its page says. The licence goes with every file."),
            _(
                "Who gives confirms that the rights are theirs to give, and that people who "
                "can be recognised have agreed."
            ),
        ],
    )


@blueprint.get("/privacy")
def privacy() -> str:
    """Say what is kept of visitors."""
    return render_template(
        "pages/page.html",
        heading=_("Privacy"),
        paragraphs=[
            _(
                "Visitors are not followed. Three cookies may be set: for your language, for "
                "your line, and for your session when you sign in."
            ),
            _(
                "What is found and taken is counted, without addresses and without people; "
                "so that the same is not counted twice, a digest that names nobody is kept for "
                "30 seconds. Failed sign-ins are counted by a digest that names nobody, for "
                "half an hour."
            ),
        ],
    )


@blueprint.get("/help")
def help_page() -> str:
    """Say what each of those who come here needs."""
    settings = services().settings.portal
    return render_template("pages/help.html", address=settings.base_url, contact=_contact())


@blueprint.get("/accessibility")
def accessibility() -> str:
    """Say what was tried for everybody, and what is known not to hold."""
    return render_template("pages/accessibility.html", contact=_contact(), at=STATED)


def _contact() -> str:
    """Return where somebody can write to, as an address to follow; "" where nobody is named."""
    contact = services().settings.portal.contact or ""
    return f"mailto:{contact}" if "@" in contact else contact


@blueprint.post("/line")
def set_line() -> ResponseReturnValue:
    """Remember the visitor's line, and whether lists have pictures."""
    response = redirect(own_path(request.form.get("next", "")), SEE_OTHER)
    line = request.form.get("line", "")
    chosen = remembered(line, plain=PLAIN in request.form)
    if chosen is not None:
        response.set_cookie(
            COOKIE,
            chosen,
            max_age=COOKIE_SECONDS,
            # Where the line is to be guessed, the page's script writes its measure beside the choice.
            httponly=line != GUESSED,
            samesite="Lax",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
        )
    return response
