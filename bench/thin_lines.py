"""Search beside thin lines: 100 downloads and 20 uploads at 32 KB/s each, against none.

Run against a running Caravan: python bench/thin_lines.py ADDRESS TOKEN RESOURCE-URL DRAFT-ID
It prints the p95 of the search page without and with the lines, and their ratio (target: at most 2).
"""

from __future__ import annotations

import base64
import socket
import statistics
import sys
import threading
import time
import urllib.request
from urllib.parse import urlsplit

RATE = 32 * 1024
SECONDS = 60
DOWNLOADS, UPLOADS = 100, 20
stopping = threading.Event()


def search(address: str, seconds: float) -> list[float]:
    found, deadline = [], time.monotonic() + seconds
    while time.monotonic() < deadline:
        began = time.perf_counter()
        with urllib.request.urlopen(f"{address}/?q=magnet") as answer:  # noqa: S310 - our own
            answer.read()
        found.append(time.perf_counter() - began)
        time.sleep(0.1)
    return found


def download(host: str, port: int, path: str) -> None:
    while not stopping.is_set():
        with socket.create_connection((host, port)) as line:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
            line.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
            while not stopping.is_set() and line.recv(RATE // 4):
                time.sleep(0.25)


def upload(address: str, host: str, port: int, token: str, draft: str) -> None:
    length = RATE * SECONDS * 2
    told = base64.b64encode(draft.encode()).decode()
    request = urllib.request.Request(  # noqa: S310 - our own
        f"{address}/api/v1/uploads",
        method="POST",
        headers={
            "Authorization": f"Bearer {token}",
            "Tus-Resumable": "1.0.0",
            "Upload-Length": str(length),
            "Upload-Metadata": f"resource {told}",
        },
    )
    location = urllib.request.urlopen(request).headers["Location"]  # noqa: S310 - our own
    head = (
        f"PATCH {location} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
        "Tus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\nContent-Length: "
        f"{length}\r\nContent-Type: application/offset+octet-stream\r\n\r\n"
    )
    with socket.create_connection((host, port)) as line:
        line.sendall(head.encode())
        while not stopping.is_set():
            line.sendall(b"x" * (RATE // 4))
            time.sleep(0.25)


def main() -> None:
    address, token, path, draft = sys.argv[1:5]
    parts = urlsplit(address)
    host, port = parts.hostname or "127.0.0.1", parts.port or 80
    alone = search(address, SECONDS / 3)
    jobs = [threading.Thread(target=download, args=(host, port, path)) for _ in range(DOWNLOADS)]
    jobs += [
        threading.Thread(target=upload, args=(address, host, port, token, draft))
        for _ in range(UPLOADS)
    ]
    for job in jobs:
        job.daemon = True
        job.start()
    beside = search(address, SECONDS)
    stopping.set()
    p95 = [1000 * statistics.quantiles(each, n=20)[-1] for each in (alone, beside)]
    print(
        f"p95 alone {p95[0]:.1f} ms, beside thin lines {p95[1]:.1f} ms, ratio {p95[1] / p95[0]:.2f}"
    )


if __name__ == "__main__":
    main()
