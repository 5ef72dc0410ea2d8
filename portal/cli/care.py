"""`caravan doctor`, `settings` and `audit`: how everything is."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from catalog import ledger
from config.settings import describe, load
from portal.cli.opening import opened
from portal.cli.progress import bar
from portal.diagnosis import findings
from search.indexer import differences

if TYPE_CHECKING:
    from portal.diagnosis import Finding


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a setting.")
def settings(as_json: bool) -> None:
    """Print each setting with its value, default and meaning; secrets are hidden."""
    for line in describe(load()):
        told = {
            "name": line.name,
            "value": line.value,
            "default": line.default,
            "meaning": line.meaning,
        }
        if as_json:
            click.echo(json.dumps(told))
        else:
            click.echo(
                f"{line.name}={line.value or ''}\n    default: {line.default}\n    {line.meaning}"
            )


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a part.")
def doctor(as_json: bool) -> None:
    """Say of each part what is in use, how it is, and what to do. Exit 1 when something is wrong."""
    with opened() as services:
        found = findings(services)
    for each in found:
        click.echo(json.dumps(asdict(each)) if as_json else _line(each))
    if not all(each.ok for each in found):
        sys.exit(1)


def _line(each: Finding) -> str:
    took = f" ({each.milliseconds} ms)" if each.milliseconds else ""
    advice = f"\n       {each.advice}" if each.advice else ""
    return f"{'ok' if each.ok else 'BAD':<5}{each.part}: {each.says}{took}{advice}"


@click.command()
@click.option("--index", "with_index", is_flag=True, help="Compare the search index too.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a finding.")
def audit(with_index: bool, as_json: bool) -> None:
    """Prove the log of events; exit 1 when it does not hold."""
    faults = 0
    with opened() as services:
        with services.database.reading() as session, bar("proving") as draw:
            for finding in ledger.prove(session, draw):
                faults += 1
                told = {"resource": finding.resource_id, "seq": finding.seq, "code": finding.code}
                click.echo(
                    json.dumps(told)
                    if as_json
                    else f"{finding.resource_id} {finding.seq}: {finding.code}"
                )
        if with_index:
            for resource_id, code in differences(services.database, services.engine).items():
                faults += 1
                told = {"resource": resource_id, "code": code}
                click.echo(json.dumps(told) if as_json else f"{resource_id}: {code}")
    if not as_json:
        click.echo("The log holds." if faults == 0 else f"{faults} findings.")
    if faults:
        sys.exit(1)
