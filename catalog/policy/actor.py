"""Who asks: a person with roles and institutions, a token's scopes, or nobody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalog.policy.actions import SCOPES, Scope
from catalog.policy.roles import ADMIN, CURATOR, ROLES

if TYPE_CHECKING:
    from catalog.policy.actions import Action


@dataclass(frozen=True)
class Actor:
    """Whoever asks. `roles` holds (role, institution or None for the whole site)."""

    person_id: str | None = None
    name: str = ""
    email: str = ""
    roles: frozenset[tuple[str, str | None]] = frozenset()
    partners: frozenset[str] = frozenset()
    """Institutions whose `agreement` items this person may take: their own, and the other parties."""
    scopes: frozenset[Scope] = frozenset()
    """Of a token; empty is all that the account may."""
    session_epoch: int = 0

    @property
    def signed_in(self) -> bool:
        """Whether this is somebody with an account."""
        return self.person_id is not None

    @property
    def institutions(self) -> frozenset[str]:
        """Where the person holds a role."""
        return frozenset(place for _, place in self.roles if place is not None)

    @property
    def of_an_institution(self) -> bool:
        """Whether `partners` items are open to this person."""
        return bool(self.roles)

    @property
    def is_curator(self) -> bool:
        """Whether the person is a curator, of whatever institution."""
        return any(role == CURATOR.name for role, _ in self.roles)

    @property
    def is_site_admin(self) -> bool:
        """Whether the person is an admin of the whole site."""
        return (ADMIN.name, None) in self.roles

    def granted_at(self, action: Action) -> frozenset[str] | None:
        """Return the institutions at which a role grants `action`; None is every one of them.

        A token that was not made for the action has it nowhere.
        """
        if self.scopes and not SCOPES[action] & self.scopes:
            return frozenset()
        places: set[str] = set()
        for name, place in self.roles:
            role = ROLES[name]
            if action in role.anywhere or (place is None and action in role.at_home):
                return None
            if place is not None and action in role.at_home:
                places.add(place)
        return frozenset(places)

    def scopes_held(self) -> tuple[Scope, ...]:
        """Return the scopes with which a token may do something that the account may.

        An action that more than one scope opens gives none of them to who has another.
        """
        opened = {
            scope
            for action, scopes in SCOPES.items()
            if len(scopes) == 1 and self.granted_at(action) != frozenset()
            for scope in scopes
        }
        return tuple(scope for scope in Scope if scope is Scope.READ or scope in opened)


ANONYMOUS = Actor()
