"""The rule of who sees a record, as a value that the catalogue turns into SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement

from catalog.policy.actions import Action
from catalog.policy.clauses import Clause, to_sql
from catalog.policy.rules import clause_for
from catalog.tables.resource import Resource, Version

if TYPE_CHECKING:
    from catalog.policy.actor import Actor

COLUMNS: dict[str, ColumnElement[Any]] = {
    "institution": Resource.institution_id.expression,
    "state": Version.state.expression,
    "access": Version.access.expression,
    "created_by": Version.created_by.expression,
    "submitted_by": Version.submitted_by.expression,
}
"""Where each word of `Standing` stands in a query over resource joined with version."""

Visibility = Clause


def visible_to(actor: Actor) -> Visibility:
    """Return what must hold of a version so that `actor` may see its record."""
    return clause_for(actor, Action.RESOURCE_READ)


def visible_sql(actor: Actor) -> ColumnElement[bool]:
    """Return the same as an SQL condition over resource joined with version."""
    return to_sql(visible_to(actor), COLUMNS)
