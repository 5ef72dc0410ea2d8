"""What a zip holds, listed with bounds and unpacked by nobody: bombs, locks and escapes are named.

The central directory is read, and of a member no more than is asked for. A zip may lie about its
sizes, so what is inflated is counted as it comes.
"""

from __future__ import annotations

import re
import stat
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from ingest.verdict import Faulty, Reason

if TYPE_CHECKING:
    from pathlib import Path

MIB: Final = 1024 * 1024
MOST_INFLATED: Final = 64 * MIB
"""Of all that we inflate ourselves (DESIGN section 9)."""
MOST_DECLARED: Final = 8 * 1024 * MIB
FREE_BYTES: Final = 10 * MIB
MOST_RATIO: Final = 100
"""Beyond the first `FREE_BYTES`; text packs to a tenth, bombs to a thousandth."""
MOST_ENTRIES: Final = 20_000
_ENCRYPTED_BIT: Final = 1
_DRIVE: Final = re.compile(r"[A-Za-z]:")
_NESTED: Final = (".zip", ".gz", ".7z", ".rar", ".tar")


@dataclass(frozen=True)
class Listing:
    """The names and declared sizes of an archive, with what is wrong with it."""

    entries: tuple[tuple[str, int], ...]
    reasons: tuple[Reason, ...]

    def has(self, name: str) -> bool:
        """Whether there is a member of exactly this name."""
        return any(each == name for each, _ in self.entries)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the members."""
        return tuple(name for name, _ in self.entries)


def listing(path: Path) -> Listing:
    """List a zip. Raises Faulty `damaged` when it is none."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError) as error:
        raise Faulty("damaged", because=str(error)[:200]) from error
    size = path.stat().st_size
    reasons = [
        *_of_members(members),
        *_of_sizes(members, size),
    ]
    return Listing(
        tuple((member.filename, member.file_size) for member in members[:MOST_ENTRIES]),
        tuple(reasons),
    )


def member(path: Path, name: str, most: int = MOST_INFLATED) -> bytes:
    """Inflate one member, at most `most` bytes of it.

    Raises Faulty: `archive_bomb` when there is more, `damaged`, `encrypted`.
    """
    try:
        with zipfile.ZipFile(path) as archive, archive.open(name) as file:
            content = file.read(most + 1)
    except RuntimeError as error:
        raise Faulty("encrypted") from error
    except (
        zipfile.BadZipFile,
        OSError,
        ValueError,
        EOFError,
        KeyError,
        NotImplementedError,
    ) as error:
        raise Faulty("damaged", because=str(error)[:200]) from error
    if len(content) > most:
        raise Faulty("archive_bomb", name=name)
    return content


def _of_members(members: list[zipfile.ZipInfo]) -> list[Reason]:
    found: dict[str, Reason] = {}
    for each in members:
        path = PurePosixPath(each.filename.replace("\\", "/"))
        linked = stat.S_ISLNK(each.external_attr >> 16)
        if path.is_absolute() or ".." in path.parts or _DRIVE.match(each.filename) or linked:
            found.setdefault("path_escape", Reason("path_escape", {"name": each.filename[:200]}))
        if each.flag_bits & _ENCRYPTED_BIT:
            found.setdefault("encrypted", Reason("encrypted", {"name": each.filename[:200]}))
    return list(found.values())


def _of_sizes(members: list[zipfile.ZipInfo], size: int) -> list[Reason]:
    inflated = sum(each.file_size for each in members)
    packed = max(sum(each.compress_size for each in members), 1)
    swollen = inflated > FREE_BYTES and inflated - FREE_BYTES > MOST_RATIO * packed
    too_many = inflated > MOST_DECLARED or len(members) > MOST_ENTRIES
    if swollen or too_many or any(_is_bomb(each, size) for each in members):
        return [Reason("archive_bomb", {"bytes": inflated, "entries": len(members)})]
    return []


def _is_bomb(member: zipfile.ZipInfo, size: int) -> bool:
    """Whether an archive within is as large as the whole, or a member lies about its size."""
    nested = member.filename.lower().endswith(_NESTED) and member.file_size >= size
    # Nothing becomes larger by packing, but for a little (RFC 1951, section 3.2.4).
    return nested or member.compress_size > member.file_size * 1.02 + 1024
