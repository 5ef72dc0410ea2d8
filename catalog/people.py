"""People: accounts, passwords by argon2, roles, and the actor that policy asks about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select

from catalog import clock, roles
from catalog.errors import Conflict, Fault, Invalid, NotFound
from catalog.ids import new_id
from catalog.policy.actions import Action
from catalog.policy.actor import Actor
from catalog.policy.clauses import Standing
from catalog.policy.guard import demand
from catalog.policy.roles import ROLES
from catalog.tables.agreement import Agreement, AgreementParty
from catalog.tables.institution import Institution
from catalog.tables.people import Person, RoleHeld

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sqlalchemy.orm import Session

    from catalog.policy.actions import Scope

SHORTEST_PASSWORD = 10
"""Characters; NIST SP 800-63B asks for eight at least and for no other rule."""
LONGEST_PASSWORD = 512
LONGEST_EMAIL = 254
"""RFC 5321 section 4.5.3.1.3, without the brackets."""
LONGEST_NAME = 200

_hasher = PasswordHasher()
"""argon2id with the library's defaults, which follow RFC 9106's second recommendation."""

_DUMMY = (
    "$argon2id$v=19$m=65536,t=3,p=4"
    "$wK9QAm5RET65dAa4VVLe3g$jeigE3mBBQ7MGKfmmS5B2sqy1pd+YVbMqahe8EWfmeM"
)
"""Checked when an account is unknown, so that both answers take the same time.

Of no password that anybody has. Made beforehand: to make it takes every start a fifth of a second.
"""


@dataclass(frozen=True)
class PersonView:
    """An account as admins see it."""

    id: str
    email: str
    name: str
    active: bool
    roles: tuple[tuple[str, str | None], ...]


def actor_of(session: Session, person_id: str, *, scopes: Collection[Scope] = ()) -> Actor | None:
    """Return the actor for an account, in two statements; None when it is gone or closed."""
    rows = session.execute(
        select(Person, RoleHeld)
        .outerjoin(RoleHeld, RoleHeld.person_id == Person.id)
        .where(Person.id == person_id, Person.active)
    ).all()
    if not rows:
        return None
    return actor_from(session, rows[0][0], [held for _, held in rows if held], scopes=scopes)


def actor_from(
    session: Session, person: Person, held: Collection[RoleHeld], *, scopes: Collection[Scope] = ()
) -> Actor:
    """Return the actor for rows already read, in one statement."""
    places = frozenset((each.role, each.institution_id) for each in held)
    homes = {place for _, place in places if place}
    return Actor(
        person_id=person.id,
        name=person.name,
        email=person.email,
        roles=places,
        partners=_partners(session, homes),
        scopes=frozenset(scopes),
        session_epoch=person.session_epoch,
    )


def _partners(session: Session, homes: set[str]) -> frozenset[str]:
    """Return `homes` and all that share an agreement in force today with one of them."""
    if not homes:
        return frozenset()
    today = clock.now().date()
    ours, theirs = AgreementParty, AgreementParty.__table__.alias("theirs")
    found = session.scalars(
        select(theirs.c.institution_id)
        .join(ours, ours.agreement_id == theirs.c.agreement_id)
        .join(Agreement, Agreement.id == ours.agreement_id)
        .where(
            ours.institution_id.in_(homes),
            (Agreement.starts.is_(None)) | (Agreement.starts <= today),
            (Agreement.ends.is_(None)) | (Agreement.ends >= today),
        )
    )
    return frozenset(homes) | frozenset(found)


def person_by_email(session: Session, email: str) -> Person | None:
    """Return the account of an address, folded."""
    return session.scalar(select(Person).where(Person.email == folded(email)))


def name_of(session: Session, person_id: str | None) -> str:
    """Return somebody's name; nothing where there is nobody."""
    name = session.scalar(select(Person.name).where(Person.id == person_id)) if person_id else None
    return name or ""


def folded(email: str) -> str:
    """Fold an address for comparison."""
    return email.strip().casefold()


def folded_name(name: str) -> str:
    """Return a name on one line."""
    return " ".join(name.split())


def password_holds(person: Person | None, password: str) -> bool:
    """Check a password; as slow for an unknown account as for a known one."""
    known = person.password_hash if person and person.active else None
    try:
        _hasher.verify(known or _DUMMY, password[:LONGEST_PASSWORD])
    except (VerificationError, InvalidHashError):
        return False
    return known is not None


def add_person(
    session: Session,
    *,
    by: Actor | None,
    email: str,
    name: str,
    role: str,
    institution: str | None = None,
    password: str | None = None,
) -> str:
    """Add an account, or a further role to one, and return its id. `by` None is the command line.

    Raises Invalid, Conflict (`role_held`), NotPermitted.
    """
    if by is not None:
        demand(by, Action.PEOPLE_MANAGE, Standing(institution=institution), what="person")
    _check_account(session, email=email, name=name, role=role, institution=institution)
    person = session.scalar(select(Person).where(Person.email == folded(email)).with_for_update())
    if person is None:
        person = Person(
            id=new_id(), email=folded(email), name=folded_name(name), created_at=clock.now()
        )
        session.add(person)
        session.flush()
        if password is not None:
            set_password(session, person, password)
    if session.scalar(roles.held(person.id, role, institution)):
        raise Conflict("role_held", email=person.email, role=role)
    session.add(RoleHeld(id=new_id(), person_id=person.id, role=role, institution_id=institution))
    session.flush()
    roles.note(session, by, person.id, "give_role", role, institution)
    return person.id


def _is_address(email: str) -> bool:
    """Whether it may be the address of a mailbox: two parts at one @, without blanks."""
    mailbox, _at, host = email.strip().partition("@")
    plain = len(email.split()) == 1 and len(email) <= LONGEST_EMAIL
    return plain and bool(mailbox and host) and "@" not in host


def _check_account(
    session: Session, *, email: str, name: str, role: str, institution: str | None
) -> None:
    faults = []
    if not _is_address(email):
        faults.append(Fault("email", "not_an_address"))
    faults.extend(_faults_of_name(name))
    if role not in ROLES:
        faults.append(Fault("role", "unknown_value", {"allowed": sorted(ROLES)}))
    elif institution is None and not ROLES[role].site_wide:
        faults.append(Fault("institution", "required"))
    if institution is not None and session.get(Institution, institution) is None:
        faults.append(Fault("institution", "unknown_institution", {"value": institution}))
    if faults:
        raise Invalid(tuple(faults))


def _faults_of_name(name: str) -> Iterator[Fault]:
    if not folded_name(name):
        yield Fault("name", "required")
    if len(name) > LONGEST_NAME:
        yield Fault("name", "too_long", {"longest": LONGEST_NAME})


def set_password(session: Session, person: Person, password: str) -> None:
    """Set a password and end all sessions of the account. Raises Invalid when it is too short."""
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid((Fault("password", "too_short", {"least": SHORTEST_PASSWORD}),))
    if len(password) > LONGEST_PASSWORD:
        raise Invalid((Fault("password", "too_long", {"longest": LONGEST_PASSWORD}),))
    person.password_hash = _hasher.hash(password)
    person.session_epoch += 1
    session.flush()


def change_password(session: Session, *, by: Actor, current: str, new: str) -> None:
    """Change one's own password; raises Invalid on `current` when it does not hold."""
    person = session.get(Person, by.person_id)
    if not password_holds(person, current) or person is None:
        raise Invalid((Fault("current", "wrong_password"),))
    set_password(session, person, new)


def sign_out_everywhere(session: Session, *, by: Actor) -> None:
    """End all sessions of one's own account."""
    person = session.get(Person, by.person_id)
    if person is not None:
        person.session_epoch += 1


def remember_language(session: Session, person_id: str, tag: str) -> None:
    """Note the language of the pages as somebody signs in; their mails are written in it."""
    person = session.get(Person, person_id)
    if person is not None:
        person.language = tag


def people(session: Session, *, by: Actor) -> tuple[PersonView, ...]:
    """Return the accounts the actor manages, by address: all, or those of their institutions."""
    places = by.granted_at(Action.PEOPLE_MANAGE)
    if places is not None and not places:
        demand(by, Action.PEOPLE_MANAGE, Standing(), what="person")
    found: dict[str, tuple[Person, list[tuple[str, str | None]]]] = {}
    rows = session.execute(
        select(Person, RoleHeld)
        .outerjoin(RoleHeld, RoleHeld.person_id == Person.id)
        .order_by(Person.email)
    )
    for person, held in rows:
        if places is None or (held and held.institution_id in places):
            kept = found.setdefault(person.id, (person, []))[1]
            if held:
                kept.append((held.role, held.institution_id))
    return tuple(
        PersonView(person.id, person.email, person.name, person.active, tuple(kept))
        for person, kept in found.values()
    )


def person(session: Session, *, by: Actor, person_id: str) -> PersonView:
    """Return one account that the actor manages; raises NotFound, and NotPermitted as `people`."""
    for each in people(session, by=by):
        if each.id == person_id:
            return each
    raise NotFound("not_found", what="person")


def change(
    session: Session,
    *,
    by: Actor,
    person_id: str,
    name: str | None = None,
    password: str | None = None,
    active: bool | None = None,
) -> None:
    """Rename an account, give it a password, open or close it; None leaves a thing as it is.

    A closed account, and one with a new password, is signed out everywhere at once. Raises NotFound
    for an account the actor does not manage, NotPermitted for one with a role beyond their reach.
    """
    row = session.get_one(Person, person(session, by=by, person_id=person_id).id)
    for place in session.scalars(
        select(RoleHeld.institution_id).where(RoleHeld.person_id == person_id)
    ):
        demand(by, Action.PEOPLE_MANAGE, Standing(institution=place), what="person")
    if name is not None:
        faults = tuple(_faults_of_name(name))
        if faults:
            raise Invalid(faults)
        row.name = folded_name(name)
    if password is not None:
        set_password(session, row, password)
    if active is not None:
        roles.guard_last_admin(session, person_id, lost=row.active and not active)
        row.active = active
        row.session_epoch += 1
    session.flush()
