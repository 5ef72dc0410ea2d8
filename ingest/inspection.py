"""A file looked at from end to end: type, dangers, facts, words, verdict. Needs no database.

The pipeline runs the same looks as steps; `caravan inspect` prints what comes of them.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ingest.endings import ENCRYPTED, SVG, UNKNOWN
from ingest.formats.base import Examined, Facts, Segment
from ingest.formats.registry import format_of
from ingest.language import detect
from ingest.sandbox import Limits, ToolFailed, has_network_wall
from ingest.verdict import Faulty, Reason, Verdict, verdict_of
from ingest.workspace import Workspace, workspace

if TYPE_CHECKING:
    from pathlib import Path

PIECE_BYTES = 1024 * 1024
STOPPING = frozenset({"empty", "archive_bomb"})
"""Reasons after which no decoder is asked."""
_LOOKING = Limits(seconds=60, memory_bytes=1024 * 1024 * 1024)
MAY_FETCH = frozenset({"film", "audio"})
"""Families whose decoders could open addresses: held where no wall keeps the network out."""


_OLD_OFFICE = ("application/msword", "application/vnd.ms-", "text/")


@dataclass(frozen=True)
class Inspection:
    """All that was found out about one file."""

    media_type: str
    family: str
    reasons: tuple[Reason, ...]
    facts: Facts
    segments: tuple[Segment, ...]

    @property
    def verdict(self) -> Verdict:
        """The hardest verdict that a reason leads to."""
        return verdict_of(self.reasons)

    @property
    def text(self) -> str:
        """The words of the file as one text."""
        return "\n".join(segment.text for segment in self.segments)


def inspect(path: Path) -> dict[str, Any]:
    """Return the facts of CONTRACT's `caravan inspect --json` for one file.

    Never raises for what a file holds; raises OSError when it cannot be read at all.
    """
    if path.exists() and not path.is_file():
        raise OSError(0, "not a file")  # A pipe would keep us waiting for ever.
    sha256, size = _hashed(path)
    with workspace(path) as box:
        found = look(box, filename=path.name)
    facts = dict(found.facts)
    answer: dict[str, Any] = {
        "path": str(path),
        "bytes": size,
        "sha256": sha256,
        "media_type": found.media_type,
        "family": found.family,
        "verdict": str(found.verdict),
        "reasons": [{"code": reason.code, **_said(reason)} for reason in found.reasons],
    }
    if found.segments or found.family == "document":
        text = found.text
        answer |= {"text": text, "text_chars": counted(text)}
    return answer | facts


def look(box: Workspace, *, filename: str, language: str | None = None) -> Inspection:
    """Look at the file of a workspace, named `filename` by its giver."""
    media_type, reasons = _first_look(box, filename)
    handler = format_of(media_type)
    family = handler.family if handler else _family_of(media_type)
    if media_type == SVG:
        return Inspection(media_type, "image", reasons, {}, ())
    if STOPPING & {reason.code for reason in reasons}:
        return Inspection(media_type, family, reasons, {}, ())
    if handler is None:
        known = tuple(reasons) or (Reason("unknown_type", {"found": media_type}),)
        return Inspection(media_type, family, known, {}, ())
    if family in MAY_FETCH and not has_network_wall():
        reasons = (*reasons, Reason("external_reference", {"because": "no wall"}))
    examined = examine(box, media_type)
    merged = _merged(reasons, examined.reasons)
    facts = with_language(examined, language)
    return Inspection(media_type, family, merged, facts, examined.segments)


def _first_look(box: Workspace, filename: str) -> tuple[str, tuple[Reason, ...]]:
    try:
        said = box.call(
            "ingest.scan:first_look", limits=_LOOKING, path=str(box.source), filename=filename
        )
    except Faulty as fault:
        return UNKNOWN, (Reason(fault.code, dict(fault.facts)),)
    return said["media_type"], tuple(Reason(code, facts) for code, facts in said["reasons"])


def examine(box: Workspace, media_type: str) -> Examined:
    """Have the format look, with every fault of the file as a reason."""
    handler = format_of(media_type)
    if handler is None:
        return Examined({})
    try:
        return handler.examine(box, media_type)
    except Faulty as fault:
        return Examined({}, (), (Reason(fault.code, dict(fault.facts)),))
    except ToolFailed as error:
        return Examined({}, (), (Reason(error.code, {"because": error.stderr[-300:]}),))


def with_language(examined: Examined, given: str | None) -> Facts:
    """Return the facts with the language of the words added, where the format said none."""
    facts = examined.facts
    if facts.get("language") or not examined.segments:
        return facts
    text = "\n".join(segment.text for segment in examined.segments)
    main, all_of_them = detect(text, given)
    if main is None:
        return facts
    return {**facts, "language": main, "languages": list(all_of_them)}


def counted(text: str) -> int:
    """Return the length of a text with each run of white space counted as one."""
    return len(" ".join(text.split()))


def _merged(first: tuple[Reason, ...], second: tuple[Reason, ...]) -> tuple[Reason, ...]:
    found: dict[str, Reason] = {}
    for reason in (*first, *second):
        found.setdefault(reason.code, reason)
    return tuple(found.values())


def _family_of(media_type: str) -> str:
    if media_type == ENCRYPTED or media_type.startswith(_OLD_OFFICE):
        return "document"
    top = media_type.partition("/")[0]
    return {"video": "film", "audio": "audio", "image": "image", "model": "model"}.get(top, "other")


def _said(reason: Reason) -> dict[str, Any]:
    return {"facts": reason.facts} if reason.facts else {}


def _hashed(path: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            digest.update(piece)
            size += len(piece)
    return digest.hexdigest(), size
