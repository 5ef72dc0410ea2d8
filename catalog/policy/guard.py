"""The one question every action asks before it acts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog.errors import NotFound, NotPermitted
from catalog.policy.actions import Action
from catalog.policy.rules import allows

if TYPE_CHECKING:
    from catalog.policy.actor import Actor
    from catalog.policy.clauses import Standing


def demand(actor: Actor, action: Action, standing: Standing, *, what: str = "resource") -> None:
    """Return when `actor` may; raise NotPermitted, or NotFound when they may not know of the thing."""
    answer = allows(actor, action, standing)
    if answer.allowed:
        return
    if not _known(actor, action, standing):
        raise NotFound("not_found", what=what)
    raise NotPermitted(answer.reason, anonymous=not actor.signed_in, action=str(action))


def _known(actor: Actor, action: Action, standing: Standing) -> bool:
    """Whether they may know of the thing; a draft beside a public version hides only itself."""
    if not standing.state or (standing.public and action is not Action.RESOURCE_READ):
        return True
    return allows(actor, Action.RESOURCE_READ, standing).allowed
