"""Institutions, people, tokens and agreements from the command line."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime

import click

from catalog import agreements, institutions, people, tokens
from catalog.errors import NotFound
from portal.cli.opening import opened


def _password(from_stdin: bool) -> str | None:
    return sys.stdin.readline().rstrip("\r\n") if from_stdin else None


def _day(value: datetime | None) -> date | None:
    return value.replace(tzinfo=UTC).date() if value else None


@click.group()
def institution() -> None:
    """Institutions, which give and take."""


@institution.command("add")
@click.argument("institution_id", metavar="ID")
@click.option(
    "--name", "names", multiple=True, required=True, metavar="LANG=TEXT", help="Repeatable."
)
@click.option("--country", required=True, metavar="CC", help="ISO 3166-1, two letters.")
def add_institution(institution_id: str, names: tuple[str, ...], country: str) -> None:
    """Add an institution."""
    pairs = [name.partition("=") for name in names]
    if any(not equals for _, equals, _ in pairs):
        message = "--name takes LANG=TEXT, such as en=Museum"
        raise click.UsageError(message)
    with opened() as services, services.database.unit_of_work() as session:
        institutions.add(
            session,
            by=None,
            institution_id=institution_id,
            names={tag: text for tag, _, text in pairs},
            country=country,
        )
    click.echo(institution_id)


@click.group()
def user() -> None:
    """People with an account."""


@user.command("add")
@click.argument("email")
@click.option("--name", required=True, help="As people see it.")
@click.option(
    "--role",
    required=True,
    type=click.Choice(["contributor", "partner", "curator", "admin"]),
    help="What the person does there.",
)
@click.option(
    "--institution", metavar="ID", help="Without one: the whole site (curator and admin only)."
)
@click.option("--password-stdin", is_flag=True, help="Read the password from a line of stdin.")
def add_user(
    email: str, name: str, role: str, institution: str | None, password_stdin: bool
) -> None:
    """Add an account, or a further role to one."""
    password = _password(password_stdin)
    with opened() as services, services.database.unit_of_work() as session:
        person_id = people.add_person(
            session,
            by=None,
            email=email,
            name=name,
            role=role,
            institution=institution,
            password=password,
        )
    click.echo(person_id)


@user.command("password")
@click.argument("email")
@click.option("--password-stdin", is_flag=True, help="Read the password from a line of stdin.")
def set_password(email: str, password_stdin: bool) -> None:
    """Set the password of an account and end its sessions."""
    password = _password(password_stdin)
    if password is None:
        password = click.prompt("New password", hide_input=True, confirmation_prompt=True)
    with opened() as services, services.database.unit_of_work() as session:
        person = people.person_by_email(session, email)
        if person is None:
            raise NotFound("not_found", what="person")
        people.set_password(session, person, str(password))


@click.group()
def token() -> None:
    """Bearer tokens for programs."""


@token.command("create")
@click.argument("email")
@click.option(
    "--scope", "scopes", multiple=True, help="read, give, moderate or manage; none = all."
)
def create_token(email: str, scopes: tuple[str, ...]) -> None:
    """Make a token; its secret is printed once, as the last word."""
    with opened() as services, services.database.unit_of_work() as session:
        person = people.person_by_email(session, email)
        if person is None:
            raise NotFound("not_found", what="person")
        _, secret = tokens.create(session, person_id=person.id, scopes=scopes)
    click.echo(f"Token of {email}: {secret}")


@click.group()
def agreement() -> None:
    """Agreements between institutions."""


@agreement.command("add")
@click.argument("agreement_id", metavar="ID")
@click.option(
    "--party", "parties", multiple=True, required=True, metavar="INSTITUTION", help="Two or more."
)
@click.option(
    "--from",
    "starts",
    type=click.DateTime(["%Y-%m-%d"]),
    help="First day; without one: always was.",
)
@click.option(
    "--until", "ends", type=click.DateTime(["%Y-%m-%d"]), help="Last day; without one: no end."
)
def add_agreement(
    agreement_id: str, parties: tuple[str, ...], starts: datetime | None, ends: datetime | None
) -> None:
    """Add an agreement in force between two dates, both included."""
    with opened() as services, services.database.unit_of_work() as session:
        agreements.add(
            session,
            by=None,
            agreement_id=agreement_id,
            parties=parties,
            starts=_day(starts),
            ends=_day(ends),
        )
    click.echo(agreement_id)
