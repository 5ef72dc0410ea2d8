"""What the desk shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import gettext as _

from catalog.policy.rules import not_own_gift
from portal.file_rows import file_row
from portal.formatting import clock
from portal.identity import actor, services
from portal.interface import language
from portal.paging import Pages, shown_faults
from portal.rows import rendition_address, row_of

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from catalog.errors import Invalid
    from catalog.notes import NoteView
    from catalog.queue import QueueEntry
    from catalog.resources.views import ResourceView

FIELDS = ("title", "summary", "description", "subjects", "licence", "uses")


@dataclass(frozen=True)
class Waiting:
    """A submission on the desk."""

    address: str
    kind: str
    picture: str | None
    title: Any
    facts: tuple[str, ...]
    giver: str
    submitted_at: Any
    verdicts: tuple[str, ...]
    holder: str | None


@dataclass(frozen=True)
class Said:
    """A note, with its place in words."""

    text: str
    author: str
    at: Any
    anchor: dict[str, Any] | None
    place: str


def listing(
    total: int, entries: tuple[QueueEntry, ...], page: int, per_page: int
) -> dict[str, Any]:
    """Return the queue."""
    more = page * per_page < total
    pages = Pages(
        (page - 1) * per_page + 1,
        min(page * per_page, total),
        url_for("moderate.queue", page=page - 1) if page > 1 else None,
        url_for("moderate.queue", page=page + 1) if more else None,
    )
    return {"total": total, "rows": [_waiting(entry) for entry in entries], "pages": pages}


def _waiting(entry: QueueEntry) -> Waiting:
    pictured = next((each for each in entry.assets if each.rendition("thumbnail")), None)
    picture = None
    if pictured is not None:
        picture = rendition_address(entry.id, pictured.id, "thumbnail")
    facts = [str(len(entry.assets)) + " " + _("files")] if entry.assets else []
    verdicts = {asset.verdict for asset in entry.assets if asset.verdict}
    return Waiting(
        address=url_for("moderate.review", rid=entry.id),
        kind=entry.kind,
        picture=picture,
        title=entry.title.pick(language(), original=entry.language),
        facts=tuple(facts),
        giver=services().reference.shelf().institution_name(entry.institution, language()),
        submitted_at=entry.submitted_at,
        verdicts=tuple(sorted(verdicts - {"accept"})),
        holder=entry.claimed_by_name,
    )


def review(
    view: ResourceView,
    left: tuple[NoteView, ...],
    holder: tuple[str, str] | None,
    faults: Invalid | None,
) -> dict[str, Any]:
    """Return the page of one submission."""
    title = view.title.pick(language(), original=view.language)
    texts = (
        (_("Title"), view.title),
        (_("In one sentence"), view.summary),
        (_("Description"), view.description),
    )
    return {
        "view": view,
        "row": row_of(view, url_for("moderate.review", rid=view.id)),
        "heading": title.value if title else view.id,
        "giver": services().reference.shelf().institution_name(view.institution, language()),
        "files": [file_row(view, asset) for asset in view.assets],
        "words": [(name, list(text.values.items())) for name, text in texts if text.values],
        "notes": [_said(view, note) for note in left],
        "holder": holder[1] if holder else None,
        "mine": holder is not None and holder[0] == actor().person_id,
        "own": not not_own_gift(view.standing, actor()),
        "anchors": _anchors(view),
        "typed": "",
        "decision_note": "",
        "faults": shown_faults(faults),
    }


def _said(view: ResourceView, note: NoteView) -> Said:
    return Said(note.text, note.author, note.at, note.anchor, _place(view, note.anchor or {}))


def _place(view: ResourceView, anchor: dict[str, Any]) -> str:
    if "field" in anchor:
        return str(anchor["field"])
    asset = view.asset(str(anchor.get("asset")))
    name = asset.filename if asset else ""
    if "page" in anchor:
        return _("%(name)s, page %(page)s", name=name, page=anchor["page"])
    if "second" in anchor:
        return _("%(name)s at %(time)s", name=name, time=clock(anchor["second"]))
    return name


def _anchors(view: ResourceView) -> list[tuple[str, str]]:
    found = [(f"field:{name}", name) for name in FIELDS]
    for asset in view.assets:
        timed = asset.facts.get("duration_s") and asset.family != "subtitle"
        kind = "second" if timed else "page" if asset.facts.get("pages") else "asset"
        found.append((f"{kind}:{asset.id}", asset.filename))
    return found


def anchor(form: MultiDict[str, str]) -> dict[str, Any] | None:
    """Read the place of a note from the form."""
    kind, _colon, thing = form.get("place", "").partition(":")
    if not thing:
        return None
    if kind == "field":
        return {"field": thing}
    number = form.get("number", type=float)
    if number is None or kind == "asset":
        return {"asset": thing}
    return {"asset": thing, kind: int(number) if kind == "page" else number}
