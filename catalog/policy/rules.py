"""The rules: for every action, what must hold, each requirement with the reason a refusal gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalog.policy.actions import SCOPES, Action
from catalog.policy.clauses import ALWAYS, NEVER, All, Clause, Some, Standing, among, holds
from catalog.policy.roles import SITE_ADMIN_ONLY
from catalog.states import HANDED_OVER_STATES, Access, State

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog.policy.actor import Actor


@dataclass(frozen=True)
class Answer:
    """Yes or no, with the reason of a no as a stable code."""

    allowed: bool
    reason: str = ""


RELEASED = (True,)


def anyone(actor: Actor, action: Action) -> Clause:
    """Everybody, signed in or not."""
    del actor, action
    return ALWAYS


def granted(actor: Actor, action: Action) -> Clause:
    """Whoever holds a role that grants the action where the resource is at home."""
    if action in SITE_ADMIN_ONLY:
        return ALWAYS if actor.is_site_admin else NEVER
    places = actor.granted_at(action)
    return ALWAYS if places is None else among("institution", *places)


def giving(actor: Actor, action: Action) -> Clause:
    """Those who give for the institution; and a curator or another who began the gift himself."""
    own = NEVER
    if actor.person_id is not None:
        began = among("created_by", actor.person_id)
        own = All((began, granted(actor, Action.RESOURCE_CREATE)))
    return Some((granted(actor, action), own))


def published(actor: Actor, action: Action) -> Clause:
    """The published version."""
    del actor, action
    return among("state", State.PUBLISHED)


def inside(actor: Actor, action: Action) -> Clause:
    """Those of the house who work on it: the giving institution, and curators from handing over."""
    del action
    judged = (
        among("state", *HANDED_OVER_STATES, State.PUBLISHED, State.DECLINED, State.SUPERSEDED)
        if actor.is_curator
        else NEVER
    )
    return Some((giving(actor, Action.RESOURCE_READ), judged))


def fit_to_give(actor: Actor, action: Action) -> Clause:
    """A file that ingest accepted, or that was held and a curator released."""
    del actor, action
    return Some(
        (among("verdict", "accept"), All((among("verdict", "hold"), among("released", *RELEASED))))
    )


def access_met(actor: Actor, action: Action) -> Clause:
    """Open items for everybody, the others by institution and agreement."""
    del action
    partners = (
        among("access", Access.PARTNERS) if actor.of_an_institution else NEVER,
        All((among("access", Access.AGREEMENT), among("institution", *actor.partners))),
    )
    return Some((among("access", Access.OPEN), *partners))


def either(*conditions: Callable[[Actor, Action], Clause]) -> Callable[[Actor, Action], Clause]:
    """At least one of the conditions."""
    return lambda actor, action: Some(tuple(each(actor, action) for each in conditions))


def every(*conditions: Callable[[Actor, Action], Clause]) -> Callable[[Actor, Action], Clause]:
    """All of the conditions."""
    return lambda actor, action: All(tuple(each(actor, action) for each in conditions))


def not_own_gift(standing: Standing, actor: Actor) -> bool:
    """Nobody judges what they gave themselves."""
    return actor.person_id not in (standing.created_by, standing.submitted_by)


RULES: dict[Action, Callable[[Actor, Action], Clause]] = {
    Action.AGREEMENT_MANAGE: granted,
    Action.CHECKLIST_EDIT: granted,
    Action.EVENT_READ: giving,
    Action.FILE_GIVE: giving,
    Action.FILE_RELEASE: every(granted, inside),
    Action.FILE_RETRY: every(giving, inside),
    Action.FILE_SHOW: either(inside, every(published, fit_to_give)),
    Action.FILE_TAKE: either(inside, every(published, fit_to_give, access_met)),
    Action.INSTITUTION_CREATE: granted,
    Action.INSTITUTION_EDIT: granted,
    Action.METRICS_READ: granted,
    Action.NOTE_READ: every(giving, inside),
    Action.NOTE_SETTLE: every(granted, inside),
    Action.NOTE_WRITE: every(giving, inside),
    Action.PEOPLE_MANAGE: granted,
    Action.QUEUE_READ: granted,
    Action.RESOURCE_CLAIM: granted,
    Action.RESOURCE_CREATE: granted,
    Action.RESOURCE_DECIDE: granted,
    Action.RESOURCE_EDIT: giving,
    Action.RESOURCE_FREE_CLAIM: granted,
    Action.RESOURCE_READ: either(published, inside),
    Action.RESOURCE_SUBMIT: giving,
    Action.RESOURCE_WITHDRAW: granted,
    Action.USAGE_READ: granted,
    Action.VOCABULARY_EDIT: granted,
}

NOT_ON_OWN_GIFT = frozenset({Action.RESOURCE_CLAIM, Action.RESOURCE_DECIDE})


def clause_for(actor: Actor, action: Action) -> Clause:
    """Return what must hold of a thing so that `actor` may do `action` to it."""
    if not _in_scope(actor, action):
        return NEVER
    return RULES[action](actor, action)


def allows(actor: Actor, action: Action, standing: Standing) -> Answer:
    """Say whether `actor` may do `action` to what stands so, with the reason of a no."""
    if not _in_scope(actor, action):
        return Answer(allowed=False, reason="scope_missing")
    if not holds(RULES[action](actor, action), standing):
        return Answer(allowed=False, reason=_reason(actor, action, standing))
    if action in NOT_ON_OWN_GIFT and not not_own_gift(standing, actor):
        return Answer(allowed=False, reason="own_gift")
    return Answer(allowed=True)


def _in_scope(actor: Actor, action: Action) -> bool:
    return not actor.scopes or bool(SCOPES[action] & actor.scopes)


def _reason(actor: Actor, action: Action, standing: Standing) -> str:
    if action is Action.FILE_TAKE and standing.state == State.PUBLISHED:
        if not holds(fit_to_give(actor, action), standing):
            return "file_not_released"
        return f"{standing.access}_only"
    return "not_permitted" if actor.signed_in else "not_signed_in"
