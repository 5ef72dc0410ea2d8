"""`caravan demo`: a throw-away home with sample resources, portal and worker."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path

import click

from config.settings import load
from portal.cli.serve import begin_keeper, serve_home

DROPS, DROP_SECONDS = 10, 0.2


@click.command()
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(1, 65535),
    help="Where to listen.",
)
@click.option("--home", type=click.Path(file_okay=False, path_type=Path), help="Keep it here.")
def demo(port: int, home: Path | None) -> None:
    """Start a demonstration; Ctrl-C ends all of it."""
    from portal.demo.making import ACCOUNTS, Lacking, cached_home, password_of

    for name in [name for name in os.environ if name.startswith("CARAVAN_")]:
        del os.environ[name]
    keeper = begin_keeper(load())
    _end_with_parent()
    try:
        made = cached_home(_say)
    except Lacking as lacking:
        click.echo(str(lacking), err=True)
        sys.exit(1)
    folder = home or Path(tempfile.mkdtemp(prefix="caravan-demo-"))
    started_by = os.getpid()
    try:
        shutil.copytree(made, folder, dirs_exist_ok=True)
        os.environ["CARAVAN_HOME"] = str(folder)
        address = f"http://127.0.0.1:{port}"
        os.environ["CARAVAN_BASE_URL"] = address

        def ready() -> None:
            click.echo("")
            for role, _place, email, _name in ACCOUNTS:
                click.echo(f"  {role:<12} {email:<30} {password_of(role)}")
            click.echo(f"\nCaravan is at {address}  (Ctrl-C ends it)")
            sys.stdout.flush()

        from portal.specimens.views import install

        serve_home(
            host="127.0.0.1", port=port, processes=1, keeper=keeper, ready=ready, more=install
        )
    finally:
        # gunicorn's own processes come by here too when they end, with the home still in use.
        if home is None and os.getpid() == started_by:
            _drop(folder)


def _drop(folder: Path) -> None:
    """Drop the home; again, while something that was told to end still writes into it."""
    for _ in range(DROPS):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(DROP_SECONDS)


def _say(words: str) -> None:
    end = "\r" if sys.stderr.isatty() else "\n"
    click.echo(f"{words:<60}", err=True, nl=False)
    click.echo(end, err=True, nl=False)


def _end_with_parent() -> None:
    """End when the parent is lost: SIGTERM to ourselves, as if somebody had asked."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True, name="parent").start()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
