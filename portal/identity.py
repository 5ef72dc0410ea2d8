"""Who asks: the session cookie or a bearer token, turned into an `Actor` once per request."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import current_app, g, request
from flask_login import LoginManager, UserMixin, login_user, logout_user
from flask_login import current_user as session_user

from catalog import people, tokens
from catalog.database import DatabaseBusy
from catalog.errors import NotPermitted
from catalog.policy.actor import ANONYMOUS, Actor

if TYPE_CHECKING:
    from flask import Flask

    from portal.services import Services
    from portal.tally import Tally

BEARER = "bearer"
"""Schemes have no case (RFC 9110 section 11.1)."""


class SessionUser(UserMixin):
    """What flask-login keeps: the account's id with the epoch of its sessions."""

    def __init__(self, actor: Actor) -> None:
        """Wrap an actor that was just loaded."""
        self.actor = actor

    def get_id(self) -> str:
        """Return what the signed cookie holds."""
        return f"{self.actor.person_id}.{self.actor.session_epoch}"


def services() -> Services:
    """Return the services of the app at work."""
    return cast("Services", current_app.extensions["caravan"])


def bearer_token() -> str | None:
    """Return the token of the request's Authorization header, if it has one."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    return secret.strip() if scheme.casefold() == BEARER else None


def actor() -> Actor:
    """Return who asks. A token that is void is refused, and not taken for a visitor.

    Raises NotPermitted `bad_token`, and DatabaseBusy; the page that says so does not wait for the
    database once more.
    """
    if "away" in g:
        raise cast("DatabaseBusy", g.away)
    if "actor" not in g:
        try:
            g.actor = _read_actor()
        except DatabaseBusy as error:
            g.away = error
            raise
    return cast("Actor", g.actor)


def _read_actor() -> Actor:
    secret = bearer_token()
    if secret is None:
        user = session_user._get_current_object()  # noqa: SLF001 - the proxy's own way to its object
        return user.actor if isinstance(user, SessionUser) else ANONYMOUS
    with services().database.reading() as session:
        found = tokens.actor_by_token(session, secret)
    if found is None:
        raise NotPermitted("bad_token", anonymous=True)
    cast("Tally", current_app.extensions["tally"]).note_token(secret)
    return found


def sign_in(person_id: str) -> None:
    """Begin a session for an account whose password held."""
    with services().database.reading() as session:
        found = people.actor_of(session, person_id)
    if found is not None:
        login_user(SessionUser(found))
        g.actor = found


def sign_out() -> None:
    """End this session."""
    logout_user()
    g.actor = ANONYMOUS


def _load_user(kept: str) -> SessionUser | None:
    person_id, _, epoch = kept.partition(".")
    with services().database.reading() as session:
        found = people.actor_of(session, person_id)
    if found is None or str(found.session_epoch) != epoch:
        return None
    return SessionUser(found)


def install(app: Flask) -> None:
    """Join flask-login to the app."""
    # Its own context processor would ask for the account on error pages too, and fail as they did.
    manager = LoginManager(app, add_context_processor=False)
    manager.user_loader(_load_user)
    manager.session_protection = None
