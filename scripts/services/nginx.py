"""nginx of Debian, with its own configuration and all that it writes in a scratch folder."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from scripts.services import part

_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
FRAME = """daemon off;
pid {folder}/nginx.pid;
error_log stderr warn;
worker_processes 2;
{user}events {{ worker_connections 512; }}
http {{
    access_log off;
    types {{ }}
    default_type application/octet-stream;
{temporary}
{site}
}}
"""
SITE = """    upstream portals {{
{portals}
    }}
    server {{
        listen 127.0.0.1:{port};
        client_max_body_size 0;
        location /_i/ {{
            internal;
            alias {files}/;
            etag off;
            add_header ETag $upstream_http_etag;
            add_header Content-Security-Policy $upstream_http_content_security_policy;
            add_header X-Content-Type-Options $upstream_http_x_content_type_options;
            add_header Cross-Origin-Resource-Policy $upstream_http_cross_origin_resource_policy;
            add_header Link $upstream_http_link;
        }}
        location / {{
            proxy_pass http://portals;
            proxy_http_version 1.1;
            proxy_request_buffering off;
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_set_header X-Forwarded-Proto $scheme;
        }}
    }}
"""


def install() -> Path:
    """Return the program of Debian's nginx-light."""
    return part.program("nginx", "nginx-light")


def site(*, port: int, portals: Sequence[str], files: Path) -> str:
    """Return a site that sends pages from the portals (HOST:PORT), and by X-Accel
    what lies in `files`, the folder `objects` of a store.
    """
    servers = "\n".join(f"        server {portal};" for portal in portals)
    return SITE.format(port=port, portals=servers, files=files)


def start(folder: Path, text: str | None = None, *, port: int | None = None) -> part.Running:
    """Start nginx with what stands in its `http` block; `text` has to listen on `port`.

    Without a text: a site before the portal of `make demo` and the media of its home.
    """
    port = port or part.free_port()
    media = Path("var/media/objects").absolute()
    text = text or site(port=port, portals=["127.0.0.1:8000"], files=media)
    temporary = "\n".join(f"    {name}_temp_path {folder}/{name};" for name in _TEMPORARY)
    # Files are private to whoever runs the portal: the worker is the same user.
    user = "user root root;\n" if os.geteuid() == 0 else ""
    config = folder / "nginx.conf"
    config.write_text(
        FRAME.format(folder=folder, user=user, temporary=temporary, site=text), encoding="utf-8"
    )
    program = str(install())
    pid, stop = part.start_process(
        [program, "-e", "stderr", "-p", str(folder), "-c", str(config)],
        log=folder / "log",
        ready=lambda: part.answers(port),
        seconds=20,
    )
    version = re.search(r"[\d.]+", part.asked([program, "-v"]))
    return part.Running(
        name="nginx",
        version=version.group() if version else "unknown",
        settings={
            "CARAVAN_BASE_URL": f"http://127.0.0.1:{port}",
            "CARAVAN_TRUSTED_PROXIES": "1",
        },
        pid=pid,
        stop=stop,
    )
