"""`caravan serve` and `caravan worker`: the portal by gunicorn, and the worker kept alive beside it.

The worker is a process of its own, so that a decoder's memory never weighs on the portal. It is kept
alive (keeper.py); when the portal ends, or the parent is lost, it ends too.
"""

from __future__ import annotations

import atexit
import gc
import os
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import click
from gunicorn.app.base import BaseApplication

from config.logs import configure
from config.settings import load
from portal.cli.keeper import Keeper, called, end_with_parent
from portal.cli.lines import LineWorker
from portal.transfers import Transfers

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from flask import Flask
    from gunicorn.arbiter import Arbiter

    from config.settings import Settings

SPARE_THREADS = 48
"""Threads beyond those that transfers may hold: they keep the pages quick."""
WAITING_LINES = 1000
"""Lines that may be open in a process without a thread: kept alive, or waiting for one."""


class Server(BaseApplication):
    """gunicorn with threads: a thin line holds one for hours, so there are many."""

    def __init__(
        self,
        settings: Settings,
        options: dict[str, Any],
        more: Callable[[Flask], None] = lambda _app: None,
    ) -> None:
        """Keep settings and options; the app is made in each process, with what `more` adds."""
        self._settings, self._options, self._more = settings, options, more
        super().__init__()

    def load_config(self) -> None:
        """Hand the options to gunicorn."""
        for name, value in self._options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Flask:
        """Make the app; services are of this process alone."""
        from portal.app import create_app
        from portal.services import build

        app = create_app(self._settings, build(self._settings, migrating=False))
        app.extensions["transfers"] = Transfers(places(self._settings, self.cfg.workers))
        self._more(app)
        _write_counts(app)
        return app


def _write_counts(app: Flask) -> None:
    """Have what is counted written once a minute, and the rest when the process ends."""
    tally = app.extensions["tally"]
    stopped = threading.Event()
    threading.Thread(target=tally.keep_writing, args=(stopped,), daemon=True, name="counts").start()
    atexit.register(tally.write)
    atexit.register(stopped.set)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="0: any free one.",
)
@click.option(
    "--processes", default=1, show_default=True, type=click.IntRange(1, 64), help="Of the portal."
)
@click.option("--no-worker", is_flag=True, help="Serve pages only; run `caravan worker` elsewhere.")
def serve(host: str, port: int, processes: int, no_worker: bool) -> None:
    """Bring the database up to date, then run portal and worker."""
    keeper = None if no_worker else begin_keeper(load())
    serve_home(host=host, port=port, processes=processes, keeper=keeper)


def serve_home(
    *,
    host: str,
    port: int,
    processes: int,
    keeper: Keeper | None,
    ready: Callable[[], None] = lambda: None,
    more: Callable[[Flask], None] = lambda _app: None,
) -> None:
    """Serve the home that the environment names until told to stop.

    `ready` is called once it listens; `more` adds to the app what only some commands serve.
    """
    settings = load()
    configure(as_json=not sys.stderr.isatty(), level="INFO")
    options = server_options(settings, processes) | {
        "bind": f"{host}:{port}",
        "when_ready": lambda _server: ready(),
    }
    try:
        _make_ready(settings, keeper)
        Server(settings, options, more).run()
    finally:
        if keeper is not None:
            keeper.stop()


def begin_keeper(settings: Settings) -> Keeper:
    """Load the whole program, and let the keeper part before anything is opened."""
    from portal import app, handlers
    from portal.services import load_libraries

    del app, handlers
    load_libraries(settings)
    return Keeper(_work_in_this_process)


def _work_in_this_process() -> None:
    from portal.cli.main import main

    sys.argv = ["caravan", "worker"]
    main()


def _make_ready(settings: Settings, keeper: Keeper | None) -> None:
    """Try every part, start the worker, and wait for the first index."""
    # All of the program before the processes of the portal part: they share it then.
    from portal.app import create_app
    from portal.health import await_index, check_engine
    from portal.services import build

    del create_app
    services = build(settings)
    try:
        check_engine(services)
        if keeper is not None:
            keeper.start()
            await_index(services)
    finally:
        services.close()


def places(settings: Settings, processes: int) -> int:
    """Return how many transfers one of so many processes may hold."""
    return max(1, settings.limits.transfers // processes)


def server_options(settings: Settings, processes: int) -> dict[str, Any]:
    """Return gunicorn's options; more threads than transfers, and more lines than threads."""
    threads = places(settings, processes) + SPARE_THREADS
    return {
        "workers": processes,
        "worker_class": LineWorker,
        "threads": threads,
        "worker_connections": threads + WAITING_LINES,
        "timeout": 0,
        "graceful_timeout": 5,
        "keepalive": 5,
        "errorlog": "-",
        "loglevel": "warning",
        "proc_name": "caravan",
        "pre_fork": _share_memory,
        "post_fork": _end_at_once_with_parent,
        # gunicorn's own control socket would lie beside the program; nobody needs it.
        "control_socket_disable": True,
    }


def _share_memory(arbiter: object, worker: object) -> None:
    """Keep the collector off what is there before a process parts: a page that it marks is copied.

    Measured: some 15 MB less for the processes of the portal together.
    """
    del arbiter, worker
    gc.collect()
    gc.freeze()


def _end_at_once_with_parent(arbiter: Arbiter, worker: object) -> None:
    """Have a process of the portal killed when the one that keeps it is.

    Left to itself it would go on for as long as its lines are open, and hold the port against the
    portal that is started in place of this one. What is lost is what any kill loses.
    """
    del worker
    end_with_parent(signal.SIGKILL)
    if os.getppid() != arbiter.pid:
        # It was killed before the kernel had been asked.
        os.kill(os.getpid(), signal.SIGKILL)


@click.command("worker")
@click.option(
    "--concurrency", default=1, show_default=True, type=click.IntRange(1, 64), help="Jobs at once."
)
def run_worker(concurrency: int) -> None:
    """Work off the queue: ingest, index, mail, sweeps."""
    settings = load()
    configure(as_json=not sys.stderr.isatty(), level="INFO")
    called("caravan-worker")
    end_with_parent()
    from portal.handlers import worker
    from portal.services import build

    services = build(settings)
    at_work = worker(services, concurrency=concurrency)

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        at_work.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    threading.Thread(target=_watch_parent, args=(stop,), daemon=True).start()
    at_work.run()
    services.close()


def _watch_parent(stop: Any) -> None:  # noqa: ANN401 - a signal handler
    """End too when the parent is lost otherwise, as where the thread that started us has ended."""
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(1)
    stop(signal.SIGTERM, None)
