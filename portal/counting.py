"""Counting what is found and taken, as COUNTER does and without knowing anybody.

By the COUNTER Code of Practice, release 5 (section 7, "Processing rules"): robots are left out, by
COUNTER's own list; a second click on the same thing within 30 seconds is no second use. Programs
such as curl and wget, which our help tells people to resume with, count where they take a file,
not where they open a page.

Of a visitor nothing is kept but a keyed digest of address and browser, in memory, for those 30
seconds, under a key that each process makes for itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from counter_robots import is_machine, is_robot
from flask import current_app, request

from catalog import clock
from catalog.usage import Measure, Tick
from portal.identity import actor, services
from portal.interface import language
from portal.tally import Tally

if TYPE_CHECKING:
    from flask import Flask

    from catalog.database import Database

LONGEST_NAME = 400
"""Signs of a browser's name that are looked at."""


def tally() -> Tally:
    """Return the tally of the app at work."""
    return cast("Tally", current_app.extensions["tally"])


def count_found(resource_id: str) -> None:
    """Count the page of a public resource as opened, unless a robot asks, or the same again."""
    if request.method != "GET" or _fetched_ahead() or is_robot(_browser()):
        return
    if not tally().repeats.is_again(Measure.FOUND, _visitor(), resource_id):
        tally().note(_tick(Measure.FOUND, resource_id))


def is_use(*file: str) -> bool:
    """Whether asking for a file is a use of it that counts: no robot, and not the same again.

    A picture that a page shows by itself is no use: browsers say so in `Sec-Fetch-Dest`.
    """
    name = _browser()
    if _fetched_ahead() or (is_robot(name) and not is_machine(name)):
        return False
    if request.headers.get("Sec-Fetch-Dest") == "image":
        return False
    return not tally().repeats.is_again("file", _visitor(), *file)


def count_taken(resource_id: str) -> None:
    """Count a public resource as taken; several files of it within 30 seconds are one use."""
    if not tally().repeats.is_again(Measure.TAKEN, _visitor(), resource_id):
        tally().note(_tick(Measure.TAKEN, resource_id))


def _tick(measure: Measure, resource_id: str) -> Tick:
    month = clock.now().date().replace(day=1)
    return Tick(month, resource_id, str(measure), language(), _country())


def _country() -> str:
    """Return the country of the reader's institution; "" for visitors, and where there are two."""
    houses = services().reference.shelf().institutions
    found = {houses[each].country for each in actor().institutions if each in houses}
    return found.pop() if len(found) == 1 else ""


def _visitor() -> str:
    return actor().person_id or f"{request.remote_addr}\0{_browser()}"


def _browser() -> str:
    return request.headers.get("User-Agent", "")[:LONGEST_NAME]


def _fetched_ahead() -> bool:
    """Whether a browser asks for what nobody looks at yet."""
    return "prefetch" in request.headers.get("Sec-Purpose", request.headers.get("Purpose", ""))


def install(app: Flask, database: Database) -> None:
    """Give the app its tally."""
    app.extensions["tally"] = Tally(database)
