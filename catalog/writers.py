"""The one writer of an upload: who holds its lease, and what only the holder may note.

The lease is short and renewed while bytes come, so that a killed portal keeps an upload closed for
seconds only. Whoever writes must hold the token of the lease (Kleppmann, "fencing tokens").
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import literal, or_, select, update

from catalog import clock
from catalog.errors import Conflict
from catalog.tables.upload import Upload

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

LEASE = timedelta(seconds=15)
KEPT = timedelta(days=7)
"""How long an upload that nobody continues is kept."""


def nobody_knows(holder: str) -> bool:
    """Take every process for alive."""
    del holder
    return False


def demand_free(row: Upload, has_ended: Callable[[str], bool]) -> None:
    """Raise Conflict `upload_busy` while a process holds the lease that has not ended."""
    if row.lease_until is None or row.lease_until <= clock.now():
        return
    if row.lease_holder is None or not has_ended(row.lease_holder):
        raise Conflict("upload_busy")


def take(row: Upload, holder: str | None) -> None:
    """Have the process `holder` hold the lease, with a token of its own."""
    # Who gives a lease back has heard from the store what became of all he sent.
    row.interrupted = row.interrupted or row.lease_until is not None
    row.lease_token += 1
    row.lease_until, row.lease_holder = clock.now() + LEASE, holder


def demand_lease(session: Session, upload_id: str, *, token: int) -> None:
    """Raise Conflict `upload_busy` when another has taken the lease since."""
    if session.scalar(select(Upload.lease_token).where(Upload.id == upload_id)) != token:
        raise Conflict("upload_busy")


def renew(session: Session, upload_id: str, *, token: int) -> None:
    """Hold the lease for longer. Raises Conflict `upload_busy` when another has it by now."""
    _held(session, upload_id, token, lease_until=clock.now() + LEASE)


def note(
    session: Session, upload_id: str, *, token: int, received: int, hash_state: bytes | None
) -> None:
    """Note a durable offset with the hash up to it, and renew the lease.

    Raises Conflict `upload_busy` when another has the lease by now.
    """
    _held(
        session,
        upload_id,
        token,
        received=received,
        hash_state=hash_state,
        lease_until=clock.now() + LEASE,
        expires_at=clock.now() + KEPT,
    )


def _held(session: Session, upload_id: str, token: int, **values: object) -> None:
    """Change the row only while its token is still the caller's."""
    changed = session.execute(
        update(Upload)
        .where(Upload.id == upload_id, Upload.lease_token == token)
        .values(**values)
        .returning(Upload.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if changed is None:
        raise Conflict("upload_busy")


def let_go(session: Session, upload_id: str, *, token: int, interrupted: bool = False) -> None:
    """Give the lease back; `interrupted` where the store did not say what became of a write."""
    session.execute(
        update(Upload)
        .where(Upload.id == upload_id, Upload.lease_token == token)
        .values(lease_until=None, interrupted=or_(Upload.interrupted, literal(interrupted)))
        .execution_options(synchronize_session=False)
    )


def give_up(session: Session, upload_id: str, *, token: int) -> None:
    """Let an upload be over whose bytes are in the store no more, unless another has the lease."""
    ended = clock.now() - timedelta(seconds=1)
    _held(session, upload_id, token, lease_until=None, expires_at=ended)
