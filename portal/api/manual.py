"""The OpenAPI document as people read it: by tag, each operation with what it takes and answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

VERBS = ("get", "head", "post", "patch", "put", "delete", "options")


@dataclass(frozen=True)
class Taken:
    """A parameter or a field of the body: `place` is query, path, header or body."""

    name: str
    place: str
    kind: str
    required: bool
    told: str


@dataclass(frozen=True)
class Operation:
    """One call; `answers` are (status, what it means)."""

    anchor: str
    verb: str
    address: str
    summary: str
    told: str
    taken: tuple[Taken, ...]
    answers: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Chapter:
    """All operations of a tag."""

    name: str
    told: str
    operations: tuple[Operation, ...]


def chapters(document: dict[str, Any]) -> tuple[Chapter, ...]:
    """Return the document by tags, in its own order."""
    return tuple(
        Chapter(tag["name"], tag.get("description", ""), tuple(_operations(document, tag["name"])))
        for tag in document["tags"]
    )


def _operations(document: dict[str, Any], tag: str) -> Iterator[Operation]:
    for address, item in document["paths"].items():
        for verb in VERBS:
            operation = item.get(verb)
            if operation and tag in operation["tags"]:
                shared = item.get("parameters", [])
                yield _operation(document, address, verb, operation, shared)


def _operation(
    document: dict[str, Any],
    address: str,
    verb: str,
    operation: dict[str, Any],
    shared: list[dict[str, Any]],
) -> Operation:
    return Operation(
        anchor=f"{verb}-{address.strip('/').translate(str.maketrans('/', '-', '{}'))}",
        verb=verb.upper(),
        address=address,
        summary=operation["summary"],
        told=operation.get("description", ""),
        taken=(
            *_parameters([*shared, *operation.get("parameters", [])]),
            *_fields(document, operation),
        ),
        answers=tuple(
            (status, answer["description"])
            for status, answer in sorted(operation["responses"].items())
        ),
    )


def _parameters(listed: list[dict[str, Any]]) -> Iterator[Taken]:
    for each in listed:
        yield Taken(
            each["name"],
            each["in"],
            _kind(each["schema"]),
            each.get("required", False),
            each.get("description", ""),
        )


def _fields(document: dict[str, Any], operation: dict[str, Any]) -> Iterator[Taken]:
    content = operation.get("requestBody", {}).get("content", {})
    reference = content.get("application/json", {}).get("schema", {}).get("$ref")
    if reference is None:
        return
    model = document["components"]["schemas"][reference.rpartition("/")[2]]
    for name, schema in model["properties"].items():
        yield Taken(
            name,
            "body",
            _kind(schema),
            name in model.get("required", ()),
            schema.get("description", ""),
        )


def _kind(schema: dict[str, Any]) -> str:
    """Return the type of a value in a word or two; empty when it may be anything."""
    parts = schema.get("anyOf") or [schema]
    return " / ".join(str(part["type"]) for part in parts if "type" in part)
