"""What every format offers, and the values it speaks in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypedDict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from ingest.verdict import Reason
    from ingest.workspace import Workspace


class Facts(TypedDict, total=False):
    """What a file says about itself, as in `caravan inspect --json` (CONTRACT).

    A key that is absent does not apply; one that is None could not be found out.
    """

    title: str | None
    author: str | None
    language: str | None
    languages: list[str]
    charset: str | None
    pages: int | None
    duration_s: float | None
    width: int | None
    height: int | None
    display_width: int | None
    display_height: int | None
    rotation: int | None
    frame_rate: float | None
    video_codec: str | None
    audio: list[dict[str, Any]]
    subtitles: list[dict[str, Any]]
    chapters: int | None
    cues: int | None
    entries: int | None
    triangles: int | None
    bounding_box: list[float] | None
    unit: str | None
    watertight: bool | None
    gps: bool


@dataclass(frozen=True)
class Segment:
    """A piece of a file's text, at a page (from 1) or at a second of it."""

    text: str
    page: int | None = None
    second: float | None = None


@dataclass(frozen=True)
class Examined:
    """What a look at a file brought."""

    facts: Facts
    segments: tuple[Segment, ...] = ()
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class Made:
    """A rendition that stands in the workspace; `facts` are, say, the times of a contact sheet."""

    name: str
    media_type: str
    path: Path
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class RenditionSpec:
    """A rendition by name: what family it is made of, whether it takes long, and its size."""

    name: str
    family: str
    heavy: bool = False
    short_side: int | None = None
    bits_per_second: int | None = None


class Format(Protocol):
    """A family of file types.

    A fault of the file is a `Faulty` or a reason; anything else that escapes is a bug of ours.
    """

    @property
    def family(self) -> str:
        """Return the family's word: film, audio, image, document, model, subtitle, package."""

    @property
    def media_types(self) -> frozenset[str]:
        """Return the media types it takes."""

    def examine(self, box: Workspace, media_type: str) -> Examined:
        """Look at the file. Raises Faulty."""

    def pictures(self, box: Workspace, media_type: str, facts: Facts) -> Iterator[Made]:
        """Make the small things a list and a page show first: thumbnail, poster, pages, captions."""

    def forms(self, box: Workspace, media_type: str, facts: Facts) -> Iterator[Made]:
        """Make what takes long: films and sounds for thin lines. Reports `box.progress`."""
