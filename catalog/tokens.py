"""Bearer tokens of an account: made once, kept as a digest, narrowed by scopes."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import or_, select, update

from catalog import clock
from catalog.errors import Fault, Invalid, NotFound, NotPermitted
from catalog.ids import new_id
from catalog.people import actor_from
from catalog.policy.actions import Scope
from catalog.tables.people import Person, RoleHeld, Token

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy.orm import Session

    from catalog.policy.actor import Actor

PREFIX = "crv_"
"""Makes a leaked token findable by scanners of source code."""
ENTROPY_BYTES = 32
LONGEST_NAME = 100


@dataclass(frozen=True)
class TokenView:
    """A token as its owner sees it, without the secret."""

    id: str
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    last_used_on: datetime | None


def create(
    session: Session, *, person_id: str, scopes: Collection[str] = (), name: str = ""
) -> tuple[TokenView, str]:
    """Make a token and return it with its secret, which is shown only this once."""
    _known(scopes)
    secret = PREFIX + secrets.token_urlsafe(ENTROPY_BYTES)
    token = Token(
        id=new_id(),
        person_id=person_id,
        digest=digest_of(secret),
        name=name.strip()[:LONGEST_NAME],
        scopes=sorted(set(scopes)),
        created_at=clock.now(),
    )
    session.add(token)
    session.flush()
    return _view(token), secret


def actor_by_token(session: Session, secret: str) -> Actor | None:
    """Return who a token speaks for, with its scopes, in two statements; None when it is void."""
    rows = session.execute(
        select(Token, Person, RoleHeld)
        .join(Person, Person.id == Token.person_id)
        .outerjoin(RoleHeld, RoleHeld.person_id == Person.id)
        .where(Token.digest == digest_of(secret), Person.active)
    ).all()
    if not rows:
        return None
    token, person, _ = rows[0]
    scopes = [Scope(scope) for scope in token.scopes]
    return actor_from(session, person, [held for _, _, held in rows if held], scopes=scopes)


def note_used(session: Session, digests: Collection[str]) -> None:
    """Note that tokens were used today: one statement, and none where there are none."""
    if not digests:
        return
    now = clock.now()
    before_today = Token.last_used_on < now.replace(hour=0, minute=0, second=0, microsecond=0)
    session.execute(
        update(Token)
        .where(Token.digest.in_(sorted(digests)))
        .where(or_(Token.last_used_on.is_(None), before_today))
        .values(last_used_on=now)
    )


def tokens_of(session: Session, *, by: Actor) -> tuple[TokenView, ...]:
    """Return one's own tokens, newest first."""
    rows = session.scalars(
        select(Token).where(Token.person_id == by.person_id).order_by(Token.created_at.desc())
    )
    return tuple(_view(row) for row in rows)


def token_of(session: Session, *, by: Actor, token_id: str) -> TokenView:
    """Return one of one's own tokens; raises NotFound."""
    return _view(_own(session, by, token_id))


def change(
    session: Session,
    *,
    by: Actor,
    token_id: str,
    name: str | None = None,
    scopes: Collection[str] | None = None,
) -> TokenView:
    """Rename one of one's own tokens, or give it other scopes; None leaves a thing as it is.

    Raises NotPermitted `scope_missing` as `narrowed` does, and for a token wider than the asking one.
    """
    token = _own_no_wider(session, by, token_id)
    if scopes is not None:
        token.scopes = sorted(set(_known(narrowed(by, scopes))))
    if name is not None:
        token.name = name.strip()[:LONGEST_NAME]
    session.flush()
    return _view(token)


def revoke(session: Session, *, by: Actor, token_id: str) -> None:
    """End one of one's own tokens. Raises NotPermitted for one wider than the asking one."""
    session.delete(_own_no_wider(session, by, token_id))
    session.flush()


def _own_no_wider(session: Session, by: Actor, token_id: str) -> Token:
    token = _own(session, by, token_id)
    if by.scopes:
        narrowed(by, token.scopes or list(Scope))
    return token


def _own(session: Session, by: Actor, token_id: str) -> Token:
    token = session.get(Token, token_id)
    if token is None or token.person_id != by.person_id:
        raise NotFound("not_found", what="token")
    return token


def _known(scopes: Collection[str]) -> Collection[str]:
    if set(scopes) - set(Scope):
        raise Invalid((Fault("scopes", "unknown_value", {"allowed": [str(s) for s in Scope]}),))
    return scopes


def _view(token: Token) -> TokenView:
    return TokenView(
        token.id, token.name, tuple(token.scopes), token.created_at, token.last_used_on
    )


def digest_of(secret: str) -> str:
    """A plain SHA-256 is enough for a secret of 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def narrowed(actor: Actor, scopes: Collection[str]) -> tuple[str, ...]:
    """Return the scopes a new token may have: a narrowed token makes no wider one.

    Raises NotPermitted `scope_missing`.
    """
    wanted = tuple(dict.fromkeys(scopes))
    if not actor.scopes:
        return wanted
    if not wanted:
        return tuple(sorted(actor.scopes))
    if not set(wanted) <= set(actor.scopes):
        raise NotPermitted("scope_missing", anonymous=False)
    return wanted
