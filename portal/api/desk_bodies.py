"""The bodies of the desk's threads and ticks, of the vocabulary, and of the checklists."""

from __future__ import annotations

from portal.api.description import Body, ResourcePath, Strict, ThingPath


class NotePath(ResourcePath):
    """A note on a resource."""

    nid: str


class SettlingBody(Body):
    """Whether a note is settled."""

    settled: bool


class TicksBody(Body):
    """The points that are ticked, all of them: others are ticked no more."""

    ticked: list[str]


class RolePath(ThingPath):
    """A role of a person."""

    role: str


class PlaceQuery(Strict):
    """The institution at which a role is held; none: the whole site."""

    institution: str = ""


class ConceptBody(Body):
    """A concept to be added; the id is an English word."""

    id: str
    labels: dict[str, str]
    alternatives: dict[str, list[str]] = {}
    broader: str | None = None


class ConceptPatch(Body):
    """A merge patch of a concept; a label set to null is that of the data again, or none."""

    labels: dict[str, str | None] | None = None
    alternatives: dict[str, list[str] | None] | None = None
    retired: bool = False


class ConceptFields(Body):
    """What a concept is after a patch."""

    labels: dict[str, str]
    alternatives: dict[str, list[str]]
    retired: bool


class PointBody(Body):
    """A point of the checklists to be added; no kinds: asked of every kind."""

    wording: dict[str, str]
    kinds: list[str] = []


class PointPatch(Body):
    """A merge patch of a point."""

    wording: dict[str, str | None] | None = None
    kinds: list[str] = []
    retired: bool = False


class PointFields(Body):
    """What a point is after a patch."""

    wording: dict[str, str]
    kinds: list[str]
    retired: bool
