"""One line of a bulk list: its JSON, and the files beside the list that it names."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from catalog.assets import Given, check_given
from catalog.errors import Fault, Invalid
from catalog.resources.fields import LONGEST_SOURCE_ID, clean
from config.languages import normalise_tag
from storage.hashing import HashingReader

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

LONGEST_LINE = 4 * 1024 * 1024
"""Bytes; a resource with texts as long as they may be in every language stays below a fifth."""
_BOM = b"\xef\xbb\xbf"
_MEMBERS = ("path", "role", "language", "sha256")


@dataclass(frozen=True)
class Listed:
    """A file that a line names; `field` is where, such as `assets.0`."""

    field: str
    path: Path
    given: Given


@dataclass(frozen=True)
class Line:
    """What a line says. `files` is None where it does not speak of files."""

    source_id: str | None
    payload: dict[str, Any]
    files: tuple[Listed, ...] | None


def lines_of(file: BinaryIO) -> Iterator[bytes]:
    """Give the lines of a list; of one that is too long no more than shows that it is."""
    first = True
    while line := file.readline(LONGEST_LINE + 1):
        rest = line
        while len(rest) > LONGEST_LINE and not rest.endswith(b"\n"):
            rest = file.readline(LONGEST_LINE + 1)
        yield line.removeprefix(_BOM) if first else line
        first = False


def read_payload(line: bytes) -> dict[str, Any]:
    """Return the object of a line. Raises Invalid."""
    if len(line) > LONGEST_LINE:
        raise Invalid((Fault("", "too_large"),))
    try:
        payload = json.loads(line)
    except (ValueError, RecursionError):
        raise Invalid((Fault("", "not_json"),)) from None
    if not isinstance(payload, dict):
        raise Invalid((Fault("", "not_an_object"),))
    return payload


def source_of(payload: dict[str, Any]) -> str | None:
    """Return the source id as the catalogue keeps it; None where none is given or it does not hold.

    A fault of it is told with those of the other fields.
    """
    value = payload.get("source_id")
    if not isinstance(value, str):
        return None
    cleaned = clean(value)
    return cleaned if 0 < len(cleaned) <= LONGEST_SOURCE_ID else None


def read_files(listed: object, folder: Path) -> tuple[Listed, ...]:
    """Read the `assets` of a line: paths are relative to the list and stay inside its folder.

    Raises Invalid with the faults of all of them.
    """
    if not isinstance(listed, list):
        raise Invalid((Fault("assets", "not_a_list"),))
    faults: list[Fault] = []
    found: list[Listed] = []
    for number, item in enumerate(listed):
        try:
            found.append(_file(f"assets.{number}", item, folder))
        except Invalid as error:
            faults += error.faults
    if faults:
        raise Invalid(tuple(faults))
    return tuple(found)


def sha256_of(listed: Listed) -> str:
    """Return the SHA-256 of a file's bytes. Raises Invalid: unreadable, or not the one stated."""
    try:
        with listed.path.open("rb") as file:
            reader = HashingReader(file)
            for _piece in reader:
                pass
    except OSError:
        raise _absent(listed.field, str(listed.given.filename)) from None
    if listed.given.sha256 not in (None, reader.sha256):
        raise Invalid((Fault(f"{listed.field}.sha256", "checksum_mismatch"),))
    return reader.sha256


def _faults_of_members(name: str, item: Mapping[str, object]) -> Iterator[Fault]:
    for each in item:
        if each not in _MEMBERS:
            yield Fault(f"{name}.{each}", "unknown_field")
    for each in _MEMBERS[1:]:
        if not isinstance(item.get(each), str | None):
            yield Fault(f"{name}.{each}", "not_a_text")


def _file(name: str, item: object, folder: Path) -> Listed:
    if not isinstance(item, dict) or not isinstance(item.get("path"), str):
        raise Invalid((Fault(name, "path_required"),))
    if faults := tuple(_faults_of_members(name, item)):
        raise Invalid(faults)
    path = _inside(folder, name, item["path"])
    language = _language(name, item.get("language"))
    given = Given(path.name, item.get("role") or "main", language, item.get("sha256"))
    wrong = tuple(
        Fault(f"{name}.{fault.field}", fault.code, fault.facts) for fault in check_given(given)
    )
    if wrong:
        raise Invalid(wrong)
    return Listed(name, path, given)


def _inside(folder: Path, name: str, value: str) -> Path:
    """Return the file that `value` names, links followed; none outside the folder is one."""
    try:
        path = (folder / value).resolve()
        there = path.is_relative_to(folder.resolve()) and path.is_file()
    except (OSError, ValueError, RuntimeError):
        # Too long a name, a NUL or half a surrogate pair in it, links in a circle.
        there = False
    if not there:
        raise _absent(name, value)
    return path


def _absent(name: str, value: str) -> Invalid:
    return Invalid((Fault(f"{name}.path", "no_such_file", {"value": clean(value)[:200]}),))


def _language(name: str, value: str | None) -> str | None:
    try:
        return normalise_tag(value) if value else None
    except ValueError:
        raise Invalid((Fault(f"{name}.language", "unknown_language"),)) from None
