"""Whether a column holds one of many values, all of them sent as one parameter.

A statement that spells out each of two thousand ids is built, read and planned anew each time: that
took a tenth of an index job. One array is one parameter, and the statement stays the same.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import Boolean, String, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sqlalchemy import ColumnElement, SQLColumnExpression
    from sqlalchemy.engine import Dialect
    from sqlalchemy.sql.compiler import SQLCompiler
    from sqlalchemy.types import TypeEngine

    Column = SQLColumnExpression[str] | SQLColumnExpression[str | None]


def among(column: Column, values: Iterable[str]) -> ColumnElement[bool]:
    """Return the condition that a column of words holds one of some words; none is never one."""
    return _Among(column, bindparam(None, tuple(values), type_=_Words(), unique=True))


class _Words(TypeDecorator[Any]):
    """Words as one value: an array on PostgreSQL, a list in JSON on SQLite."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(ARRAY(String))
        return dialect.type_descriptor(String())

    def process_bind_param(self, value: Collection[str] | None, dialect: Dialect) -> object:
        words = list(value or ())
        return words if dialect.name == "postgresql" else json.dumps(words)


class _Among(FunctionElement[bool]):
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: object = None) -> _Among:
        """Stand in a condition as it is: with `= 1` behind it, SQLite would look up no index."""
        del against
        return self


@compiles(_Among, "postgresql")
def _any_of(element: _Among, compiler: SQLCompiler, **named: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own
    column, words = (compiler.process(each, **named) for each in element.clauses)
    return f"{column} = ANY ({words})"


@compiles(_Among, "sqlite")
def _each_of(element: _Among, compiler: SQLCompiler, **named: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own
    column, words = (compiler.process(each, **named) for each in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({words}))"  # noqa: S608 - both are parameters or columns by now
