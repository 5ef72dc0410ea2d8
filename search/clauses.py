"""What a query is made of, whatever the engine: values that each engine turns into its own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
    """What has exactly this term in a field, scored by BM25."""

    field: str
    value: str


@dataclass(frozen=True)
class Values:
    """What has any of these values in a field; scores nothing."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Phrase:
    """What has these terms next to each other, in this order."""

    field: str
    terms: tuple[str, ...]


@dataclass(frozen=True)
class Prefix:
    """What has a term that begins so; scores nothing by itself."""

    field: str
    value: str


@dataclass(frozen=True)
class Fuzzy:
    """What has a term that differs by one letter at most; scores nothing by itself."""

    field: str
    value: str


@dataclass(frozen=True)
class Scaled:
    """The same, its score multiplied."""

    clause: Clause
    factor: float


@dataclass(frozen=True)
class Const:
    """The same, with one score for all it finds."""

    clause: Clause
    score: float


@dataclass(frozen=True)
class AnyOf:
    """What `least` of the clauses find; their scores are added."""

    clauses: tuple[Clause, ...]
    least: int = 1


@dataclass(frozen=True)
class All:
    """What all `clauses` find and none of `without`; `perhaps` only adds to the score."""

    clauses: tuple[Clause, ...]
    perhaps: tuple[Clause, ...] = ()
    without: tuple[Clause, ...] = ()


@dataclass(frozen=True)
class Nothing:
    """What nothing has."""


Clause = Term | Values | Phrase | Prefix | Fuzzy | Scaled | Const | AnyOf | All | Nothing
