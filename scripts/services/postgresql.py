"""PostgreSQL of Debian, with an empty database in a folder that is dropped.

Nothing is flushed to the disk: a fault of the machine is not what these tests are about.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Sequence
from pathlib import Path

from scripts.services import part

OPTIONS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "unix_socket_directories": "",
}


def install() -> Path:
    """Return the folder of PostgreSQL's programs, of the newest version there is."""
    found = [
        folder
        for folder in Path("/usr/lib/postgresql").glob("*/bin")
        if (folder / "initdb").exists() and folder.parent.name.isdigit()
    ]
    if not found:
        raise part.Missing("PostgreSQL is missing: run sudo apt-get install -y postgresql.")
    return max(found, key=lambda folder: int(folder.parent.name))


def start(folder: Path, *, before: Sequence[str] = ()) -> part.Running:
    """Start an empty server in a folder which its own user may enter; passwords are asked for.

    `before` are words that begin it, as the user we are, for instance to mount a disk of its own.
    """
    programs = install()
    user = part.account("postgres")
    port, password = part.free_port(), secrets.token_hex(16)
    (folder / "password").write_text(password, encoding="utf-8")
    part.own(folder, user)
    part.asked(
        [
            *part.as_user(user),
            str(programs / "initdb"),
            *("-D", str(folder / "data"), "-U", "caravan", "-E", "UTF8", "--locale=C.UTF-8"),
            *("--auth=scram-sha-256", "--pwfile", str(folder / "password"), "--no-sync"),
        ]
    )
    options = [f"--{name}={value}" for name, value in OPTIONS.items()]
    pid, stop = part.start_process(
        [
            *(before and (*before, *part.as_user(user, end="INT"))),
            *(str(programs / "postgres"), "-D", str(folder / "data"), f"--port={port}"),
            *options,
        ],
        log=folder / "log",
        ready=lambda: _ready(programs, port),
        seconds=60,
        user=None if before else user,
        end="INT",  # the fast stop: it does not wait for clients
    )
    environ = {**os.environ, "PGPASSWORD": password}
    part.asked(
        [
            str(programs / "createdb"),
            "-h",
            "127.0.0.1",
            "-p",
            str(port),
            "-U",
            "caravan",
            "caravan",
        ],
        environ=environ,
    )
    version = re.search(r"[\d.]+", part.asked([str(programs / "postgres"), "--version"]))
    address = f"postgresql+psycopg://caravan:{password}@127.0.0.1:{port}/caravan"
    return part.Running(
        name="postgresql",
        version=version.group() if version else "unknown",
        settings={"CARAVAN_DATABASE_URL": address},
        pid=pid,
        stop=stop,
    )


def _ready(programs: Path, port: int) -> bool:
    if not part.answers(port):
        return False
    try:
        part.asked([str(programs / "pg_isready"), "-h", "127.0.0.1", "-p", str(port)])
    except part.Missing:
        return False
    return True
