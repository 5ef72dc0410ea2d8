"""Bearer tokens of an account: made once, kept as a digest, narrowed by scopes."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from catalog import clock
from catalog.errors import Fault, Invalid, NotFound, NotPermitted
from catalog.ids import new_id
from catalog.people import actor_of
from catalog.policy.actions import Scope
from catalog.tables.people import Token

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy.orm import Session

    from catalog.policy.actor import Actor

PREFIX = "crv_"
"""Makes a leaked token findable by scanners of source code."""
ENTROPY_BYTES = 32


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
    unknown = sorted(set(scopes) - set(Scope))
    if unknown:
        raise Invalid((Fault("scopes", "unknown_value", {"allowed": [str(s) for s in Scope]}),))
    secret = PREFIX + secrets.token_urlsafe(ENTROPY_BYTES)
    token = Token(
        id=new_id(),
        person_id=person_id,
        digest=_digest(secret),
        name=name.strip()[:100],
        scopes=sorted(set(scopes)),
        created_at=clock.now(),
    )
    session.add(token)
    session.flush()
    return _view(token), secret


def actor_by_token(session: Session, secret: str) -> Actor | None:
    """Return who a token speaks for, with its scopes, in three statements; None when it is void."""
    token = session.scalar(select(Token).where(Token.digest == _digest(secret)))
    if token is None:
        return None
    return actor_of(session, token.person_id, scopes=[Scope(scope) for scope in token.scopes])


def tokens_of(session: Session, *, by: Actor) -> tuple[TokenView, ...]:
    """Return one's own tokens, newest first."""
    rows = session.scalars(
        select(Token).where(Token.person_id == by.person_id).order_by(Token.created_at.desc())
    )
    return tuple(_view(row) for row in rows)


def revoke(session: Session, *, by: Actor, token_id: str) -> None:
    """End one of one's own tokens."""
    token = session.get(Token, token_id)
    if token is None or token.person_id != by.person_id:
        raise NotFound("not_found", what="token")
    session.delete(token)


def _view(token: Token) -> TokenView:
    return TokenView(
        token.id, token.name, tuple(token.scopes), token.created_at, token.last_used_on
    )


def _digest(secret: str) -> str:
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
