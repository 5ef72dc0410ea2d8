"""How a version moves from state to state: one table, and the only function that follows it.

`move` follows it; `apply` asks for the note and writes the event as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalog import clock, events
from catalog.errors import Fault, Invalid, InvalidTransition
from catalog.policy.actions import Action
from catalog.states import State

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from catalog.tables.resource import Version


@dataclass(frozen=True)
class Transition:
    """A step: from a state, by an action of the log, to a state; who may, and if a note is needed.

    `who` None is the machine's own step.
    """

    before: State
    action: str
    after: State
    who: Action | None
    needs_note: bool = False


TRANSITIONS: tuple[Transition, ...] = (
    Transition(State.DRAFT, "submit", State.SUBMITTED, Action.RESOURCE_SUBMIT),
    Transition(State.CHANGES_ASKED, "submit", State.SUBMITTED, Action.RESOURCE_SUBMIT),
    Transition(State.SUBMITTED, "take_back", State.DRAFT, Action.RESOURCE_SUBMIT),
    Transition(State.SUBMITTED, "claim", State.IN_REVIEW, Action.RESOURCE_CLAIM),
    Transition(State.IN_REVIEW, "give_back", State.SUBMITTED, Action.RESOURCE_CLAIM),
    Transition(State.IN_REVIEW, "lapse", State.SUBMITTED, None),
    Transition(State.IN_REVIEW, "publish", State.PUBLISHED, Action.RESOURCE_DECIDE),
    Transition(
        State.IN_REVIEW, "ask_changes", State.CHANGES_ASKED, Action.RESOURCE_DECIDE, needs_note=True
    ),
    Transition(State.IN_REVIEW, "decline", State.DECLINED, Action.RESOURCE_DECIDE, needs_note=True),
    Transition(State.DRAFT, "publish_import", State.PUBLISHED, Action.RESOURCE_DECIDE),
    Transition(State.PUBLISHED, "supersede", State.SUPERSEDED, None),
    Transition(
        State.PUBLISHED, "withdraw", State.WITHDRAWN, Action.RESOURCE_WITHDRAW, needs_note=True
    ),
)

_BY_STEP = {(step.before, step.action): step for step in TRANSITIONS}


def transition(state: str, action: str) -> Transition:
    """Return the step; raise InvalidTransition (a 409) when the table has none."""
    try:
        return _BY_STEP[State(state), action]
    except KeyError:
        raise InvalidTransition("wrong_state", state=state, action=action) from None


def move(version: Version, action: str) -> Transition:
    """Move `version` and write nothing: for who writes the event together with others.

    Raises InvalidTransition as `transition` does.
    """
    step = transition(version.state, action)
    version.state = step.after
    version.revision += 1
    version.updated_at = clock.now()
    return step


def apply(
    session: Session,
    version: Version,
    action: str,
    *,
    by: str | None,
    note: str | None = None,
) -> Transition:
    """Move `version` by `action` and write the event. Who may was asked of the policy before.

    Raises:
        InvalidTransition: the table has no such step from here.
        Invalid: the step needs a note and there is none.

    """
    step = transition(version.state, action)
    words = (note or "").strip()
    if step.needs_note and not words:
        raise Invalid((Fault("reason" if action == "withdraw" else "note", "required"),))
    move(version, action)
    if action != "supersede":
        events.record(
            session, resource_id=version.resource_id, by=by, action=action, note=words or None
        )
    return step
