"""What the desk shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from babel.lists import format_list
from flask import url_for
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from catalog.policy.rules import not_own_gift
from catalog.resources.checks import missing
from portal.facet_labels import language_name
from portal.field_labels import missing_label
from portal.file_rows import file_row
from portal.formatting import clock
from portal.identity import actor, services
from portal.interface import language
from portal.paging import Pages, shown_faults
from portal.playing import PLAYED, frame_strip, player_of
from portal.rows import large_picture, rendition_address, row_of
from portal.sentences import reason_sentence

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from catalog.errors import Invalid
    from catalog.notes import NoteView
    from catalog.queue import QueueEntry
    from catalog.resources.views import AssetView, ResourceView
    from portal.playing import FrameStrip, Player

ISOLATE, END = "\u2068", "\u2069"
"""Unicode's isolates: a file's name keeps its own direction inside a sentence."""
FIELDS = {
    "title": _l("Title"),
    "summary": _l("In one sentence"),
    "description": _l("Description"),
    "subjects": _l("Subjects"),
    "licence": _l("Licence"),
    "uses": _l("Others may"),
}
"""Where a note may stand besides a file; any field of the record may come by program."""


@dataclass(frozen=True)
class Finding:
    """What the machine found: `verdict` as of a file, and where on the page to see more."""

    verdict: str
    words: str
    name: str = ""
    anchor: str = ""


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
    languages: str
    findings: tuple[Finding, ...]
    holder: str | None


@dataclass(frozen=True)
class Said:
    """A note, with its place in words and, where there is one, its address."""

    text: str
    author: str
    at: Any
    place: str
    address: str = ""
    second: float | None = None


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
    files = len(entry.assets)
    tags = entry.title.values
    return Waiting(
        address=url_for("moderate.review", rid=entry.id),
        kind=entry.kind,
        picture=picture,
        title=entry.title.pick(language(), original=entry.language),
        facts=(ngettext("%(num)d file", "%(num)d files", files),) if files else (),
        giver=services().reference.shelf().institution_name(entry.institution, language()),
        submitted_at=entry.submitted_at,
        languages=_(", ").join(language_name(tag, language()) for tag in tags),
        findings=tuple(_counted(entry.assets)),
        holder=entry.claimed_by_name,
    )


def _counted(assets: tuple[AssetView, ...]) -> list[Finding]:
    """Return the findings of a submission in a line or two."""
    held = sum(asset.verdict == "hold" and not asset.released for asset in assets)
    refused = sum(asset.verdict == "refuse" for asset in assets)
    waiting = sum(asset.verdict is None for asset in assets)
    found = []
    if held:
        found.append(Finding("hold", ngettext("%(num)d file held", "%(num)d files held", held)))
    if refused:
        words = ngettext("%(num)d file cannot be taken", "%(num)d files cannot be taken", refused)
        found.append(Finding("refuse", words))
    if waiting:
        words = ngettext("%(num)d file being read", "%(num)d files being read", waiting)
        found.append(Finding("hold", words))
    return found or [Finding("accept", _("All checks passed"))]


def _findings(view: ResourceView) -> list[Finding]:
    """Return what the machine has looked at: the files one by one, then the record."""
    found = []
    for asset in view.assets:
        if asset.verdict == "accept" or asset.released:
            continue
        codes = [reason_sentence(str(reason["code"])) for reason in asset.reasons]
        words = " ".join(codes) or _("is still being read")
        verdict = asset.verdict or "hold"
        found.append(Finding(verdict, words, asset.filename, f"file-{asset.id}"))
    if not found:
        found.append(Finding("accept", _("All files open and are whole")))
    lacking = dict.fromkeys(missing_label(each.field) for each in missing(view))
    if lacking:
        names = format_list(list(lacking), locale=get_locale())
        return [*found, Finding("hold", _("Missing: %(names)s", names=names))]
    return [*found, Finding("accept", _("Nothing is missing in the record"))]


def review(
    view: ResourceView,
    left: tuple[NoteView, ...],
    holder: tuple[str, str] | None,
    faults: Invalid | None,
) -> dict[str, Any]:
    """Return the page of one submission."""
    title = view.title.pick(language(), original=view.language)
    player = player_of(view)
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
        "findings": _findings(view),
        "player": player,
        "large": large_picture(view.id, view.assets),
        "strip": _strip(view, player, left),
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


def _strip(
    view: ResourceView, player: Player | None, left: tuple[NoteView, ...]
) -> FrameStrip | None:
    film = view.asset(player.asset) if player else None
    if film is None:
        return None
    anchors = [note.anchor for note in left if note.anchor and note.anchor.get("asset") == film.id]
    return frame_strip(view, film, [float(each["second"]) for each in anchors if "second" in each])


def _said(view: ResourceView, note: NoteView) -> Said:
    anchor = note.anchor or {}
    return Said(note.text, note.author, note.at, *_place(view, anchor), anchor.get("second"))


def _place(view: ResourceView, anchor: dict[str, Any]) -> tuple[str, str]:
    """Return the place of a note in words, and its address."""
    if "field" in anchor:
        return str(FIELDS.get(anchor["field"], anchor["field"])), "#words"
    asset = view.asset(str(anchor.get("asset")))
    if asset is None:
        return "", ""
    name = f"{ISOLATE}{asset.filename}{END}"
    if "page" in anchor:
        words = _("%(name)s, page %(page)s", name=name, page=anchor["page"])
        made = asset.rendition(f"page_{anchor['page']}")
        there = rendition_address(view.id, asset.id, made.name) if made else ""
        return words, there
    if "second" in anchor:
        moving = next((each for each in PLAYED if asset.rendition(each)), None)
        words = _("%(name)s at %(time)s", name=name, time=clock(anchor["second"]))
        address = rendition_address(view.id, asset.id, moving) if moving else ""
        return words, f"{address}#t={int(anchor['second'])}" if address else ""
    return asset.filename, f"#file-{asset.id}"


def _anchors(view: ResourceView) -> list[tuple[str, str]]:
    found = [(f"field:{name}", str(words)) for name, words in FIELDS.items()]
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
    number = _number(form.get("number", ""))
    if number is None or kind == "asset":
        return {"asset": thing}
    return {"asset": thing, kind: int(number) if kind == "page" else number}


def _number(text: str) -> float | None:
    """Read a page or a second, the second also as 3:40."""
    minutes, colon, seconds = text.strip().rpartition(":")
    try:
        return (float(minutes or 0) * 60 if colon else 0) + float(seconds)
    except ValueError:
        return None
