"""Plain text, Markdown and CSV: charset and words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ingest.formats.base import Examined, Facts, Made, Segment
from ingest.formats.charsets import decoded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.workspace import Workspace

LARGEST: Final = 32 * 1024 * 1024


class PlainText:
    """txt, md, csv."""

    family = "document"
    media_types = frozenset({"text/plain", "text/markdown", "text/csv"})

    def examine(self, box: Workspace, media_type: str) -> Examined:
        """Return charset and words. Raises Faulty."""
        del media_type
        said = box.call("ingest.formats.text:read", path=str(box.source))
        facts: Facts = {"charset": said["charset"]}
        return Examined(facts, (Segment(said["text"]),))

    def pictures(self, box: Workspace, media_type: str, facts: Facts) -> Iterator[Made]:
        """Make the text in UTF-8."""
        del media_type, facts
        target = box.file("text.txt")
        said = box.call("ingest.formats.text:read", path=str(box.source))
        target.write_text(said["text"], encoding="utf-8", errors="replace")
        yield Made("text", "text/plain", target)

    def forms(self, box: Workspace, media_type: str, facts: Facts) -> Iterator[Made]:
        """Make nothing more."""
        del box, media_type, facts
        yield from ()


def read(path: str) -> dict[str, Any]:
    """Read a text, in the child."""
    with Path(path).open("rb") as file:
        text, charset = decoded(file.read(LARGEST))
    return {"text": text, "charset": charset}
