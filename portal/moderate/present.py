"""What the review of a submission shows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain
from math import isfinite
from typing import TYPE_CHECKING, Any

from flask import url_for

from catalog.policy.rules import not_own_gift
from portal.checklist_words import point_words
from portal.facet_labels import USES, country_name, language_name
from portal.field_labels import ACCESSES, PLACES, field_label, place_label
from portal.field_values import enumerated, field_value
from portal.file_rows import file_row
from portal.formatting import capital, state_name
from portal.identity import actor, services
from portal.interface import language
from portal.moderate.findings import findings
from portal.moderate.waiting import listing, points_open
from portal.numerals import in_own_digits
from portal.paging import shown_faults
from portal.playing import frame_strip, player_of
from portal.rows import age_range, large_picture, row_of
from portal.threads import Place, field_words, page_anchor, place_in_file, threads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from werkzeug.datastructures import MultiDict

    from catalog.errors import Invalid
    from catalog.notes import NoteView
    from catalog.queue import Stretch
    from catalog.resources.views import ResourceView
    from catalog.reviews import Rounds
    from catalog.ticks import Looked
    from catalog.twins import Twin
    from portal.playing import FrameStrip, Player
    from portal.threads import Said

SECONDS_A_MINUTE = 60


@dataclass(frozen=True)
class Desk:
    """What one reading of the catalogue gave for a review."""

    view: ResourceView
    notes: tuple[NoteView, ...]
    rounds: Rounds
    giver: str
    checklist: tuple[Looked, ...]
    twins: tuple[Twin, ...]
    beside: Stretch | None


@dataclass(frozen=True)
class Written:
    """A text of the record in its languages: (tag, the id of its element, the text)."""

    anchor: str
    label: str
    texts: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Told:
    """Another field of the record."""

    anchor: str
    label: str
    value: str


@dataclass(frozen=True)
class Point:
    """A point to be looked at with one's own eyes."""

    id: str
    words: str
    lang: str
    ticked: bool


def decided(view: ResourceView) -> str:
    """Return what was decided of a resource: its title, and the state it has now."""
    title = view.title.pick(language(), original=view.language)
    return f"\u2068{title.value if title else view.id}\u2069 · {state_name(view.state)}"


def review(desk: Desk, faults: Invalid | None) -> dict[str, Any]:
    """Return the page of one submission."""
    view, claim = desk.view, desk.rounds.claim
    title = view.title.pick(language(), original=view.language)
    written, told = list(_written(view)), list(_told(view))
    said = threads(desk.notes, _places_on(view, _anchors(view, written, told)))
    player = _player(view, said)
    points = [_point(each) for each in desk.checklist]
    unticked = sum(not each.ticked for each in points)
    beside = listing(desk.beside, current=view.id) if desk.beside else None
    return {
        "view": view,
        "beside": beside,
        "row": row_of(view, url_for("moderate.review", rid=view.id)),
        "heading": title.value if title else view.id,
        "giver": desk.giver,
        "house": services().reference.shelf().institution_name(view.institution, language()),
        "round": desk.rounds.number,
        "files": [file_row(view, asset) for asset in view.assets],
        "findings": findings(view, desk.twins),
        "points": points,
        "unticked": unticked,
        "unticked_words": points_open(unticked, len(points)),
        "player": player,
        "large": large_picture(view.id, view.assets),
        "strip": _strip(view, player, said),
        "written": written,
        "told": told,
        "notes": said,
        "claim": claim,
        "mine": claim is not None and claim.curator_id == actor().person_id,
        "own": not not_own_gift(view.standing, actor()),
        "places": _places(view),
        "asking": False,
        "asked": "",
        "typed": {},
        "decision_note": "",
        "faults": shown_faults(faults),
    }


def _point(looked: Looked) -> Point:
    words, tag = point_words(looked.point, language())
    return Point(looked.point.id, words, tag, looked.ticked)


def _written(view: ResourceView) -> Iterator[Written]:
    texts = (("title", view.title), ("summary", view.summary), ("description", view.description))
    for name, text in texts:
        if text.values:
            parts = tuple(
                (tag, field_anchor(f"{name}.{tag}"), value) for tag, value in text.values.items()
            )
            yield Written(field_anchor(name), place_label(name), parts)


_TOLD = (
    *("language", "subjects", "keywords", "ages", "year", "country"),
    *("licence", "uses", "access", "credit"),
)
"""In this order, as a giver has filled them in; of those without a word nothing is said."""


def _told(view: ResourceView) -> Iterator[Told]:
    values = {**_lists_told(view), **_lines_told(view)}
    for name in _TOLD:
        if values[name]:
            yield Told(field_anchor(name), field_words(name), values[name])
    for name, found in view.details.items():
        shown = field_value(view.kind, name, found)
        yield Told(field_anchor(f"details.{name}"), field_label(name), shown)


def _lists_told(view: ResourceView) -> dict[str, str]:
    shelf = services().reference.shelf()
    subjects = (capital(shelf.concept_label(each, language())) for each in view.subjects)
    given = {each.use for each in view.uses}
    return {
        "subjects": enumerated(subjects),
        "keywords": enumerated(chain.from_iterable(view.keywords.values())),
        "uses": enumerated(str(words) for use, words in USES.items() if use in given),
    }


def _lines_told(view: ResourceView) -> dict[str, str]:
    return {
        "language": language_name(view.language, language()) if view.language else "",
        "ages": age_range(*view.ages) if view.ages else "",
        "year": in_own_digits(str(view.year or "")),
        "country": country_name(view.country, language()) if view.country else "",
        "licence": view.licence or "",
        "access": str(ACCESSES.get(view.access or "", "")),
        "credit": view.credit or "",
    }


def _anchors(view: ResourceView, written: list[Written], told: list[Told]) -> set[str]:
    """Return the ids of the page that a note may lead to."""
    found = {each.anchor for each in written} | {each.anchor for each in told}
    found |= {anchor for each in written for _tag, anchor, _text in each.texts}
    for asset in view.assets:
        found.add(f"file-{asset.id}")
        pages = int(asset.facts.get("pages") or 0)
        found |= {
            page_anchor(asset.id, page)
            for page in range(1, pages + 1)
            if asset.rendition(f"page_{page}")
        }
    return found


def _places_on(view: ResourceView, there: set[str]) -> Callable[[dict[str, Any]], Place]:
    """Return what finds the way to an anchor on this page, where `there` can be gone to."""

    def place_of(anchor: dict[str, Any]) -> Place:
        asset = view.asset(str(anchor.get("asset")))
        if "field" in anchor:
            name = str(anchor["field"])
            found = Place(field_words(name), "alter", address=f"#{field_anchor(name)}")
        elif asset is not None:
            found = place_in_file(view, asset, anchor)
        else:
            return Place()
        known = not found.address.startswith("#") or found.address[1:] in there
        return found if known else replace(found, address="")

    return place_of


def field_anchor(name: str) -> str:
    """Return the id of the element that shows a field."""
    return f"field-{name.replace('.', '-')}"


def _player(view: ResourceView, said: list[Said]) -> Player | None:
    """Return the player, which begins at the first note that is open of what it plays."""
    player = player_of(view)
    if player is None or player.start:
        return player
    seconds = [
        int(each.place.second)
        for each in said
        if each.place.second is not None
        and each.settled_at is None
        and each.place.asset == player.asset
    ]
    return replace(player, start=min(seconds, default=0))


def _strip(view: ResourceView, player: Player | None, said: list[Said]) -> FrameStrip | None:
    film = view.asset(player.asset) if player else None
    if film is None or player is None:
        return None
    seconds = [
        each.place.second
        for each in said
        if each.place.second is not None and each.place.asset == player.asset
    ]
    return frame_strip(view, film, seconds)


def _places(view: ResourceView) -> list[tuple[str, str]]:
    """Return where a note may be put: the value of the choice, and its words."""
    found = [(f"field:{name}", str(words)) for name, words in PLACES.items()]
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
        found = (float(minutes or 0) * SECONDS_A_MINUTE if colon else 0) + float(seconds)
    except ValueError:
        return None
    return found if isfinite(found) else None
