"""A line between a client and a server on loopback, that can be broken in every way there is."""

from __future__ import annotations

import re
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass, field

PIECE = 65_536
PLACE = re.compile(r"127\.0\.0\.1:(\d+)")
METHODS = (b"GET ", b"PUT ", b"POST ", b"PATCH ", b"HEAD ", b"DELETE ")
ANSWER_503 = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@dataclass
class Fault:
    """What happens to the next `times` requests whose first line matches.

    `refuse` closes before a byte; `cut` closes after `after` bytes of the request; `mute` lets the
    request through and closes instead of the answer; `tear` closes after `after` bytes of the
    answer; `flip` turns one byte of the request's body; `hang` says nothing; `503` says so; `late` says
    nothing either and keeps the request for `Relay.land`.
    """

    pattern: str
    kind: str
    times: int = 1
    after: int = 0


@dataclass
class Relay:
    """Listens on `port` and hands on to `upstream`, a port of loopback."""

    upstream: int
    faults: list[Fault] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    late: list[bytearray] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @classmethod
    def before(cls, address: str) -> Relay:
        """Return one before the server of an address on loopback."""
        found = PLACE.search(address)
        assert found is not None
        return cls(int(found[1]))

    def by_way(self, address: str) -> str:
        """Return the same address by way of this relay."""
        return PLACE.sub(f"127.0.0.1:{self.port}", address)

    def stop(self) -> None:
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for each in list(self._open):
            self._close(each)

    def land(self) -> list[bytes]:
        """Bring the requests that are late, and return the first lines of the last answers."""
        answers = []
        while self.late:
            with socket.create_connection(("127.0.0.1", self.upstream)) as server:
                server.sendall(self.late.pop(0))
                answer = server.recv(PIECE)
                while answer.startswith(b"HTTP/1.1 100"):
                    answer = answer.partition(b"\r\n\r\n")[2] or server.recv(PIECE)
                answers.append(answer.split(b"\r\n", 1)[0])
        return answers

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        server = socket.create_connection(("127.0.0.1", self.upstream))
        self._open |= {client, server}
        answer = Fault("", "none")
        back = threading.Thread(target=self._back, args=(server, client, answer), daemon=True)
        back.start()
        fault: Fault | None = None
        with suppress(OSError):
            while data := client.recv(PIECE):
                if data.startswith(METHODS):
                    fault = self._fault(data.split(b"\r\n", 1)[0].decode())
                    answer.kind, answer.after = (fault.kind, fault.after) if fault else ("none", 0)
                if not self._hand_on(data, fault, client, server):
                    break
        self._close(client)
        self._close(server)

    def _hand_on(
        self,
        data: bytes,
        fault: Fault | None,
        client: socket.socket,
        server: socket.socket,
    ) -> bool:
        """Give a piece of the request to the server; False ends the line."""
        kind = fault.kind if fault else "none"
        if kind == "503":
            client.sendall(ANSWER_503)
        if kind in ("503", "refuse"):
            return False
        if kind == "late":
            with self._lock:
                if data.startswith(METHODS):
                    self.late.append(bytearray())
                self.late[-1] += data
        if kind in ("hang", "late"):
            return True
        if fault is not None and kind == "cut":
            server.sendall(data[: fault.after])
            fault.after -= len(data)
            return fault.after > 0
        if fault is not None and kind == "flip" and not data.endswith(b"\r\n\r\n"):
            # More than the head of the request.
            data = data[:-1] + bytes([data[-1] ^ 1])
            fault.kind = "none"
        server.sendall(data)
        return True

    def _back(self, server: socket.socket, client: socket.socket, answer: Fault) -> None:
        with suppress(OSError):
            while data := server.recv(PIECE):
                if answer.kind == "mute":
                    break
                if answer.kind == "tear":
                    client.sendall(data[: answer.after])
                    answer.after -= len(data)
                    if answer.after <= 0:
                        break
                    continue
                client.sendall(data)
        self._close(client)
        self._close(server)

    def _fault(self, line: str) -> Fault | None:
        with self._lock:
            self.seen.append(line)
            for fault in self.faults:
                if fault.times and re.search(fault.pattern, line):
                    fault.times -= 1
                    return Fault(fault.pattern, fault.kind, 0, fault.after)
        return None

    def _close(self, each: socket.socket) -> None:
        self._open.discard(each)
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()
