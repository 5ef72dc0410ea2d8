"""What the desk shows of the queue: a page of it, and the stretch beside a review."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from babel.dates import format_timedelta
from flask import url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from catalog import clock
from catalog.queue import COUNTED
from portal.identity import actor, services
from portal.interface import language
from portal.moderate.findings import Finding, counted
from portal.numerals import in_own_digits, ngettext, number
from portal.rows import rendition_address

if TYPE_CHECKING:
    from catalog.queue import Key, QueueEntry, Stretch

NEVER_WEEKS = 1e9
"""Babel's threshold for the next larger unit: the age of a submission is told in days."""


@dataclass(frozen=True)
class Waiting:
    """A submission on the desk; `current` is the one that is open beside."""

    id: str
    address: str
    kind: str
    picture: str | None
    title: Any
    giver: str
    age: str
    languages: tuple[str, ...]
    finding: Finding
    holder: str | None
    mine: bool
    current: bool


def listing(found: Stretch, *, current: str | None = None) -> dict[str, Any]:
    """Return a stretch of the queue with the ways on."""
    entries = found.entries
    free = next((each for each in entries if not each.own and not each.claimed_by), None)
    return {
        "waiting": _waiting_words(found),
        "rows": [_row(each, current) for each in entries],
        "earlier": url_for("moderate.queue", before=told(entries[0].key))
        if found.before and entries
        else None,
        "later": url_for("moderate.queue", after=told(entries[-1].key))
        if found.after and entries
        else None,
        "begin": url_for("moderate.review", rid=free.id) if free else None,
    }


def told(key: Key) -> str:
    """Return a key as it stands in an address."""
    return f"{key[0].astimezone(UTC).strftime('%Y%m%dT%H%M%S.%f')}-{key[1]}"


def read(text: str) -> Key | None:
    """Read a key out of an address; None for what is none, which is the beginning of the queue."""
    moment, dash, version = text.partition("-")
    try:
        found = datetime.strptime(moment, "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC)
    except ValueError:
        return None
    return (found, version) if dash and version.isalnum() and version.isascii() else None


def age(moment: datetime | None) -> str:
    """Return how long something has waited, in days."""
    days = (clock.now() - moment).days if moment else 0
    if days < 1:
        return _("today")
    told = format_timedelta(
        timedelta(days=days), granularity="day", threshold=NEVER_WEEKS, locale=get_locale()
    )
    return in_own_digits(told)


def _waiting_words(found: Stretch) -> str:
    if not found.total:
        return number(0)
    count = number(min(found.total, COUNTED))
    if found.total > COUNTED:
        return _("more than %(count)s, the oldest: %(age)s", count=count, age=age(found.oldest))
    return _("%(count)s, the oldest: %(age)s", count=count, age=age(found.oldest))


def _row(entry: QueueEntry, current: str | None) -> Waiting:
    pictured = next((each for each in entry.assets if each.rendition("thumbnail")), None)
    own = entry.language if entry.language in entry.title.values else None
    return Waiting(
        id=entry.id,
        address=url_for("moderate.review", rid=entry.id),
        kind=entry.kind,
        picture=rendition_address(entry.id, pictured.id, "thumbnail") if pictured else None,
        title=entry.title.pick(own or language(), original=entry.language),
        giver=services().reference.shelf().institution_name(entry.institution, language()),
        age=age(entry.submitted_at),
        languages=tuple(entry.title.values),
        finding=counted(entry.assets),
        holder=entry.claimed_by_name,
        mine=entry.claimed_by == actor().person_id,
        current=entry.id == current,
    )


def points_open(count: int, of: int, *, asking: bool = False) -> str:
    """Return how many points of the checklist are not ticked, in words; nothing when all are.

    `asking`: the page asks already, so it does not say that it will.
    """
    if not count:
        return ""
    if asking:
        return ngettext(
            "%(num)s of %(all)s points is not ticked.",
            "%(num)s of %(all)s points are not ticked.",
            count,
            all=number(of),
        )
    return ngettext(
        "%(num)s of %(all)s points is not ticked: publishing will ask you once more.",
        "%(num)s of %(all)s points are not ticked: publishing will ask you once more.",
        count,
        all=number(of),
    )
