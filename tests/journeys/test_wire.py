"""The line by which journeys break things: each trouble, switched on and off while it runs."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from tests.factories.wire import Trouble, Wire

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def wire() -> Iterator[Wire]:
    """A line to a server that says again what it hears."""
    server = socket.create_server(("127.0.0.1", 0))

    def answer(line: socket.socket) -> None:
        with line:
            while heard := line.recv(65_536):
                line.sendall(heard)

    def serve() -> None:
        while True:
            try:
                line, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(line,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    made = Wire(server.getsockname()[1])
    yield made
    made.close()
    server.shutdown(socket.SHUT_RDWR)
    server.close()


def opened(wire: Wire) -> socket.socket:
    return socket.create_connection(("127.0.0.1", wire.port), timeout=10)


def told(line: socket.socket, words: bytes) -> bytes:
    """Say something; return what comes back until it is all there or the line ends."""
    heard = b""
    with suppress(ConnectionError):
        line.sendall(words)
        while len(heard) < len(words) and (piece := line.recv(65_536)):
            heard += piece
    return heard


def test_a_line_without_trouble_changes_nothing(wire: Wire) -> None:
    with opened(wire) as line:
        assert told(line, b"x" * 200_000) == b"x" * 200_000
    assert (wire.lines, wire.passed) == (1, {"up": 200_000, "down": 200_000})


def test_a_line_is_cut_after_so_many_bytes_either_way_and_new_ones_at_once(wire: Wire) -> None:
    with opened(wire) as line:
        assert told(line, b"before") == b"before"
        wire.begin(Trouble(cut_down=4))
        assert told(line, b"0123456789") == b"0123"
    with opened(wire) as line:
        assert told(line, b"more") == b""
    wire.begin(Trouble(cut_up=3))
    with opened(wire) as line:
        assert told(line, b"0123456789") in (b"", b"012")
    wire.well()
    with opened(wire) as line:
        assert told(line, b"after") == b"after"


def test_one_bit_is_turned_where_it_was_asked(wire: Wire) -> None:
    with opened(wire) as line:
        wire.begin(Trouble(flip_up=2))
        assert told(line, b"aaaa") == b"aa`a"
        assert told(line, b"aaaa") == b"aaaa"
        wire.begin(Trouble(flip_down=5))
        assert told(line, b"aaaa") == b"aaaa"
        assert told(line, b"aaaa") == b"a`aa"


def test_a_line_that_hangs_goes_on_where_it_stood(wire: Wire) -> None:
    with opened(wire) as line:
        wire.begin(Trouble(hangs=True))
        line.sendall(b"held")
        line.settimeout(0.2)
        with pytest.raises(TimeoutError):
            line.recv(10)
        wire.well()
        line.settimeout(10)
        assert line.recv(10) == b"held"


def test_answers_come_late_and_not_at_all_from_one_that_refuses(wire: Wire) -> None:
    with opened(wire) as line:
        wire.begin(Trouble(delay=0.3))
        began = time.monotonic()
        assert told(line, b"late") == b"late"
        assert time.monotonic() - began >= 0.3
        wire.begin(Trouble())
        wire.refuse()
        assert told(line, b"gone") == b""
        with pytest.raises(ConnectionRefusedError):
            opened(wire)
        with pytest.raises(ConnectionRefusedError):
            opened(wire)
    for _ in range(2):
        wire.well()
        with opened(wire) as line:
            assert told(line, b"back") == b"back"
            wire.drop()
            assert told(line, b"gone") == b""
