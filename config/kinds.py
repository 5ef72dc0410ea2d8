"""The kinds of resource and the fields that each has beside those of all, read from data.

A fault is a stable code; the words for it, and the labels of the fields, are the portal's.
"""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from config.languages import normalise_tag

_FOLDER: Final = Path(__file__).parent / "data" / "kinds"
_ORDER: Final = ("exhibit", "film", "lesson_plan", "activity", "other")
_LONGEST_TEXT: Final = 1000
_LONGEST_ITEM: Final = 200
_MOST_ITEMS: Final = 50


class FieldType(StrEnum):
    """What a field holds; a list is one of short texts."""

    INT = "int"
    FLOAT = "float"
    TEXT = "text"
    LIST = "list"


@dataclass(frozen=True)
class FieldSpec:
    """One field of a kind.

    ``minimum`` and ``maximum`` bound a number, in ``unit`` (``m2``, ``W``, ``kg``, ``min`` ...);
    ``of_languages`` says that the items of a list are BCP 47 tags.
    """

    name: str
    type: FieldType
    unit: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    of_languages: bool = False
    required_to_hand_over: bool = False


@dataclass(frozen=True)
class Kind:
    """A kind of resource; ``required`` are fields of all kinds that this one cannot do without."""

    name: str
    fields: tuple[FieldSpec, ...]
    required: tuple[str, ...]

    def field(self, name: str) -> FieldSpec | None:
        """Return the field of this name, or None when the kind has none."""
        return next((spec for spec in self.fields if spec.name == name), None)


def check_details(kind: str, details: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the faults as (field, code), in the order of the details.

    Codes: ``unknown_field``, ``not_a_number``, ``not_whole``, ``too_small``, ``too_large``,
    ``not_text``, ``empty``, ``too_long``, ``not_a_list``, ``not_a_language``.
    Raises KeyError for a kind that does not exist.
    """
    fields = KINDS[kind]
    faults = []
    for name, value in details.items():
        spec = fields.field(name)
        code = "unknown_field" if spec is None else _fault(spec, value)
        if code is not None:
            faults.append((name, code))
    return faults


def bounds(kind: str, name: str) -> dict[str, float]:
    """Return the least and the most that a number of this field may be; nothing of other fields."""
    spec = KINDS[kind].field(name)
    if spec is None or spec.minimum is None or spec.maximum is None:
        return {}
    return {"least": spec.minimum, "most": spec.maximum}


def missing_details(kind: str, details: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the fields that must be there before a resource is handed over, and are not."""
    return tuple(
        spec.name
        for spec in KINDS[kind].fields
        if spec.required_to_hand_over and spec.name not in details
    )


def _fault(spec: FieldSpec, value: object) -> str | None:
    match spec.type:
        case FieldType.INT | FieldType.FLOAT:
            return _number_fault(spec, value)
        case FieldType.TEXT:
            return _text_fault(value, _LONGEST_TEXT)
        case FieldType.LIST:
            return _list_fault(spec, value)


def _number_fault(spec: FieldSpec, value: object) -> str | None:
    # bool is an int to Python, but true is no floor area.
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "not_a_number"
    if isinstance(value, float) and not math.isfinite(value):
        return "not_a_number"
    if spec.type is FieldType.INT and value != value // 1:
        return "not_whole"
    return _bounds_fault(spec, value)


def _bounds_fault(spec: FieldSpec, value: float) -> str | None:
    if spec.minimum is not None and value < spec.minimum:
        return "too_small"
    if spec.maximum is not None and value > spec.maximum:
        return "too_large"
    return None


def _text_fault(value: object, longest: int) -> str | None:
    if not isinstance(value, str):
        return "not_text"
    if not value.strip():
        return "empty"
    return "too_long" if len(value) > longest else None


def _list_fault(spec: FieldSpec, value: object) -> str | None:
    if not isinstance(value, list | tuple):
        return "not_a_list"
    if not value:
        return "empty"
    if len(value) > _MOST_ITEMS:
        return "too_long"
    for item in value:
        fault = _text_fault(item, _LONGEST_ITEM)
        if fault is None and spec.of_languages:
            fault = _language_fault(item)
        if fault is not None:
            return fault
    return None


def _language_fault(tag: str) -> str | None:
    try:
        normalise_tag(tag)
    except ValueError:
        return "not_a_language"
    return None


def _read(name: str) -> Kind:
    data = tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    fields = tuple(
        FieldSpec(
            **{
                **entry,
                "name": field,
                "type": FieldType(entry["type"]),
            }
        )
        for field, entry in data.get("fields", {}).items()
    )
    return Kind(name, fields, tuple(data.get("required", ())))


KINDS: Final[Mapping[str, Kind]] = MappingProxyType({name: _read(name) for name in _ORDER})
