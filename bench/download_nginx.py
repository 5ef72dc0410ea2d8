"""A film sent by nginx on the portal's word, against nginx sending the same file by itself.

Run: .venv/bin/python -m bench.download_nginx [--small]     (1 GB; small: 128 MB)

The site is the one that is shipped, `deploy/nginx/caravan.conf`, with the places of this run put in.
A second site of the same nginx gives the folder of the media as it is. curl takes the film from
either in turn, to /dev/null; the portal is asked each time who may. Target: 0.9 of nginx alone.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from bench.figures import GIGABYTE, MEGABYTE, in_turn, run_of, show_rate, show_ratio, small
from bench.serving import ROOT, serving
from catalog.resources import reading
from scripts.services import nginx
from scripts.services.part import free_port, program, scratch
from tests.factories.house import House, build_house

SMALL_BYTES = 128 * MEGABYTE
ROUNDS = 7
TARGET = 0.9
ALONE = """
server {{
    listen 127.0.0.1:{port};
    sendfile on;
    location / {{ alias {files}/; }}
}}
"""


def site(portal: int, port: int, home: Path) -> str:
    """Return the shipped site for a portal and a home. Raises SystemExit when a place is gone."""
    text = (ROOT / "deploy" / "nginx" / "caravan.conf").read_text("utf-8")
    places = {
        "server 127.0.0.1:8000;": f"server 127.0.0.1:{portal};",
        "listen 80;": f"listen 127.0.0.1:{port};",
        "SERVER_NAME": "localhost",
        "/var/lib/caravan/media/": f"{home}/media/",
        "/opt/caravan/": f"{ROOT}/",
    }
    for shipped, own in places.items():
        if shipped not in text:
            raise SystemExit(f"the shipped site has no {shipped!r} any more")
        text = text.replace(shipped, own)
    return text


def film(house: House, size: int) -> tuple[str, str]:
    """Publish a film; return the path of its address and its key in the store."""
    content = os.urandom(MEGABYTE) * (size // MEGABYTE)
    rid = house.bring_to("published", content=content)
    with house.services.database.reading() as session:
        asset = reading.resource(session, house.actors["curator"], rid).assets[0]
    return f"/api/v1/resources/{rid}/assets/{asset.id}/content", asset.key


def take(curl: Path, address: str, size: int) -> None:
    """Take all of an address. Raises SystemExit when it is not all."""
    told = subprocess.run(
        [str(curl), "-sS", "-o", "/dev/null", "-w", "%{http_code} %{size_download}", address],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    if told != f"200 {size}":
        raise SystemExit(f"{address} gave {told}")


def main() -> int:
    """Publish, serve, and take turns."""
    size = SMALL_BYTES if small(__doc__) else GIGABYTE
    curl = program("curl", "curl")
    with ExitStack() as stack:
        home = stack.enter_context(scratch("bench-home"))
        house = build_house(home)
        path, key = film(house, size)
        house.services.close()
        environ = {"CARAVAN_SEND_FILES": "x-accel:/_media", "CARAVAN_TRUSTED_PROXIES": "1"}
        portal = stack.enter_context(serving(home, environ))
        port, alone = free_port(), free_port()
        text = site(portal.port, port, home)
        text += ALONE.format(port=alone, files=home / "media" / "objects")
        running = nginx.start(stack.enter_context(scratch("bench-nginx")), text, port=port)
        stack.callback(running.stop)
        stack.enter_context(run_of(f"bench.download_nginx, {size / MEGABYTE:.0f} MB"))
        took = in_turn(
            ROUNDS,
            {
                "X-Accel-Redirect": lambda: take(curl, f"http://127.0.0.1:{port}{path}", size),
                "nginx alone": lambda: take(curl, f"http://127.0.0.1:{alone}/{key}", size),
            },
        )
        for name, seconds in took.items():
            show_rate(name, seconds, size / MEGABYTE, "MB")
        ratio = show_ratio(
            "X-Accel-Redirect, by nginx alone",
            took["X-Accel-Redirect"],
            took["nginx alone"],
            "target 0.9",
        )
    return 0 if ratio >= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
