"""New resources of a bulk import, many in one unit of work, as each by itself would be written.

Only what needs no look at what is there: new source ids, no files. All else goes line by line, by
the actions that page and API call.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalog import events, imports, indexing, workflow
from catalog.errors import Fault, Invalid
from catalog.inserting import as_row, insert_all
from catalog.policy.actions import Action
from catalog.policy.clauses import Standing
from catalog.policy.guard import demand
from catalog.resources import drafts, storing
from catalog.resources.checks import missing_values_for_import
from catalog.resources.versions import show
from catalog.tables.institution import Institution

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from catalog.inserting import Row
    from catalog.policy.actor import Actor
    from catalog.resources.values import Values


@dataclass(frozen=True)
class Newcomer:
    """One line: its checked values, and the digest of its wording (`imports.digest`)."""

    values: Values
    digest: str


def bring_in(
    session: Session,
    *,
    by: Actor,
    institution: str,
    newcomers: Sequence[Newcomer],
    publish: bool,
) -> list[str]:
    """Write new resources, published by the curator `by` where that is asked; return their ids.

    A dozen statements, however many. The command line has asked who may bring in.

    Raises:
        Invalid: the institution is unknown, or a line lacks what publishing needs.
        NotPermitted: to publish, and not a curator.
        Conflict: at the end of the unit of work, when a source id is no longer new.

    """
    if session.get(Institution, institution) is None:
        raise Invalid((Fault("institution", "unknown_institution", {"value": institution}),))
    if publish:
        demand(by, Action.RESOURCE_DECIDE, Standing(institution=institution))
    new: list[Row] = []
    ids: list[str] = []
    for each in newcomers:
        resource, version = drafts.begun(institution, each.values, by)
        actions = ["create"]
        if publish:
            if faults := missing_values_for_import(each.values):
                raise Invalid(faults, code="incomplete")
            actions.append(workflow.move(version, "publish_import").action)
            show(resource, version)
        ids.append(resource.id)
        new += (as_row(resource), as_row(version), imports.noted(resource.id, each.digest))
        new += events.first_lines(resource.id, by=by.person_id, actions=actions)
        new += storing.rows(version.id, each.values)
    # The tables of resources and versions come first: the others point at them.
    insert_all(session, new)
    if publish:
        indexing.touch(session, ids, first=True)
    return ids
