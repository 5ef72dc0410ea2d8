"""A film uploaded to S3 through the portal, against boto3 putting the same bytes.

Run: .venv/bin/python -m bench.upload_s3 [--small]     (1 GB; small: 128 MB)

It starts versitygw, serves a portal on it, and takes turns: `tus` makes an upload and sends all
bytes in one PATCH, until the answer says that the file is an asset; `boto3` calls `upload_fileobj`
with its own defaults (8 MB parts, ten at once). `boto3, one line` sends its parts one after the
other, as a browser's upload comes. Target: half as quick as boto3, at least 0.3. What both wrote is
compared by size, what the portal took by its SHA-256.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import os
import socket
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config

from bench.figures import GIGABYTE, MEGABYTE, in_turn, run_of, show, show_rate, show_ratio, small
from bench.serving import serving
from catalog.resources import reading
from scripts.services.__main__ import start_all
from tests.factories.house import House, build_house

SMALL_BYTES = 128 * MEGABYTE
ROUNDS = 3
BLOCK = 1024 * 1024
LEAST = 0.3


def film(path: Path, size: int) -> str:
    """Write bytes that nothing can press together; return their SHA-256."""
    running = hashlib.sha256()
    block = os.urandom(BLOCK)
    with path.open("wb") as file:
        for number in range(0, size, BLOCK):
            piece = (number.to_bytes(8, "big") + block[8:])[: size - number]
            running.update(piece)
            file.write(piece)
    return running.hexdigest()


class Portal:
    """One who gives, by tus."""

    def __init__(self, house: House, port: int, path: Path) -> None:
        """Know where to and what."""
        self._house, self._port, self._path = house, port, path
        self._size = path.stat().st_size
        self.assets: list[tuple[str, str]] = []

    def upload(self) -> None:
        """Make a draft and give it the file, in one PATCH."""
        draft = self._house.give(content=os.urandom(16))
        told = base64.b64encode(draft.encode()).decode()
        place = self._ask(
            "POST",
            "/api/v1/uploads",
            {"Upload-Length": self._size, "Upload-Metadata": f"resource {told}"},
        )["Location"]
        headers = {
            "Upload-Offset": 0,
            "Content-Type": "application/offset+octet-stream",
            "Content-Length": self._size,
        }
        self.assets.append((draft, self._ask("PATCH", place, headers, self._path)["Caravan-Asset"]))

    def _ask(
        self, method: str, path: str, headers: dict[str, Any], body: Path | None = None
    ) -> dict[str, str]:
        line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=600)
        line.putrequest(method, path)
        own = {
            "Authorization": f"Bearer {self._house.tokens['contributor']}",
            "Tus-Resumable": "1.0.0",
        }
        for name, value in (own | headers).items():
            line.putheader(name, str(value))
        line.endheaders()
        if body is not None:
            with body.open("rb") as file:
                assert isinstance(line.sock, socket.socket)
                line.sock.sendfile(file)
        answer = line.getresponse()
        answer.read()
        line.close()
        if answer.status not in (http.client.CREATED, http.client.NO_CONTENT):
            raise SystemExit(f"{method} {path} answered {answer.status}")
        return dict(answer.headers)


class Bare:
    """boto3 alone, into the same bucket."""

    def __init__(self, url: str, path: Path) -> None:
        """Open a client as the portal does."""
        parts = urlsplit(url)
        asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        self._bucket, self._path = parts.netloc, path
        self._client = boto3.client(
            "s3",
            endpoint_url=asked["endpoint"],
            region_name=asked["region"],
            config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
        )

    def upload(self, config: TransferConfig | None = None) -> None:
        """Put the file, see that it is whole, and drop it."""
        with self._path.open("rb") as file:
            self._client.upload_fileobj(file, self._bucket, "bare/film", Config=config)
        found = self._client.head_object(Bucket=self._bucket, Key="bare/film")
        if found["ContentLength"] != self._path.stat().st_size:
            raise SystemExit("boto3 wrote less than it was given")


def measure(house: House, port: int, url: str, path: Path, sha256: str) -> bool:
    """Take turns; say whether the least was reached."""
    size = path.stat().st_size
    portal, bare = Portal(house, port, path), Bare(url, path)
    took = in_turn(
        ROUNDS,
        {
            "tus": portal.upload,
            "boto3": bare.upload,
            "boto3, one line": lambda: bare.upload(TransferConfig(use_threads=False)),
        },
        warm=False,
    )
    for name, seconds in took.items():
        show_rate(name, seconds, size / MEGABYTE, "MB")
    ratio = show_ratio("tus, by boto3", took["tus"], took["boto3"], "target 0.5, at least 0.3")
    show_ratio("tus, by boto3 on one line", took["tus"], took["boto3, one line"], "for comparison")
    for draft, asset in portal.assets:
        with house.services.database.reading() as session:
            view = reading.working_version(session, house.actors["contributor"], draft).asset(asset)
        if view is None or view.sha256 != sha256 or view.size != size:
            raise SystemExit("the portal did not keep what it was given")
    return ratio >= LEAST


def main() -> int:
    """Start the store and the portal, measure."""
    size = SMALL_BYTES if small(__doc__) else GIGABYTE
    with ExitStack() as stack:
        (store,) = start_all(("versitygw",), stack)
        os.environ.update({name: store.settings[name] for name in store.settings})
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        sha256 = film(folder / "film", size)
        house = build_house(folder / "home", **store.settings)
        stack.callback(house.services.close)
        portal = stack.enter_context(serving(folder / "home", store.settings))
        stack.enter_context(run_of(f"bench.upload_s3, {size / MEGABYTE:.0f} MB"))
        show("sha256 runs along and is compared", sha256[:16])
        url = store.settings["CARAVAN_STORAGE_URL"]
        enough = measure(house, portal.port, url, folder / "film", sha256)
    return 0 if enough else 1


if __name__ == "__main__":
    sys.exit(main())
