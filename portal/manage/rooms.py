"""The rooms of managing, and what all their forms do when they are sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, url_for

from catalog.errors import Conflict, Fault, Invalid
from portal.identity import services

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.typing import ResponseReturnValue

blueprint = Blueprint("manage", __name__, url_prefix="/manage")

SEE_OTHER = 303
UNPROCESSABLE = 422


def page(template: str, faults: Invalid | None, shown: dict[str, Any]) -> ResponseReturnValue:
    """Return a page, with 422 when something does not hold."""
    made = render_template(f"manage/{template}.html", **shown)
    return made if faults is None else (made, UNPROCESSABLE)


def kept(
    work: Callable[[Any], object],
    again: Callable[[Invalid], ResponseReturnValue] | None,
    *,
    to: str,
    words: str,
    taken: str = "",
) -> ResponseReturnValue:
    """Do what a form asks for in one transaction, and lead on to an address with a few words.

    What does not hold is told on the page that `again` makes, with what was typed. A Conflict is
    told there too, beside the field `taken`, where there is one: an id that somebody has already.
    """
    try:
        with services().database.unit_of_work() as session:
            work(session)
    except Invalid as error:
        if again is None:
            raise
        return again(error)
    except Conflict as error:
        if again is None or not taken:
            raise
        return again(Invalid((Fault(taken, error.code),)))
    services().reference.forget()
    flash(words, "calm")
    return redirect(to, SEE_OTHER)


def room(endpoint: str, **values: Any) -> str:  # noqa: ANN401 - parts of an address
    """Return the address of a room, at its content: it takes the focus."""
    return url_for(f"manage.{endpoint}", _anchor="main", **values)
