"""The S3 store refusing, hanging, torn, wrong on the way, beside a portal that givers and takers use."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from storage.opening import open_store
from tests.factories.house import House, build_house
from tests.factories.relay import Fault, Relay
from tests.journeys.beside import MAIN, bucket_of, port_of
from tests.journeys.conftest import Running, raised, until
from tests.journeys.lines import begin, offset_of, patch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scripts.services.part import Running as Server
    from storage.store import MediaStore


MIB = 1024 * 1024
HASTY = f"import storage.s3.bucket as b; b.READ_SECONDS = b.PATIENT_SECONDS = 1; {MAIN}"
"""A portal that waits a second for the store, where it is thirty elsewhere."""
CONTENT = random.Random(5).randbytes(9 * MIB)
"""One full part and a tail."""
WHOLE = hashlib.sha256(CONTENT).hexdigest()
MOST_TRIES = 4 * 3
"""Four of the client's for a line that fails; three of ours for bytes that arrive torn."""
EVER = 1000


@dataclass
class Scene:
    """A portal whose way to the store can be broken, and a way that cannot."""

    house: House
    portal: Running
    relay: Relay
    direct: MediaStore

    def get(self, path: str) -> httpx.Response:
        return httpx.get(self.portal.address + path, timeout=120)

    def files(self, rid: str) -> list[Any]:
        with self.portal.client("contributor") as giver:
            return list(giver.get(f"/resources/{rid}/assets").json()["results"])

    def break_with(self, *faults: Fault) -> None:
        self.relay.seen.clear()
        self.relay.faults[:] = faults

    def readable(self) -> dict[str, int]:
        """What can be read in the store: key and size."""
        return {each.key: each.size for each in self.direct.keys("") if each.finished}


@pytest.fixture(scope="module")
def scene(
    real: Callable[[str], Server], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scene]:
    server = real("versitygw")
    relay = Relay(port_of(server))
    home = tmp_path_factory.mktemp("faults") / "home"
    with pytest.MonkeyPatch.context() as patched:
        direct = bucket_of(server, patched.setenv)
        over = direct.replace(f":{port_of(server)}", f":{relay.port}")
        house = build_house(home, CARAVAN_STORAGE_URL=direct)
        portal = raised(house, home, "--no-worker", CARAVAN_STORAGE_URL=over)
        portal.program = ("-c", HASTY)
        portal.start()
        yield Scene(house, portal, relay, open_store(direct))
        portal.stop()
        relay.stop()
        house.services.close()


def refused(answer: Any) -> None:
    told = answer.json()
    assert (answer.status_code, told["code"]) == (503, "store_unavailable"), answer.text
    assert int(answer.headers["Retry-After"]) > 0
    assert len(told["detail"]) > 20


@pytest.mark.parametrize(
    ("kind", "pattern", "after"),
    [
        ("refuse", ".*", 0),
        ("hang", "PUT ", 0),
        ("cut", "PUT ", 2 * MIB),
        ("503", "PUT ", 0),
        ("flip", "PUT ", 0),
        ("mute", "PUT .*unfinished/", 0),
    ],
)
def test_what_arrives_while_the_store_fails_is_refused_and_the_upload_goes_on(
    scene: Scene, kind: str, pattern: str, after: int
) -> None:
    rid = scene.house.give()
    path = begin(scene.portal, rid, len(CONTENT))
    assert patch(scene.portal, path, 0, CONTENT[:MIB]).status_code == 204
    before = scene.readable()
    scene.break_with(Fault(pattern, kind, times=EVER, after=after))
    refused(patch(scene.portal, path, MIB, CONTENT[MIB:]))
    tried = [line for line in scene.relay.seen if line.startswith("PUT")] or scene.relay.seen
    assert 3 <= len(tried) <= MOST_TRIES, scene.relay.seen
    print(f"{kind}: {len(tried)} tries")
    assert len(scene.files(rid)) == 1
    scene.break_with()
    assert scene.readable() == before, "nothing short, nothing empty"
    offset = offset_of(scene.portal, path)
    assert MIB <= offset < len(CONTENT)
    goes_on(scene, rid, path)


def goes_on(scene: Scene, rid: str, path: str) -> None:
    """Send the rest, as any tus client does, and take it out again."""

    def finished() -> bool:
        offset = offset_of(scene.portal, path)
        if offset == len(CONTENT):
            return True
        return bool(patch(scene.portal, path, offset, CONTENT[offset:]).status_code == 204)

    until(finished, 60)
    file = scene.files(rid)[-1]
    assert (file["sha256"], file["bytes"]) == (WHOLE, len(CONTENT))
    with scene.portal.client("contributor") as giver:
        taken = giver.get(f"/resources/{rid}/assets/{file['id']}/content")
    assert hashlib.sha256(taken.content).hexdigest() == WHOLE


@pytest.mark.parametrize("kind", ["refuse", "mute", "503", "hang"])
def test_a_file_whose_putting_together_was_interrupted_is_finished_later(
    scene: Scene, kind: str
) -> None:
    rid = scene.house.give()
    path = begin(scene.portal, rid, len(CONTENT))
    scene.break_with(Fault("POST .*uploadId=", kind, times=EVER))
    answer = patch(scene.portal, path, 0, CONTENT)
    if answer.status_code != 204:
        # All bytes are there and noted; what is missing is the store's own word that it is whole.
        refused(answer)
        assert len(scene.files(rid)) == 1
    scene.break_with()
    assert offset_of(scene.portal, path) == len(CONTENT)
    assert offset_of(scene.portal, path) == len(CONTENT)
    assert len(scene.files(rid)) == 2
    goes_on(scene, rid, path)


def test_a_store_that_is_away_is_told_and_all_else_goes_on(scene: Scene) -> None:
    rid = scene.house.bring_to("published", content=CONTENT)
    scene.house.index()
    content = f"/resources/{rid}/assets/{scene.files(rid)[0]['id']}/content"
    assert scene.get("/readyz").json()["state"] == "green"
    for kind in ("refuse", "hang"):
        scene.break_with(Fault(".*", kind, times=EVER))
        ready = scene.get("/readyz")
        assert ready.json()["parts"] == {"database": True, "storage": False, "search": True}
        assert (ready.status_code, ready.json()["state"]) == (200, "amber")
        assert len(scene.relay.seen) == 1, "who asks how things are does not wait for tries"
        assert scene.get(f"/resources/{rid}").status_code == 200
        assert rid in scene.get("/?q=magnets").text
        taken = scene.get(f"/api/v1{content}")
        refused(taken)
    scene.break_with()
    assert scene.get(content).content == CONTENT
    assert scene.get("/readyz").json()["state"] == "green"


def test_a_download_over_a_torn_line_is_whole(scene: Scene) -> None:
    rid = scene.house.bring_to("published", content=CONTENT)
    content = f"/resources/{rid}/assets/{scene.files(rid)[0]['id']}/content"
    scene.break_with(
        Fault("GET .*originals", "tear", times=1, after=3 * MIB),
        Fault("GET .*originals", "refuse", times=1),
        Fault("GET .*originals", "tear", times=1, after=MIB),
    )
    assert scene.get(content).content == CONTENT
    assert len([line for line in scene.relay.seen if line.startswith("GET")]) == 4
    scene.break_with(Fault("GET .*originals", "tear", times=EVER, after=MIB))
    with pytest.raises(httpx.TransportError):
        scene.get(content)
    scene.break_with()
    assert scene.get(content).content == CONTENT
