"""A bulk list in groups: each line as it was read, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, BinaryIO, Final

from catalog import imports
from catalog.errors import CatalogError, Fault
from catalog.importing import Newcomer
from catalog.resources.values import read_values
from catalog.vocabulary import subject_finder
from ingest.lines import Line, lines_of, read_files, read_payload, source_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path
    from typing import Any

    from catalog.database import UnitOfWork
    from catalog.resources.values import Values

AT_ONCE: Final = 100
"""Lines of one unit of work: a tenth of a second, in which nobody else writes on SQLite."""
MOST_BYTES: Final = 8_000_000
"""Of the lines of a group; a longer one ends it."""


@dataclass(frozen=True)
class Outcome:
    """What became of one line; `status` is created, updated, unchanged or failed.

    `read_to` is where in the list the line ends, in bytes.
    """

    line: int
    source_id: str | None
    id: str | None
    status: str
    errors: tuple[Fault, ...] = ()
    read_to: int = 0


@dataclass(frozen=True)
class Raw:
    """One line as it stands in the list."""

    number: int
    read_to: int
    content: bytes


@dataclass(frozen=True)
class Read:
    """One line as it was read: what it says, with its checked values, or why it does not hold."""

    raw: Raw
    source_id: str | None
    found: Line | CatalogError
    values: Values | None = None

    def is_new(self, seen: Collection[str]) -> bool:
        """Whether it can come in beside others: it holds, is not known, and names no files."""
        return isinstance(self.found, Line) and self.source_id not in seen and not self.found.files

    def newcomer(self) -> Newcomer:
        """Return what is written of a new line."""
        assert isinstance(self.found, Line)
        assert self.values is not None
        told: list[list[str]] | None = None if self.found.files is None else []
        return Newcomer(self.values, imports.digest(self.found.payload, told))

    def outcome(self, rid: str, status: str) -> Outcome:
        """Return what became of it."""
        return Outcome(self.raw.number, self.source_id, rid, status, read_to=self.raw.read_to)

    def failed(self, faults: tuple[Fault, ...]) -> Outcome:
        """Return why it did not come in."""
        return Outcome(
            self.raw.number, self.source_id, None, "failed", faults, read_to=self.raw.read_to
        )


def groups_of(listed: BinaryIO) -> Iterator[tuple[Raw, ...]]:
    """Give the lines of a list that are not blank, so many at once."""
    group: list[Raw] = []
    for number, content in enumerate(lines_of(listed), 1):
        if content.strip():
            group.append(Raw(number, listed.tell(), content))
        if len(group) >= AT_ONCE or sum(len(each.content) for each in group) >= MOST_BYTES:
            yield tuple(group)
            group = []
    if group:
        yield tuple(group)


def read(session: UnitOfWork, group: tuple[Raw, ...]) -> list[Read]:
    """Read lines and check the fields of each; no file is looked at yet."""
    subject = cache(subject_finder(session))
    found = []
    for raw in group:
        source: str | None = None
        try:
            payload = read_payload(raw.content)
            source = source_of(payload)
            line = {name: value for name, value in payload.items() if name != "assets"}
            values = read_values(line, subject)
        except CatalogError as error:
            found.append(Read(raw, source, error))
        else:
            found.append(Read(raw, source, Line(source, payload, None), values))
    return found


def with_files(each: Read, folder: Path) -> Read:
    """Return a line with the files that it names beside the list."""
    if not isinstance(each.found, Line) or "assets" not in each.found.payload:
        return each
    payload: dict[str, Any] = dict(each.found.payload)
    try:
        files = read_files(payload.pop("assets"), folder)
    except CatalogError as error:
        return Read(each.raw, each.source_id, error)
    return Read(each.raw, each.source_id, Line(each.source_id, payload, files), each.values)
