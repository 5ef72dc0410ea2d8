"""A disk that is full: a small file system in memory holds the whole home of a portal."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.factories.house import VALUES, build_house
from tests.journeys.conftest import ROOT, Running, raised, until
from tests.journeys.lines import begin, offset_of, patch

if TYPE_CHECKING:
    from collections.abc import Iterator

MIB = 1024 * 1024
ROOM = 48 * MIB
CONTENT = random.Random(6).randbytes(12 * MIB)
MOUNTED = (
    'mount -t tmpfs -o size="$1" tmpfs "$2" && cp -a "$3/." "$2" && cd "$4" && shift 4 && exec "$@"'
)
"""In a name space of its own, which goes with the portal; nothing is mounted for others."""


class Small(Running):
    """A portal whose home is on a small disk, as only it and its children see it."""

    def start(self) -> None:
        whole = self.home.with_name("whole")
        self.home.rename(whole)
        self.home.mkdir()
        alone = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
        with whole.with_name("log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *("unshare", *alone, "--mount", "--propagation", "private"),
                    *("sh", "-c", MOUNTED, "sh", str(ROOM)),
                    *map(str, (self.home, whole, ROOT)),
                    *(sys.executable, "-m", "portal.cli", "serve", "--no-worker"),
                    *("--port", str(self.port)),
                ],
                env=self.env,
                stderr=log,
                start_new_session=True,
            )

        def answers() -> bool:
            try:
                return httpx.get(f"{self.address}/healthz").status_code == 200
            except httpx.TransportError:
                assert self.process is not None
                assert self.process.poll() is None, whole.with_name("log").read_text("utf-8")
                return False

        until(answers)

    @property
    def disk(self) -> Path:
        """The home as the portal sees it."""
        assert self.process is not None
        return Path(f"/proc/{self.process.pid}/root{self.home}")

    def fill(self, left: int) -> None:
        """Leave so many bytes free."""
        filler = self.disk / "filler"
        filler.unlink(missing_ok=True)
        room = os.statvfs(self.disk)
        with filler.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, room.f_bavail * room.f_frsize - left)

    def empty(self) -> None:
        (self.disk / "filler").unlink()


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Small]:
    house = build_house(tmp_path / "home")
    made = raised(house, tmp_path / "home")
    house.services.close()
    portal = Small(made.home, made.port, made.tokens)
    portal.start()
    yield portal
    portal.stop()


def test_a_full_disk_is_a_sentence_and_giving_goes_on_when_there_is_room(small: Small) -> None:
    with small.client("contributor") as giver:
        rid = str(giver.post("/resources", json=VALUES).json()["id"])
        path = begin(small, rid, len(CONTENT))
        small.fill(left=14 * MIB)  # more than half of the file, and what is kept for the database
        full = patch(small, path, 0, CONTENT)
        assert (full.status_code, full.json()["code"]) == (507, "store_full")
        assert len(full.json()["detail"]) > 20
        assert giver.get(f"/resources/{rid}/assets").json()["results"] == []
        kept = offset_of(small, path)
        assert 0 < kept < len(CONTENT)
        assert not [
            each for each in (small.disk / "media" / "objects").rglob("*") if each.is_file()
        ]
        assert giver.patch(f"/resources/{rid}", json={"year": 2019}).status_code == 200

        small.fill(left=0)
        nothing = giver.patch(f"/resources/{rid}", json={"title": {"en": "x" * 300}})
        if nothing.status_code != 200:  # the database may have had room in its log
            assert (nothing.status_code, nothing.json()["code"]) == (507, "store_full")
        for address in ("/", f"/api/v1/resources/{rid}", "/healthz"):
            told = httpx.get(small.address + address, headers=giver.headers)
            assert told.status_code == 200, address
        assert patch(small, path, kept, CONTENT[kept:]).status_code == 507

        small.empty()
        assert giver.patch(f"/resources/{rid}", json={"year": 2020}).status_code == 200
        offset = offset_of(small, path)
        assert offset >= kept
        until(lambda: patch(small, path, offset, CONTENT[offset:]).status_code == 204, 30)
        files = giver.get(f"/resources/{rid}/assets").json()["results"]
        assert [each["sha256"] for each in files] == [hashlib.sha256(CONTENT).hexdigest()]
