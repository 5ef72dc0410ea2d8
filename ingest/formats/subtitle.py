"""Subtitles: cues, charset and words; WebVTT and plain text of them in UTF-8."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ingest.formats.base import Examined, Facts, Made, Segment
from ingest.formats.charsets import decoded
from ingest.formats.cues import as_webvtt, read_cues
from ingest.verdict import Faulty

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.workspace import Workspace

_LARGEST: Final = 16 * 1024 * 1024
"""Bytes of a subtitle: the longest film with every word in it stays below one megabyte."""


class Subtitle:
    """srt and vtt; ass for its words alone."""

    family = "subtitle"
    media_types = frozenset({"application/x-subrip", "text/vtt", "text/x-ssa"})

    def examine(self, box: Workspace, media_type: str) -> Examined:
        """Return cues, charset and the words by their seconds. Raises Faulty."""
        del media_type
        said = _rewritten(box)
        facts: Facts = {
            "cues": len(said["cues"]),
            "charset": said["charset"],
            "duration_s": round(max(cue["end"] for cue in said["cues"]), 3),
        }
        segments = (Segment(cue["text"], second=cue["start"]) for cue in said["cues"])
        return Examined(facts, tuple(segments))

    def pictures(self, box: Workspace, media_type: str, facts: Facts) -> Iterator[Made]:
        """Make WebVTT and plain text. Raises Faulty."""
        del media_type, facts
        said = _rewritten(box)
        words = box.file("text.txt")
        words.write_text("\n".join(cue["text"] for cue in said["cues"]) + "\n", encoding="utf-8")
        yield Made("captions", "text/vtt", box.file("captions.vtt"))
        yield Made("text", "text/plain", words)

    def forms(self, box: Workspace, media_type: str, facts: Facts) -> Iterator[Made]:
        """Make nothing: a subtitle is light as it is."""
        del box, media_type, facts
        yield from ()


def _rewritten(box: Workspace) -> Any:  # noqa: ANN401 - JSON
    target = str(box.file("captions.vtt"))
    return box.call("ingest.formats.subtitle:rewrite", path=str(box.source), target=target)


def rewrite(path: str, target: str) -> dict[str, Any]:
    """Write the cues as WebVTT in UTF-8; return cues and charset. A child's task; raises Faulty."""
    content = Path(path).read_bytes()
    if len(content) > _LARGEST:
        raise Faulty("too_large")
    text, charset = decoded(content)
    cues = read_cues(text)
    if not cues:
        raise Faulty("damaged", because="no cues")
    Path(target).write_text(as_webvtt(cues), encoding="utf-8")
    told = [{"start": cue.start, "end": cue.end, "text": cue.text} for cue in cues]
    return {"cues": told, "charset": charset}
