"""`caravan import`: resources in bulk."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from catalog import institutions, people
from catalog.errors import NotFound
from catalog.policy.actor import Actor
from catalog.uploads import Limits
from ingest.bulk import Importer
from portal.cli.opening import opened
from portal.cli.progress import bar
from portal.cli.wording import say
from portal.sentences import field_sentence
from portal.words import speaking

if TYPE_CHECKING:
    from ingest.listed import Outcome
    from portal.services import Services


SAFE = "The lines that were told are in. Run it again: what is done is skipped."
"""Said on Ctrl-C."""


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--institution", required=True, metavar="ID", help="Who gives.")
@click.option("--publish", is_flag=True, help="Publish at once; needs --as a curator.")
@click.option("--as", "email", metavar="EMAIL", help="Whose work this is in the log.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each line of FILE.")
def import_lines(
    file: Path,
    institution: str,
    publish: bool,
    email: str | None,
    as_json: bool,
) -> None:
    """Bring the resources of FILE (JSON Lines) in. Running it again skips what is done.

    A line is known by the institution and its source_id. Paths of files are relative to FILE. The
    faults of a line are told by field; the other lines still go in. Exit 1 when a line failed.
    """
    if publish and not email:
        message = "--publish needs --as EMAIL of a curator, whose decision it is"
        raise click.UsageError(message)
    failed = 0
    with opened() as services, speaking():
        importer = _importer(services, institution, email, publish=publish)
        size = file.stat().st_size
        with bar("Bringing in", safe=SAFE) as done:
            for outcome in importer.run(file):
                failed += outcome.status == "failed"
                _print(outcome, as_json=as_json)
                done(outcome.read_to, size)
    if failed:
        click.echo(f"{failed} {'line' if failed == 1 else 'lines'} failed.", err=True)
        sys.exit(1)


def _importer(
    services: Services, institution: str, email: str | None, *, publish: bool
) -> Importer:
    with services.database.reading() as session:
        institutions.institution(session, institution)
        by = _actor(services, email) if email else Actor()
    if publish and not by.is_curator:
        message = f"{email} is not a curator, and only a curator's decision publishes."
        raise click.ClickException(message)
    limits = services.settings.limits
    return Importer(
        services.database,
        services.store,
        by,
        institution,
        publish,
        Limits(limits.max_upload_bytes, limits.quota_bytes),
    )


def _actor(services: Services, email: str) -> Actor:
    with services.database.reading() as session:
        person = people.person_by_email(session, email)
        found = people.actor_of(session, person.id) if person else None
    if found is None:
        raise NotFound("not_found", what="person")
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
    say(f"line {outcome.line}: {outcome.status} {outcome.id or ''} {faults}".rstrip())
