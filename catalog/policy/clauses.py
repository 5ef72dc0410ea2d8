"""A condition on a resource as a value: one value, evaluated in Python or turned into SQL.

A rule gives, for one actor, a clause over the columns of `Standing`. Because the yes/no and the
SQL come from the same clause, they cannot drift apart; a test holds them against each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, false, or_, true

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import ColumnElement


@dataclass(frozen=True)
class Standing:
    """What the rules ask of a thing. `verdict` and `released` are of a file, when it is one.

    `public`: another version is published, so that everybody may know of the resource.
    """

    institution: str | None = None
    state: str | None = None
    access: str | None = None
    created_by: str | None = None
    submitted_by: str | None = None
    verdict: str | None = None
    released: bool = False
    public: bool = False


@dataclass(frozen=True)
class Among:
    """The column has one of these values."""

    column: str
    values: frozenset[str | bool]


@dataclass(frozen=True)
class All:
    """Every part holds; with no parts, always."""

    parts: tuple[Clause, ...]


@dataclass(frozen=True)
class Some:
    """At least one part holds; with no parts, never."""

    parts: tuple[Clause, ...]


Clause = Among | All | Some

ALWAYS: Clause = All(())
NEVER: Clause = Some(())


def among(column: str, *values: str | bool) -> Clause:
    """Write a condition on one column."""
    return Among(column, frozenset(values))


def holds(clause: Clause, standing: Standing) -> bool:
    """Evaluate `clause` for one thing."""
    if isinstance(clause, Among):
        return getattr(standing, clause.column) in clause.values
    parts = (holds(part, standing) for part in clause.parts)
    return all(parts) if isinstance(clause, All) else any(parts)


def to_sql(clause: Clause, columns: Mapping[str, ColumnElement[Any]]) -> ColumnElement[bool]:
    """Turn `clause` into an expression over `columns`, keyed by the names of `Standing`."""
    if isinstance(clause, Among):
        return columns[clause.column].in_(sorted(clause.values, key=str))
    parts = [to_sql(part, columns) for part in clause.parts]
    return and_(true(), *parts) if isinstance(clause, All) else or_(false(), *parts)
