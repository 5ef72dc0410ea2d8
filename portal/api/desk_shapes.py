"""How the answers of the desk and of managing look; see `portal.api.shapes`."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import Field

from portal.api.shapes import ByLanguage, Moment, Shape


class Author(Shape):
    """Who wrote a note."""

    id: str
    name: str


class Note(Shape):
    """A note; `anchor` is {field}, {asset, page}, {asset, second} or null."""

    id: str
    at: Moment
    author: Author
    text: str
    anchor: dict[str, Any] | None
    answers: str | None
    private: bool
    settled_at: Moment | None


class Notes(Shape):
    """The notes on a resource, oldest first."""

    results: list[Note]


class Event(Shape):
    """A line of the log; `actor` null is the house itself."""

    seq: int
    at: Moment
    actor: str | None
    action: str
    note: str | None
    hash: str


class Events(Shape):
    """The log of a resource, oldest first."""

    results: list[Event]


class Check(Shape):
    """What the machine found of one file."""

    asset: str
    filename: str
    verdict: str | None
    reasons: list[str]


class Submission(Shape):
    """Something handed over."""

    id: str
    kind: str
    title: str
    institution: str
    submitted_at: Moment | None
    state: str
    languages: list[str]
    checks: list[Check]
    claimed_by: str | None


class Queue(Shape):
    """One page of the queue, oldest first."""

    results: list[Submission]
    total: int
    page: int


class Institution(Shape):
    """An institution."""

    id: str
    country: str
    name: ByLanguage


class Institutions(Shape):
    """All institutions."""

    results: list[Institution]


class Agreement(Shape):
    """An agreement; a date that is null is open."""

    id: str
    parties: list[str]
    starts: str | None = Field(alias="from")
    until: str | None


class Agreements(Shape):
    """All agreements."""

    results: list[Agreement]


class RoleHeld(Shape):
    """A role; `institution` null is the whole site."""

    role: str
    institution: str | None


class User(Shape):
    """An account."""

    id: str
    email: str
    name: str
    active: bool
    roles: list[RoleHeld]


class Users(Shape):
    """The accounts one manages."""

    results: list[User]


class Token(Shape):
    """A token without its secret."""

    id: str
    name: str
    scopes: list[str]
    created_at: Moment


class ListedToken(Token):
    """A token in the list, with the day on which it was last used."""

    last_used_on: date | None


class NewToken(Token):
    """A token with its secret, which is told only now."""

    token: str


class Tokens(Shape):
    """One's own tokens, newest first."""

    results: list[ListedToken]


class Looked(Shape):
    """A point of the checklist, and whether it is ticked in the review that is open."""

    id: str
    label: str
    ticked: bool


class Checklist(Shape):
    """What curators look at with their own eyes."""

    results: list[Looked]


class Concept(Shape):
    """A concept as its admins see it; `retired` is offered no more."""

    id: str
    labels: ByLanguage
    alternatives: dict[str, list[str]]
    broader: list[str]
    retired: bool


class Point(Shape):
    """A point of the checklists; no kinds: asked of every kind."""

    id: str
    label: str
    wording: ByLanguage
    kinds: list[str]
    retired: bool


class Points(Shape):
    """The points in their order."""

    results: list[Point]
