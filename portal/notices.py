"""Mails: a notice of the catalogue in the words and the language of whoever gets it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext as _

from catalog import fixity, notices
from catalog.notices import Notice, Recipient
from catalog.resources import reading
from portal.interface import nearest
from portal.numerals import ngettext
from portal.words import speaking

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from portal.services import Services

MOST_NAMED = 20
"""Files named in one mail; `caravan fixity` tells of all."""


def send(services: Services, payload: Mapping[str, Any]) -> None:
    """Send one notice. Who has no account any more is not written to. Raises OSError."""
    with services.database.reading() as session:
        to = notices.recipient(session, str(payload["person"]))
    if to is None:
        return
    with speaking(nearest(to.language or "en") or "en"):
        subject, text = _written(services, payload, to)
    services.mailer.send(to=to.email, subject=subject, text=text)


def _written(services: Services, payload: Mapping[str, Any], to: Recipient) -> tuple[str, str]:
    notice = Notice(payload["notice"])
    if notice in (Notice.DECIDED, Notice.WITHDRAWN):
        subject, words = _of_a_resource(services, notice, payload, to)
    elif notice is Notice.FIXITY_FAULT:
        subject, words = _fault(services)
    else:
        subject = _("Stored files are not being checked")
        words = _(
            "No check of the stored files has ended for two days or more. See that a worker runs,"
            " and ask: caravan doctor"
        )
    greeting = _("Dear %(name)s,", name=to.name)
    return subject, f"{greeting}\n\n{words}\n\n{services.settings.portal.base_url}\n"


def _of_a_resource(
    services: Services, notice: Notice, payload: Mapping[str, Any], to: Recipient
) -> tuple[str, str]:
    rid = str(payload["about"])
    with services.database.reading() as session:
        titles = reading.tombstone_title(session, str(payload["version"]))
    picked = titles.pick(to.language or "en")
    title = picked.value if picked else rid
    subjects = {
        "publish": _("Published: %(title)s", title=title),
        "ask_changes": _("Changes asked for: %(title)s", title=title),
        "decline": _("Declined: %(title)s", title=title),
    }
    if notice is Notice.WITHDRAWN:
        subject = _("Withdrawn: %(title)s", title=title)
        words = _("What you gave is no longer shown and cannot be taken.")
    else:
        subject = subjects[str(payload["decision"])]
        words = _("A curator has decided on what you gave.")
    note = str(payload.get("note") or "")
    if note:
        words += "\n\n" + _("In their words: %(note)s", note=note)
    return subject, f"{words}\n\n{services.settings.portal.base_url}/resources/{rid}"


def _fault(services: Services) -> tuple[str, str]:
    with services.database.reading() as session:
        count = fixity.quarantined_count(session)
        names = fixity.quarantined_names(session, MOST_NAMED)
    subject = ngettext("%(num)s stored file is damaged", "%(num)s stored files are damaged", count)
    words = _(
        "Their bytes are not what they were. They are kept back from those who want to take them."
        " Bring them back from a backup, then run: caravan fixity"
    )
    return subject, words + "\n\n" + "\n".join(names)
