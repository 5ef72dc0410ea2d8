"""`caravan import`: resources in bulk."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask import Flask
from flask_babel import Babel

from catalog import institutions, people
from catalog.errors import NotPermitted
from catalog.policy.actor import Actor
from ingest.bulk import Importer
from portal.cli.opening import opened
from portal.sentences import field_sentence

if TYPE_CHECKING:
    from ingest.bulk import Outcome
    from portal.services import Services


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--institution", required=True, metavar="ID", help="Who gives.")
@click.option("--publish", is_flag=True, help="Publish at once; needs --as a curator.")
@click.option("--as", "email", metavar="EMAIL", help="Whose work this is in the log.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line of the file.")
def import_lines(
    file: Path,
    institution: str,
    publish: bool,
    email: str | None,
    as_json: bool,
) -> None:
    """Bring the resources of FILE (JSON Lines) in. Running it again skips what is done."""
    if publish and not email:
        message = "--publish needs --as EMAIL of a curator, whose decision it is"
        raise click.UsageError(message)
    app = Flask("words")
    Babel(app, default_locale="en")
    failed = 0
    with opened() as services, app.test_request_context():
        importer = _importer(services, institution, email, publish=publish)
        for outcome in importer.run(file):
            failed += outcome.status == "failed"
            _print(outcome, as_json=as_json)
    if failed:
        click.echo(f"{failed} lines failed.", err=True)
        sys.exit(1)


def _importer(
    services: Services, institution: str, email: str | None, *, publish: bool
) -> Importer:
    with services.database.reading() as session:
        institutions.institution(session, institution)
        by = _actor(services, email) if email else Actor()
    if publish and not by.is_curator:
        raise NotPermitted("not_permitted", anonymous=False)
    return Importer(services.database, services.store, by, institution, publish)


def _actor(services: Services, email: str) -> Actor:
    with services.database.reading() as session:
        person = people.person_by_email(session, email)
        found = people.actor_of(session, person.id) if person else None
    if found is None:
        raise NotPermitted("not_permitted", anonymous=False)
    return found


def _print(outcome: Outcome, *, as_json: bool) -> None:
    errors = [
        {"field": fault.field, "message": field_sentence(fault.code, fault.facts)}
        for fault in outcome.errors
    ]
    told = {
        "line": outcome.line,
        "source_id": outcome.source_id,
        "id": outcome.id,
        "status": outcome.status,
        "errors": errors,
    }
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=True))
        return
    faults = "; ".join(f"{each['field']}: {each['message']}" for each in errors)
    click.echo(f"line {outcome.line}: {outcome.status} {outcome.id or ''} {faults}".rstrip())
