"""Sign-in with its limits, counted in the database so that they hold across processes."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, or_, select

from catalog import clock
from catalog.errors import CatalogError
from catalog.ids import new_id
from catalog.people import folded, password_holds, person_by_email
from catalog.tables.people import SignInAttempt

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from catalog.database import Database

WINDOW = timedelta(minutes=15)
MOST_PER_ACCOUNT = 10
MOST_PER_ADDRESS = 50
"""Failures in the window. A school's whole class may share one address."""


class TooManySignIns(CatalogError):
    """The limit is reached; `facts["retry_after"]` is in seconds."""


def sign_in(
    database: Database, *, email: str, password: str, address: str, secret: str
) -> str | None:
    """Return the id of the account, or None when address or password do not hold.

    The password is checked outside any transaction: it takes a tenth of a second by design.
    Raises TooManySignIns alike for accounts that exist and that do not.
    """
    account, place = _digest(secret, folded(email)), _digest(secret, address)
    attempt = SignInAttempt(id=new_id(), account=account, address=place, at=clock.now())
    with database.unit_of_work() as session:
        session.add(attempt)
        old = clock.now() - 2 * WINDOW
        session.execute(delete(SignInAttempt).where(SignInAttempt.at < old))
    # Counted after it was noted: of many at once, no more than the limit get as far as a password.
    with database.reading() as session:
        spent = _is_spent(session, account, place)
        person = person_by_email(session, email)
    if spent:
        with database.unit_of_work() as session:
            session.execute(delete(SignInAttempt).where(SignInAttempt.id == attempt.id))
        raise TooManySignIns("too_many_sign_ins", retry_after=int(WINDOW.total_seconds()))
    if password_holds(person, password) and person is not None:
        with database.unit_of_work() as session:
            session.execute(delete(SignInAttempt).where(SignInAttempt.account == account))
        return person.id
    return None


def _is_spent(session: Session, account: str, place: str) -> bool:
    since = clock.now() - WINDOW
    by_account, by_address = session.execute(
        select(
            func.count().filter(SignInAttempt.account == account),
            func.count().filter(SignInAttempt.address == place),
        ).where(
            SignInAttempt.at > since,
            or_(SignInAttempt.account == account, SignInAttempt.address == place),
        )
    ).one()
    return bool(by_account > MOST_PER_ACCOUNT or by_address > MOST_PER_ADDRESS)


def _digest(secret: str, value: str) -> str:
    """Keyed, so that the table names nobody."""
    return hmac.new(secret.encode(), value.encode(), hashlib.sha256).hexdigest()
