"""`caravan`: all commands, each a function of its own file."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable

COMMANDS = {
    "serve": "portal.cli.serve:serve",
    "worker": "portal.cli.serve:run_worker",
    "demo": "portal.cli.demonstration:demo",
    "inspect": "portal.cli.files:inspect_files",
    "import": "portal.cli.bulk:import_lines",
    "search": "portal.cli.finding:search",
    "reindex": "portal.cli.finding:reindex",
    "fixity": "portal.cli.keeping:fixity",
    "backup": "portal.cli.keeping:backup",
    "restore": "portal.cli.keeping:restore_command",
    "move-storage": "portal.cli.keeping:move_storage",
    "doctor": "portal.cli.care:doctor",
    "settings": "portal.cli.care:settings",
    "audit": "portal.cli.care:audit",
    "institution": "portal.cli.records:institution",
    "user": "portal.cli.records:user",
    "token": "portal.cli.records:token",
    "agreement": "portal.cli.records:agreement",
}
"""Name -> module:function, imported when asked for: `caravan settings` loads no decoder."""


class Commands(click.Group):
    """Loads a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return all names, in the order of the table."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        import importlib

        module, _, function = COMMANDS[cmd_name].partition(":")
        found: click.Command = getattr(importlib.import_module(module), function)
        return found


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="caravan")
def caravan() -> None:
    """Caravan: the repository in which science museums share what they have made."""


def main() -> None:
    """Run a command; a refusal is one sentence on stderr and exit 1."""
    run: Callable[..., object] = caravan.main
    try:
        code = run(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(1)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except Exception as error:
        from portal.cli.refusals import explained

        words = explained(error)
        if words is None:
            raise
        click.echo(words, err=True)
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)
