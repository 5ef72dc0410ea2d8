"""A line between a client and a server on loopback that breaks at will, whatever is spoken on it.

`relay.py` beside this picks single HTTP requests; this one knows bytes alone.
"""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass

PIECE = 65_536
LOOK_SECONDS = 0.02


@dataclass(frozen=True)
class Trouble:
    """What befalls the bytes; `up` is to the server, `down` to the client.

    Numbers count the bytes of all lines since the trouble began: `cut` ends a line when so many
    have passed, and what comes later at once; `flip` turns one bit of the byte that has the number.
    """

    delay: float = 0.0
    """Seconds before each piece to the client."""
    hangs: bool = False
    """Nothing passes in either direction; what came goes on afterwards."""
    cut_up: int | None = None
    cut_down: int | None = None
    flip_up: int | None = None
    flip_down: int | None = None


class Wire:
    """Listens on `port` and hands on to `upstream`, a port of loopback; can be switched any time."""

    def __init__(self, upstream: int) -> None:
        """Listen at once, without trouble."""
        self.upstream = upstream
        self.trouble = Trouble()
        self.lines = 0
        self.passed = {"up": 0, "down": 0}
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        # Bound to a number, the socket keeps it while it refuses, and can listen again.
        self._server = socket.socket()
        self._server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._server.bind(("127.0.0.1", self.port))
        self._accepting = False
        self._listen()

    def begin(self, trouble: Trouble) -> None:
        """Have this befall what passes from now on."""
        with self._lock:
            self.passed = {"up": 0, "down": 0}
            self.trouble = trouble

    def well(self) -> None:
        """End all trouble, refusing too."""
        self.begin(Trouble())
        if not self._accepting:
            self._listen()

    def refuse(self) -> None:
        """End all lines and take no more, as a server that has ended."""
        self._accepting = False
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self.drop()

    def drop(self) -> None:
        """End all lines that there are now."""
        with self._lock:
            ended = list(self._open)
        for each in ended:
            self._end(each)

    def close(self) -> None:
        """End all lines, and listen no more."""
        self.refuse()
        self._server.close()

    def _listen(self) -> None:
        self._server.listen(128)
        self._accepting = True
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            self.lines += 1
            try:
                server = socket.create_connection(("127.0.0.1", self.upstream))
            except OSError:
                client.close()
                continue
            with self._lock:
                self._open |= {client, server}
            for way, source, target in (("up", client, server), ("down", server, client)):
                pumping = threading.Thread(
                    target=self._pump, args=(way, source, target), daemon=True
                )
                pumping.start()

    def _pump(self, way: str, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(PIECE):
                self._wait(way)
                piece, ends = self._befallen(way, piece)
                target.sendall(piece)
                if ends:
                    break
        self._end(source)
        self._end(target)

    def _wait(self, way: str) -> None:
        while self.trouble.hangs:
            time.sleep(LOOK_SECONDS)
        if way == "down" and self.trouble.delay:
            time.sleep(self.trouble.delay)

    def _befallen(self, way: str, piece: bytes) -> tuple[bytes, bool]:
        """Return what goes on of a piece, and whether the line ends behind it."""
        with self._lock:
            before = self.passed[way]
            self.passed[way] += len(piece)
            trouble = self.trouble
        up = way == "up"
        cut = trouble.cut_up if up else trouble.cut_down
        flip = trouble.flip_up if up else trouble.flip_down
        if flip is not None and before <= flip < before + len(piece):
            turned = bytearray(piece)
            turned[flip - before] ^= 1
            piece = bytes(turned)
        if cut is not None and before + len(piece) >= cut:
            return piece[: max(cut - before, 0)], True
        return piece, False

    def _end(self, each: socket.socket) -> None:
        with self._lock:
            self._open.discard(each)
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()
