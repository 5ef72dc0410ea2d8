"""Notes on a resource under review, anchored to a field, a page or a second; answers below them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from catalog import clock
from catalog.errors import Fault, Invalid, NotFound, NotPermitted
from catalog.ids import new_id
from catalog.policy.actions import Action
from catalog.policy.guard import demand
from catalog.policy.rules import not_own_gift
from catalog.resources.fields import LONGEST as LONGEST_TEXTS
from catalog.resources.fields import clean
from catalog.resources.values import WRITABLE
from catalog.tables.people import Person
from catalog.tables.review import Note
from config.kinds import KINDS
from config.languages import normalise_tag

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from catalog.policy.actor import Actor
    from catalog.resources.views import AssetView, ResourceView

LONGEST = 5_000


@dataclass(frozen=True)
class NoteView:
    """A note; `anchor` as in the API: {field}, {asset, page}, {asset, second}, or None."""

    id: str
    at: datetime
    author_id: str
    author: str
    text: str
    anchor: dict[str, Any] | None
    answers: str | None = None
    private: bool = False
    settled_at: datetime | None = None
    settled_by: str | None = None


def notes_of(session: Session, *, by: Actor, view: ResourceView) -> tuple[NoteView, ...]:
    """Return the notes on a resource, oldest first; private ones for its curators alone."""
    demand(by, Action.NOTE_READ, view.standing)
    asked = (
        select(Note, Person.name)
        .join(Person, Person.id == Note.person_id)
        .where(Note.resource_id == view.id)
        .order_by(Note.at, Note.id)
    )
    if not judges(by, view):
        asked = asked.where(Note.private.is_(False))
    return tuple(_view(note, name) for note, name in session.execute(asked))


def judges(by: Actor, view: ResourceView) -> bool:
    """Whether somebody reads this as a curator: not who gave it, curator or not."""
    return by.is_curator and not_own_gift(view.standing, by)


def leave(
    session: Session,
    *,
    by: Actor,
    view: ResourceView,
    text: str,
    anchor: Mapping[str, Any] | None = None,
    answers: str | None = None,
    private: bool = False,
) -> NoteView:
    """Leave a note, or answer one. An answer stands where its note does, and is as private.

    Raises Invalid for an empty text, an anchor that does not exist, an answer to an answer or to
    what one may not read; NotPermitted for a private note of somebody who is no curator of this.
    """
    demand(by, Action.NOTE_WRITE, view.standing)
    if answers is not None:
        private = _asked(session, by=by, view=view, note_id=answers, alone=not anchor).private
    elif private and not judges(by, view):
        raise NotPermitted("not_permitted", anonymous=False, action=str(Action.NOTE_SETTLE))
    words = clean(text, lines=True)
    faults = [] if words else [Fault("text", "required")]
    if len(words) > LONGEST:
        faults.append(Fault("text", "too_long", {"longest": LONGEST}))
    place = _place(view, anchor or {})
    if place is None:
        faults.append(Fault("anchor", "no_such_anchor"))
    if faults or place is None:
        raise Invalid(tuple(faults))
    note = Note(
        id=new_id(),
        resource_id=view.id,
        person_id=by.person_id,
        at=clock.now(),
        text=words,
        answers=answers,
        private=private,
        **place,
    )
    session.add(note)
    session.flush()
    return _view(note, by.name)


def settle(
    session: Session, *, by: Actor, view: ResourceView, note_id: str, settled: bool
) -> NoteView:
    """Say that a note is settled, or open again; who says it first stays named.

    Raises NotFound for a note that is not on this resource or is an answer, NotPermitted.
    """
    demand(by, Action.NOTE_SETTLE, view.standing)
    found = session.execute(
        select(Note, Person.name)
        .join(Person, Person.id == Note.person_id)
        .where(Note.id == note_id, Note.resource_id == view.id, Note.answers.is_(None))
    ).one_or_none()
    if found is None or (found[0].private and not judges(by, view)):
        raise NotFound("not_found", what="note")
    note, author = found
    if settled != (note.settled_at is not None):
        note.settled_at = clock.now() if settled else None
        note.settled_by = by.person_id if settled else None
        session.flush()
    return _view(note, author)


def _asked(
    session: Session, *, by: Actor, view: ResourceView, note_id: str, alone: bool
) -> NoteView:
    """Return the note that is answered; raises Invalid when it cannot be, or there is an anchor."""
    found = {each.id: each for each in notes_of(session, by=by, view=view)}.get(note_id)
    faults = [] if alone else [Fault("anchor", "no_such_anchor")]
    if found is None or found.answers is not None:
        faults.append(Fault("answers", "no_such_note"))
    if faults or found is None:
        raise Invalid(tuple(faults))
    return found


def _place(view: ResourceView, anchor: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the anchor's columns, or None when there is no such place."""
    keys = set(anchor)
    if not keys:
        return {}
    if keys == {"field"}:
        return {"field": anchor["field"]} if _has_field(view, anchor["field"]) else None
    asset = view.asset(str(anchor.get("asset")))
    return _place_in(asset, anchor) if asset is not None else None


def _place_in(asset: AssetView, anchor: Mapping[str, Any]) -> dict[str, Any] | None:
    keys = set(anchor)
    if keys == {"asset"}:
        return {"asset_id": asset.id}
    if keys == {"asset", "page"} and _has_page(asset, anchor["page"]):
        return {"asset_id": asset.id, "page": anchor["page"]}
    if keys == {"asset", "second"} and _has_second(asset, anchor["second"]):
        return {"asset_id": asset.id, "second": float(anchor["second"])}
    return None


def _has_field(view: ResourceView, field: object) -> bool:
    """Whether there is such a field: `year`, `title.zh`, `details.duration_minutes`."""
    if not isinstance(field, str):
        return False
    name, dot, part = field.partition(".")
    if not dot:
        return name in WRITABLE
    if name == "details":
        return part in {spec.name for spec in KINDS[view.kind].fields}
    if name not in LONGEST_TEXTS:
        return False
    try:
        return normalise_tag(part) == part
    except ValueError:
        return False


def _has_page(asset: AssetView, page: object) -> bool:
    if not isinstance(page, int) or isinstance(page, bool):
        return False
    return 1 <= page <= (asset.facts.get("pages") or 0)


def _has_second(asset: AssetView, second: object) -> bool:
    if not isinstance(second, int | float) or isinstance(second, bool):
        return False
    return 0 <= second <= (asset.facts.get("duration_s") or 0)


def _view(note: Note, author: str) -> NoteView:
    anchor: dict[str, Any] | None = None
    if note.field is not None:
        anchor = {"field": note.field}
    elif note.asset_id is not None:
        anchor = {"asset": note.asset_id}
        anchor |= {"page": note.page} if note.page is not None else {}
        anchor |= {"second": note.second} if note.second is not None else {}
    return NoteView(
        id=note.id,
        at=note.at,
        author_id=note.person_id,
        author=author,
        text=note.text,
        anchor=anchor,
        answers=note.answers,
        private=note.private,
        settled_at=note.settled_at,
        settled_by=note.settled_by,
    )
