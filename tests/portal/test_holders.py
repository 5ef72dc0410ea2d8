"""Who writes an upload: a process that was killed keeps nobody waiting, one that lives does."""

from __future__ import annotations

import io
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from catalog.errors import Conflict
from portal.contribute import receiving
from portal.contribute.holders import has_ended, name_of, this_process
from portal.contribute.receiving import end_upload
from tests.portal.test_receiving import Hands

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.factories.house import House


@pytest.fixture
def other() -> Iterator[subprocess.Popen[bytes]]:
    """Another portal, as far as the machine knows."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield process
        process.kill()


def test_the_end_of_a_process_is_known_and_nothing_else_is_taken_for_it(
    other: subprocess.Popen[bytes],
) -> None:
    name = name_of(other.pid)
    assert name is not None
    assert not has_ended(name)
    other.kill()
    while not has_ended(name):
        pass
    other.wait()
    assert has_ended(name), "dead and buried"
    mine = this_process()
    assert mine is not None
    assert not has_ended(mine)
    start = mine.rpartition(" ")[0]
    assert has_ended(f"{start} 1"), "the number was given to another since"
    assert not has_ended(name.replace(name[:8], "00000000")), "of another machine"
    for strange in ("", "x", "a b c d", f"{mine} 1"):
        assert not has_ended(strange)


def test_who_was_killed_keeps_nobody_waiting_and_who_lives_does(
    house: House, other: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    hands = Hands(house)
    uid, dropped = hands.begin(20), hands.begin(20)
    with monkeypatch.context() as patched:
        patched.setattr(receiving, "this_process", lambda: name_of(other.pid))
        killed = hands.take_up(uid, 0)
        hands.take_up(dropped, 0)
    for _ in range(2):
        with pytest.raises(Conflict, match="upload_busy"):
            hands.take_up(uid, 0)
    with pytest.raises(Conflict, match="upload_busy"):
        end_upload(house.services, hands.actor, dropped)
    other.kill()
    other.wait()
    end_upload(house.services, hands.actor, dropped)
    mine = hands.take_up(uid, 0)
    assert mine.take(io.BytesIO(b"what I have brought.")) == 20
    with pytest.raises(Conflict, match="upload_busy"):
        killed.take(io.BytesIO(b"what came from beyond"))
    assert mine.finish()
