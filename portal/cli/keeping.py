"""`caravan fixity`, `backup`, `restore` and `move-storage`: that what was given stays."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from catalog import holdings
from config.logs import configure
from config.settings import load
from config.urls import hide_credentials, storage_url
from ingest import fixity as checking
from portal.cli.opening import opened
from portal.cli.progress import bar
from portal.keeping.backup import back_up
from portal.keeping.folder import Folder
from portal.keeping.moving import Journal, move
from portal.keeping.restore import check, restore
from portal.services import build
from storage.opening import open_store

if TYPE_CHECKING:
    from catalog.holdings import Holding
    from ingest.fixity import Fault

FOLDER = click.Path(file_okay=False, path_type=Path)
CHECKED = "What was checked is noted; run it again to go on with the rest."
COPIED = (
    "The earlier snapshots are whole. Files copied so far stay; run it again to make a new one."
)
READ = "Nothing was written; run it again to read all."
BROUGHT = "The backup is untouched. Run it again to go on with what is not back yet."
MOVED = "Both stores are as they were, what was copied stays. Run it again to go on."
"""Said on Ctrl-C."""


@click.command()
@click.option("--number", type=click.IntRange(1), help="Check only so many, the longest unchecked.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a fault, then the count.")
def fixity(number: int | None, as_json: bool) -> None:
    """Compare stored files with their hashes; all of them, or a number a run.

    A damaged original is kept back until it is whole again, the admins are told once; a damaged
    rendition is made anew. Exit 1 when there are faults.
    """
    with opened() as services, bar("checking", safe=CHECKED) as draw:
        with services.database.reading() as session:
            total = holdings.count(session)
        total = min(total, number or total)
        done = 0

        def seen(_holding: Holding, fault: Fault | None) -> None:
            nonlocal done
            done += 1
            draw(done, total)
            if fault is not None:
                told = asdict(fault)
                click.echo(json.dumps(told) if as_json else f"{fault.key}: {fault.code}")

        report = checking.run(services.database, services.store, most=number, seen=seen)
    counts = {"checked": report.checked, "faults": len(report.faults)}
    words = f"{report.checked} files checked, {len(report.faults)} faults."
    click.echo(json.dumps(counts) if as_json else words)
    if report.faults:
        sys.exit(1)


@click.command()
@click.argument("folder", type=FOLDER, metavar="DIR")
def backup(folder: Path) -> None:
    """Add a snapshot of the catalogue to DIR, and the files that DIR does not have yet.

    It can be done while the portal runs. Exit 1 when a file is missing or damaged in the store:
    the others are in the snapshot.
    """
    with opened() as services, bar("copying", safe=COPIED) as draw:
        done = back_up(services.database, services.store, Folder(folder), seen=draw)
    for key in done.faults:
        click.echo(f"{key}: missing or damaged in the store", err=True)
    click.echo(
        f"Snapshot {done.name}: {done.objects} files, of which {done.copied} are new"
        f" ({done.copied_bytes} bytes)."
    )
    if done.faults:
        sys.exit(1)


@click.command("restore")
@click.argument("folder", type=FOLDER, metavar="DIR")
@click.option("--snapshot", "name", metavar="NAME", help="Not the newest, but this one.")
@click.option(
    "--check", "only_check", is_flag=True, help="Read and prove the backup; write nothing."
)
def restore_command(folder: Path, name: str | None, only_check: bool) -> None:
    """Bring the newest snapshot of DIR into an empty house, each file proved on the way.

    A run that was cut goes on when it is started again.
    """
    backup_folder = Folder(folder)
    if only_check:
        with bar("reading", safe=READ) as draw:
            faults = check(backup_folder, name=name, seen=draw)
        for key in faults:
            click.echo(f"{key}: missing or damaged in the backup", err=True)
        click.echo("The backup is whole." if not faults else f"{len(faults)} files are not whole.")
        sys.exit(1 if faults else 0)
    with opened() as services, bar("bringing back", safe=BROUGHT) as draw:
        back = restore(services.database, services.store, backup_folder, name=name, seen=draw)
    click.echo(
        f"{back.rows} rows and {back.objects} files are back."
        " The worker fills the search index; `caravan reindex` does it at once."
    )
    if back.findings:
        click.echo(f"The log does not prove at {back.findings} places: caravan audit", err=True)
        sys.exit(1)


def _address(url: str) -> str:
    try:
        return storage_url(url)
    except ValueError:
        message = "an address is file:FOLDER or s3://BUCKET/PREFIX?endpoint=URL&region=REGION"
        raise click.UsageError(message) from None


@click.command("move-storage")
@click.argument("url")
@click.option("--from", "source", metavar="URL", help="Not the store in use, but this one.")
def move_storage(url: str, source: str | None) -> None:
    """Copy all media to the store at URL while the portal runs; a run that was cut goes on.

    Then set CARAVAN_STORAGE_URL to URL, restart portals and workers, and run it once more with
    --from the old address: it picks up what came in between. The old store is left as it is.
    """
    target_url, source_url = _address(url), _address(source) if source else None
    configure(as_json=False, level="WARNING")
    settings = load()
    if target_url == (source_url or settings.storage.url):
        message = "the files are there already"
        raise click.UsageError(message)
    services = build(settings)
    try:
        old = open_store(source_url) if source_url else services.store
        journal = Journal(settings.home, target_url)
        with bar("moving", safe=MOVED) as draw:
            moved = move(services.database, old, open_store(target_url), journal, seen=draw)
    finally:
        services.close()
    for key in moved.faults:
        click.echo(f"{key}: missing or damaged in the old store", err=True)
    click.echo(f"{moved.objects} files, of which {moved.copied} were copied now.")
    if moved.settled and not source:
        _say_what_comes_next(settings.storage.url, target_url)
    if moved.faults or not moved.settled:
        sys.exit(1)


def _say_what_comes_next(old: str, new: str) -> None:
    click.echo(
        f"Now set CARAVAN_STORAGE_URL={hide_credentials(new)}, restart, and run"
        f" caravan move-storage --from {hide_credentials(old)} URL"
    )
