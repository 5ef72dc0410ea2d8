"""`caravan inspect`: what ingest finds in a file, with no database."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from config.logs import configure
from ingest.inspection import inspect
from portal.sentences import reason_sentence


@click.command("inspect")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a file, each on its line.")
def inspect_files(files: tuple[str, ...], as_json: bool) -> None:
    """Say what each FILE is, what is in it, and whether it may be given."""
    configure(as_json=False, level="ERROR")
    failed = False
    for name in files:
        try:
            told = {**inspect(Path(name)), "path": name}
        except OSError as error:
            failed = True
            click.echo(f"{_printable(name)}: {error.strerror or error}", err=True)
            continue
        for reason in told["reasons"]:
            reason["message"] = str(reason_sentence(reason["code"]))
        click.echo(json.dumps(told, ensure_ascii=True) if as_json else _in_words(told))
        sys.stdout.flush()
    if failed:
        sys.exit(1)


def _in_words(told: dict[str, Any]) -> str:
    lines = [f"{_printable(told['path'])}: {told['verdict']}"]
    lines += [f"  {reason['code']}: {reason['message']}" for reason in told["reasons"]]
    left_out = {"path", "verdict", "reasons", "text"}
    lines += [f"  {name}: {value}" for name, value in told.items() if name not in left_out]
    return "\n".join(lines)


def _printable(name: str) -> str:
    """Return a name without what would move the cursor, break the line, or not be UTF-8."""
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in name)
