"""Zips of files: counted, and left packed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ingest.archives import listing
from ingest.formats.base import Examined, Facts, Made

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.workspace import Workspace


class Package:
    """zip."""

    family = "package"
    media_types = frozenset({"application/zip", "application/vnd.google-earth.kmz"})

    def examine(self, box: Workspace, media_type: str) -> Examined:
        """Count the entries; `scan` has named what is wrong with them. Raises Faulty."""
        del media_type
        facts: Facts = {"entries": box.call("ingest.formats.package:count", path=str(box.source))}
        return Examined(facts)

    def pictures(self, box: Workspace, media_type: str, facts: Facts) -> Iterator[Made]:
        """Make nothing: nobody has looked inside."""
        del box, media_type, facts
        yield from ()

    forms = pictures


def count(path: str) -> int:
    """Return the number of entries. A child's task; raises Faulty."""
    return len(listing(Path(path)).entries)
