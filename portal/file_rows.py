"""What pages show of a file on its way: facts, verdict, how far the machine is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from catalog.states import StepState
from portal.endings import family
from portal.facet_labels import language_name
from portal.field_labels import role_name
from portal.field_values import enumerated
from portal.formatting import duration, paged
from portal.interface import language
from portal.rows import rendition_address

if TYPE_CHECKING:
    from catalog.resources.views import AssetView, ResourceView

DOING = {
    "identify": _l("finding out what it is"),
    "examine": _l("reading it"),
    "pictures": _l("making small pictures"),
    "forms": _l("making small forms"),
}
"""The steps of ingest in words, for "Looking inside: making small pictures, step 3 of 4"."""
ICONS = {
    "film": "film",
    "audio": "audio",
    "subtitle": "sub",
    "model": "exhibit",
    "image": "draw",
    "drawing": "draw",
}


@dataclass(frozen=True)
class Shown:
    """A picture of a file; `page` where it is one."""

    address: str
    page: int | None = None


@dataclass(frozen=True)
class FileRow:
    """A file as its giver and its curator see it."""

    id: str
    filename: str
    icon: str
    picture: str | None
    role: str
    size: int
    facts: tuple[str, ...]
    verdict: str | None
    reasons: tuple[str, ...]
    released: bool
    release_note: str | None
    working: bool
    failed: bool
    step: int
    steps: int
    doing: str
    role_tag: str
    language: str | None
    address: str
    film: str | None
    pictures: tuple[Shown, ...]


def icon_of(filename: str, known: str | None = None) -> str:
    """Return the icon of a file, by its name until its family is known."""
    return ICONS.get(known or family(filename), "lesson_plan")


def file_row(view: ResourceView, asset: AssetView) -> FileRow:
    """Return the row of one file."""
    done = sum(step.state == StepState.DONE for step in asset.steps)
    coming = next((step.name for step in asset.steps if step.state != StepState.DONE), "")
    steps = max(len(asset.steps), 1)
    film = asset.rendition("film_144p") or asset.rendition("audio_only")
    return FileRow(
        id=asset.id,
        filename=asset.filename,
        icon=icon_of(asset.filename, asset.family),
        picture=rendition_address(view.id, asset.id, "thumbnail")
        if asset.rendition("thumbnail")
        else None,
        role=role_name(asset.role),
        size=asset.size,
        facts=_facts(asset),
        verdict=asset.verdict,
        reasons=tuple(str(reason["code"]) for reason in asset.reasons),
        released=asset.released,
        release_note=asset.release_note,
        working=asset.state in (StepState.WAITING, StepState.WORKING),
        failed=_failed(asset),
        step=min(done + 1, steps),
        steps=steps,
        doing=str(DOING.get(coming, "")),
        role_tag=asset.role,
        language=asset.language,
        address=url_for("download.content", rid=view.id, aid=asset.id),
        film=rendition_address(view.id, asset.id, film.name) if film else None,
        pictures=tuple(_pictures(view, asset)),
    )


def _failed(asset: AssetView) -> bool:
    """Whether a step failed that may go better another time: not where the file itself is why.

    A file that is locked has no pictures, however often they are tried; its reasons say so already.
    """
    reasons = {reason["code"] for reason in asset.reasons}
    return any(
        step.state == StepState.FAILED and step.last_error not in reasons for step in asset.steps
    )


def _facts(asset: AssetView) -> tuple[str, ...]:
    told = asset.facts
    found = []
    if told.get("duration_s"):
        found.append(duration(told["duration_s"]))
    if told.get("display_width"):
        found.append(f"{told['display_width']}\u00a0×\u00a0{told['display_height']}")
    if told.get("pages"):
        found.append(paged(told["pages"]))
    tags = told.get("languages") or ([told["language"]] if told.get("language") else [])
    if tags:
        names = enumerated(language_name(tag, language()) for tag in tags)
        found.append(_("%(languages)s found", languages=names))
    return tuple(found)


def _pictures(view: ResourceView, asset: AssetView) -> list[Shown]:
    pages = sorted(
        int(made.name.removeprefix("page_"))
        for made in asset.renditions
        if made.name.startswith("page_")
    )
    shown = [Shown(rendition_address(view.id, asset.id, f"page_{page}"), page) for page in pages]
    shown += [
        Shown(rendition_address(view.id, asset.id, name))
        for name in ("poster", "contact_sheet", "view", "still", "waveform")
        if asset.rendition(name)
    ]
    return shown
