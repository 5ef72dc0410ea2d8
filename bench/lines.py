"""Holds thin lines to a Caravan until told to stop; then prints what each carried, in bytes a second.

One thread moves all lines by a clock, so that the lines cost the machine little beside the portal.
Small buffers on this side let the portal feel how thin they are.
"""

from __future__ import annotations

import base64
import json
import signal
import socket
import sys
import time
import urllib.request
from dataclasses import dataclass, field

KILOBYTE = 1024
RATE = 32 * KILOBYTE
"""Bytes a second of each line."""
TICKS = 8
"""How often a second each line is moved."""
BUFFER_BYTES = 16 * KILOBYTE
HOURS_BYTES = RATE * 3600


@dataclass
class Line:
    """A line under way; `carried` in bytes since `began`."""

    socket: socket.socket
    sends: bool
    carried: int = 0
    began: float = field(default_factory=time.monotonic)
    answered: bool = False
    broken: bool = False

    def move(self) -> None:
        """Move what is due by now, as far as the other side lets us."""
        due = int((time.monotonic() - self.began) * RATE) - self.carried
        try:
            while due > 0 and not self.broken:
                count = self._send(due) if self.sends else self._receive(due)
                self.carried += count
                due -= count
        except BlockingIOError:
            return
        except OSError:
            self.broken = True

    def _send(self, due: int) -> int:
        return self.socket.send(b"x" * min(due, RATE))

    def _receive(self, due: int) -> int:
        piece = self.socket.recv(min(due, RATE))
        if not piece or (not self.answered and not piece.startswith(b"HTTP/1.1 200")):
            self.broken = True
        self.answered = True
        return len(piece)


def connect(port: int) -> socket.socket:
    line = socket.socket()
    # Before the line is made: the window that it offers is fixed then.
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER_BYTES)
    line.connect(("127.0.0.1", port))
    return line


def download(port: int, film: str) -> Line:
    line = connect(port)
    line.sendall(f"GET {film} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    line.settimeout(0)
    return Line(line, sends=False)


def upload(port: int, token: str, draft: str) -> Line:
    told = base64.b64encode(draft.encode()).decode()
    headers = {
        "Authorization": f"Bearer {token}",
        "Tus-Resumable": "1.0.0",
        "Upload-Length": str(HOURS_BYTES),
        "Upload-Metadata": f"resource {told}",
    }
    address = f"http://127.0.0.1:{port}/api/v1/uploads"
    request = urllib.request.Request(address, method="POST", headers=headers)
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own
        place = answer.headers["Location"]
    line = connect(port)
    line.sendall(
        f"PATCH {place} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
        f"Tus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\nContent-Length: {HOURS_BYTES}\r\n"
        "Content-Type: application/offset+octet-stream\r\n\r\n".encode()
    )
    line.settimeout(0)
    return Line(line, sends=True)


def main() -> None:
    told = json.loads(sys.argv[1])
    port, stopping = told["port"], []
    signal.signal(signal.SIGTERM, lambda number, _frame: stopping.append(number))
    held = [download(port, told["film"]) for _ in range(told["downloads"])]
    held += [upload(port, told["token"], told["draft"]) for _ in range(told["uploads"])]
    while not stopping:
        for line in held:
            line.move()
        time.sleep(1 / TICKS)
    rates = [(line.sends, line.carried / (time.monotonic() - line.began)) for line in held]
    carried = {
        "downloads": [rate for sends, rate in rates if not sends],
        "uploads": [rate for sends, rate in rates if sends],
        "broken": sum(line.broken for line in held),
    }
    print(json.dumps(carried))


if __name__ == "__main__":
    main()
