"""Raw lines to a running Caravan: to send what no honest client would, and to stop in the middle."""

from __future__ import annotations

import base64
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.factories.house import VALUES

if TYPE_CHECKING:
    from tests.journeys.conftest import Running

TUS = {"Tus-Resumable": "1.0.0"}
OFFSET = "application/offset+octet-stream"


@dataclass(frozen=True)
class Answer:
    """What came back over a raw line."""

    status: int
    head: str
    body: bytes

    def header(self, name: str) -> str:
        for line in self.head.split("\r\n")[1:]:
            key, _, value = line.partition(":")
            if key.lower() == name.lower():
                return value.strip()
        return ""


def draft(running: Running) -> str:
    with running.client("contributor") as giver:
        made = giver.post("/resources", json=VALUES)
        return str(made.raise_for_status().json()["id"])


def begin(running: Running, rid: str, length: int, **more: str) -> str:
    """Begin an upload; return its path."""
    named = {"filename": "a.bin", "resource": rid, **more}
    told = ",".join(
        f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in named.items()
    )
    headers = {**TUS, "Upload-Length": str(length), "Upload-Metadata": told}
    with running.client("contributor") as giver:
        answer = giver.post("/uploads", headers=headers)
        assert answer.status_code == 201, answer.text
        return str(answer.headers["Location"])


def offset_of(running: Running, path: str) -> int:
    with running.client("contributor") as giver:
        answer = giver.head(path.removeprefix("/api/v1"), headers=TUS)
        assert answer.status_code == 200, answer.status_code
        return int(answer.headers["Upload-Offset"])


def patch(running: Running, path: str, offset: int, body: Any, **more: str) -> Any:
    headers = {**TUS, "Upload-Offset": str(offset), "Content-Type": OFFSET, **more}
    with running.client("contributor") as giver:
        return giver.patch(path.removeprefix("/api/v1"), content=body, headers=headers)


def opened(running: Running) -> socket.socket:
    return socket.create_connection(("127.0.0.1", running.port), timeout=30)


def head(
    running: Running, method: str, path: str, version: str = "1.1", **headers: str | int
) -> bytes:
    told = {
        "Host": "x",
        "Authorization": f"Bearer {running.tokens['contributor']}",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"{method} {path} HTTP/{version}\r\n{lines}\r\n".encode()


def patching(running: Running, path: str, offset: int, **more: str | int) -> bytes:
    """Return the head of a PATCH; the length of the body is among `more`."""
    told = {"Tus_Resumable": "1.0.0", "Upload_Offset": offset, "Content_Type": OFFSET, **more}
    return head(running, "PATCH", path, **told)


def heard(line: socket.socket) -> Answer:
    """Read one answer to the end of its body, or of the line."""
    came = b""
    while b"\r\n\r\n" not in came:
        piece = line.recv(65536)
        if not piece:
            break
        came += piece
    told, _, body = came.partition(b"\r\n\r\n")
    text = told.decode("latin-1")
    status = int(text.split(" ")[1]) if text else 0
    answer = Answer(status, text, body)
    length = int(answer.header("Content-Length") or 0)
    while len(body) < length:
        piece = line.recv(65536)
        if not piece:
            break
        body += piece
    return Answer(status, text, body)
