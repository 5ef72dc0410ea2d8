"""gunicorn's threads, kept from lines that are dead or dawdle.

A thin line may take hours, as long as something moves. What moves nothing for a minute is over, and
its thread and its place among the transfers are free again. What is no file must be here whole
within seconds, since nothing else counts how many of those there are.
"""

from __future__ import annotations

import logging
import socket
import struct
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from gunicorn.workers.gthread import ThreadWorker

if TYPE_CHECKING:
    from gunicorn.http.message import Request
    from gunicorn.workers.gthread import TConn

STILL_SECONDS = 60
"""A line on which nothing moves for so long is dead: a router's memory of it is seldom longer."""
REQUEST_SECONDS = 20
"""Within this a request must be here, head and form; only files may take longer."""
PARTING_SECONDS = 2.0
PARTING_BYTES = 64 * 1024 * 1024
"""A part that was refused is read to its end where the line is quick: most clients hear an answer only
when they have sent all."""
PARTING_READ = 64 * 1024
FILES = ("/api/v1/uploads/", "/contribute/")
"""Where bodies are files; what comes there has its place among the transfers."""


class LineWorker(ThreadWorker):
    """A worker of threads that looks at the clock for its lines."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - gunicorn's own
        """Know of no line yet."""
        super().__init__(*args, **kwargs)
        self._awaited: dict[TConn, float] = {}
        self._lock = threading.Lock()
        logging.getLogger("gunicorn.error").addFilter(_is_worth_a_line)

    def enqueue_req(self, conn: TConn) -> None:
        """Let the kernel watch each line from its first byte on.

        With SO_RCVTIMEO and SO_SNDTIMEO a call ends when nothing has moved for that time, however
        long the whole takes (socket(7)); Python's own timeout bounds the whole of a sendall.
        """
        patience = struct.pack("ll", STILL_SECONDS, 0)
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            conn.sock.setsockopt(socket.SOL_SOCKET, option, patience)
        super().enqueue_req(conn)

    def handle(self, conn: TConn) -> Any:  # noqa: ANN401 - gunicorn's own
        """Read and answer a request, awaited from now on."""
        self._await(conn)
        try:
            kept = super().handle(conn)
        finally:
            self._stop_awaiting(conn)
        if not kept:
            _part(conn.sock)
        return kept

    def handle_request(self, req: Request, conn: TConn) -> Any:  # noqa: ANN401 - gunicorn's own
        """Answer; what has no body is here already, and a file may take its time."""
        if not _has_body(req) or req.path.startswith(FILES):
            self._stop_awaiting(conn)
        return super().handle_request(req, conn)

    def notify(self) -> None:
        """Come round once a second: end the reading of what dawdles. Answers still go out."""
        super().notify()
        now = time.monotonic()
        with self._lock:
            late = [conn for conn, until in self._awaited.items() if until < now]
            for conn in late:
                del self._awaited[conn]
        for conn in late:
            with suppress(OSError):
                conn.sock.shutdown(socket.SHUT_RD)

    def _await(self, conn: TConn) -> None:
        with self._lock:
            self._awaited[conn] = time.monotonic() + REQUEST_SECONDS

    def _stop_awaiting(self, conn: TConn) -> None:
        with self._lock:
            self._awaited.pop(conn, None)


def _part(line: socket.socket) -> None:
    """Say goodbye, and let the other side read to the end (RFC 9112 section 9.6).

    gunicorn does so in the one thread that accepts lines: each thin line that ended kept everybody
    waiting at the door for two seconds. Done here before, it finds nothing to wait for. Who goes on
    sending after that is reset: otherwise the kernel reads on without ever opening its window, and
    the other side waits a minute for it.
    """
    until, drained = time.monotonic() + PARTING_SECONDS, 0
    with suppress(OSError):
        line.shutdown(socket.SHUT_WR)
        while (left := until - time.monotonic()) > 0 and drained < PARTING_BYTES:
            line.settimeout(left)
            piece = line.recv(PARTING_READ)
            if not piece:
                break
            drained += len(piece)
        else:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


def _has_body(req: Request) -> bool:
    return any(
        name == "TRANSFER-ENCODING" or (name == "CONTENT-LENGTH" and value.strip() != "0")
        for name, value in req.headers
    )


def _is_worth_a_line(record: logging.LogRecord) -> bool:
    """Whether a record is more than a line that went still, which happens every day."""
    return not (record.exc_info and isinstance(record.exc_info[1], BlockingIOError))
