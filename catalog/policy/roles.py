"""The roles, each with what it grants. A role is held at an institution or for the whole site."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.policy.actions import Action


@dataclass(frozen=True)
class Role:
    """A role. `at_home` holds for what the institution gave; `anywhere` for every resource.

    Held for the whole site, `at_home` holds for every institution too.
    """

    name: str
    site_wide: bool
    """Whether it may be held for the whole site."""
    at_home: frozenset[Action]
    anywhere: frozenset[Action] = frozenset()


_GIVING = frozenset(
    {
        Action.EVENT_READ,
        Action.FILE_GIVE,
        Action.FILE_RETRY,
        Action.NOTE_READ,
        Action.NOTE_WRITE,
        Action.RESOURCE_CREATE,
        Action.RESOURCE_EDIT,
        Action.RESOURCE_READ,
        Action.RESOURCE_SUBMIT,
        Action.USAGE_READ,
    }
)

CONTRIBUTOR = Role("contributor", site_wide=False, at_home=_GIVING)
PARTNER = Role("partner", site_wide=False, at_home=frozenset())
CURATOR = Role(
    "curator",
    site_wide=True,
    at_home=frozenset({Action.RESOURCE_CREATE}),
    anywhere=frozenset(
        {
            Action.EVENT_READ,
            Action.FILE_RELEASE,
            Action.FILE_RETRY,
            Action.NOTE_READ,
            Action.NOTE_SETTLE,
            Action.NOTE_WRITE,
            Action.QUEUE_READ,
            Action.RESOURCE_CLAIM,
            Action.RESOURCE_DECIDE,
            Action.RESOURCE_WITHDRAW,
        }
    ),
)
ADMIN = Role(
    "admin",
    site_wide=True,
    at_home=frozenset(
        {
            Action.EVENT_READ,
            Action.INSTITUTION_EDIT,
            Action.NOTE_READ,
            Action.PEOPLE_MANAGE,
            Action.RESOURCE_FREE_CLAIM,
            Action.RESOURCE_READ,
            Action.RESOURCE_WITHDRAW,
            Action.USAGE_READ,
        }
    ),
)

SITE_ADMIN_ONLY = frozenset(
    {
        Action.AGREEMENT_MANAGE,
        Action.CHECKLIST_EDIT,
        Action.INSTITUTION_CREATE,
        Action.METRICS_READ,
        Action.VOCABULARY_EDIT,
    }
)
"""What only an admin of the whole site may do."""

ROLES: dict[str, Role] = {role.name: role for role in (CONTRIBUTOR, PARTNER, CURATOR, ADMIN)}


def granting(action: Action) -> tuple[str, ...]:
    """Return the names of the roles that grant an action for every resource."""
    return tuple(role.name for role in ROLES.values() if action in role.anywhere)
