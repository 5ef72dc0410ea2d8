"""Elasticsearch as Elastic publishes it for integration tests: their own server, fewer modules.

Fetched by Maven under its name and kept in the cache. It refuses root, so that then `nobody` runs
it. A node with security is started for the tests of passwords and certificates alone.
"""

from __future__ import annotations

import base64
import os
import re
import shutil
import ssl
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path

from scripts.services import part

VERSION = "8.19.21"
NEWER = "9.5.0"
"""The second leg, where a JDK that it needs is found."""
LEAST_JAVA = {8: 17, 9: 21}
ARTIFACT = "org.elasticsearch.distribution.integ-test-zip:elasticsearch:{version}:zip"
HEAP = "512m"
START_SECONDS = 240.0
OTHERS_READ = 0o005
ROOM = 2_000_000_000
"""Bytes that must be free in memory for its data to go there, where nothing waits for a disk."""
USER = "elastic"


@dataclass(frozen=True)
class Security:
    """A password for the user `elastic`, and PEM files that the node shows for TLS."""

    password: str
    certificate: Path
    key: Path


def install(version: str = VERSION) -> Path:
    """Return the unpacked server of a version, fetched once. Raises Missing."""

    def make(folder: Path) -> None:
        part.asked(
            [
                str(part.program("mvn", "maven")),
                "-q",
                "-B",
                "dependency:copy",
                f"-Dartifact={ARTIFACT.format(version=version)}",
                f"-DoutputDirectory={folder}",
            ]
        )
        packed = folder / f"elasticsearch-{version}.zip"
        with zipfile.ZipFile(packed) as archive:
            archive.extractall(folder)
        packed.unlink()
        for program in (folder / packed.stem / "bin").iterdir():
            program.chmod(0o755)

    return part.kept(f"elasticsearch-{version}", make) / f"elasticsearch-{version}"


def java_home(least: int) -> Path | None:
    """Return the folder of the oldest JDK of at least version `least`, or None."""
    named = [os.environ[name] for name in ("ES_JAVA_HOME", "JAVA_HOME") if os.environ.get(name)]
    on_path = shutil.which("java")
    places = [Path(each) for each in named]
    places += sorted(Path("/usr/lib/jvm").glob("*")) if Path("/usr/lib/jvm").is_dir() else []
    places += [Path(on_path).resolve().parent.parent] if on_path else []
    found = [(_java_version(place), str(place)) for place in places]
    fitting = sorted(each for each in found if each[0] >= least)
    return Path(fitting[0][1]) if fitting else None


def _java_version(home: Path) -> int:
    release = home / "release"
    if not (home / "bin" / "java").exists() or not release.is_file():
        return 0
    told = re.search(r'^JAVA_VERSION="(\d+)', release.read_text(encoding="utf-8"), re.MULTILINE)
    return int(told[1]) if told else 0


def start(
    folder: Path,
    *,
    version: str = VERSION,
    security: Security | None = None,
    port: int | None = None,
) -> part.Running:
    """Start one node with its data in memory or in `folder`, on a free port if none is given.

    Raises Missing.
    """
    least = LEAST_JAVA[int(version.split(".", maxsplit=1)[0])]
    java = java_home(least)
    if java is None:
        package = "sudo apt-get install -y openjdk-17-jre-headless"
        raise part.Missing(f"Elasticsearch {version} needs Java {least} or newer: run {package}.")
    user = part.account("nobody")
    server = _enterable(install(version), folder, user)
    port = port or part.free_port()
    config = _configured(server, folder, port, security)
    data, forget = _data(folder)
    environ = _environ(folder, java, config)
    if security is not None:
        _keep_password(server, environ, security.password)
    part.own(folder, user)
    part.own(data, user)
    try:
        pid, stop = part.start_process(
            [str(server / "bin" / "elasticsearch"), f"-Epath.data={data}"],
            log=folder / "log",
            ready=lambda: _healthy(port, security),
            seconds=START_SECONDS,
            user=user,
            environ=environ,
            cwd=folder,
        )
    except BaseException:
        forget()
        raise

    def end() -> None:
        stop()
        forget()

    return part.Running("elasticsearch", version, _settings(port, security), pid, end)


def _settings(port: int, security: Security | None) -> Mapping[str, str]:
    if security is None:
        return {"CARAVAN_SEARCH_URL": f"http://127.0.0.1:{port}"}
    return {"CARAVAN_SEARCH_URL": f"https://{USER}:{security.password}@127.0.0.1:{port}"}


def _enterable(server: Path, folder: Path, user: str | None) -> Path:
    """Return the server where `user` may read it: a copy, where the cache is private."""
    if user is None or all(
        each.stat().st_mode & OTHERS_READ == OTHERS_READ for each in server.parents
    ):
        return server
    copy = folder / "server"
    shutil.copytree(server, copy, copy_function=shutil.copy)
    return copy


def _configured(server: Path, folder: Path, port: int, security: Security | None) -> Path:
    config = folder / "config"
    shutil.copytree(server / "config", config)
    lines = [
        "discovery.type: single-node",
        "http.host: 127.0.0.1",
        f"http.port: {port}",
        f"transport.port: {part.free_port()}",
        f"path.logs: {folder}/logs",
        f"xpack.security.enabled: {'false' if security is None else 'true'}",
        # A disk that is nearly full must not make the indexes of tests read-only.
        "cluster.routing.allocation.disk.threshold_enabled: false",
    ]
    if security is not None:
        for name, path in (("certificate", security.certificate), ("key", security.key)):
            shutil.copy(path, config / f"node.{name}")
            lines.append(f"xpack.security.http.ssl.{name}: node.{name}")
        lines.append("xpack.security.http.ssl.enabled: true")
    (config / "elasticsearch.yml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    options = config / "jvm.options"
    kept = [
        line
        for line in options.read_text(encoding="utf-8").splitlines()
        if not re.search(r"^-Xlog|gc\.log|hs_err_pid|HeapDumpPath", line)
    ]
    options.write_text("\n".join(kept) + "\n", encoding="utf-8")
    for name in ("logs", "tmp"):
        (folder / name).mkdir()
    return config


def _environ(folder: Path, java: Path, config: Path) -> dict[str, str]:
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder),
        "ES_JAVA_HOME": str(java),
        "ES_PATH_CONF": str(config),
        "ES_TMPDIR": str(folder / "tmp"),
        "ES_JAVA_OPTS": f"-Xms{HEAP} -Xmx{HEAP}",
    }


def _data(folder: Path) -> tuple[Path, Callable[[], None]]:
    """Return a folder for the data, in memory where there is room, and what drops it."""
    memory = Path("/dev/shm")  # noqa: S108 - a private folder is made in it
    roomy = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM
    data = Path(tempfile.mkdtemp(prefix="caravan-elasticsearch-", dir=memory if roomy else folder))
    return data, lambda: shutil.rmtree(data, ignore_errors=True)


def _keep_password(server: Path, environ: Mapping[str, str], password: str) -> None:
    """Put the first password of `elastic` into the keystore of the node."""
    done = subprocess.run(
        [str(server / "bin" / "elasticsearch-keystore"), "add", "-x", "-f", "bootstrap.password"],
        input=password + "\n",
        capture_output=True,
        text=True,
        env=dict(environ),
        check=False,
    )
    if done.returncode:
        raise part.Missing(f"The keystore of Elasticsearch cannot be made: {done.stderr.strip()}")


def _healthy(port: int, security: Security | None) -> bool:
    headers = {}
    if security is None:
        line = HTTPConnection("127.0.0.1", port, timeout=5)
    else:
        unverified = ssl.create_default_context()
        unverified.check_hostname, unverified.verify_mode = False, ssl.CERT_NONE
        line = HTTPSConnection("127.0.0.1", port, timeout=5, context=unverified)
        told = base64.b64encode(f"{USER}:{security.password}".encode()).decode()
        headers["Authorization"] = f"Basic {told}"
    try:
        line.request("GET", "/_cluster/health?wait_for_status=yellow&timeout=1s", headers=headers)
        return line.getresponse().status == 200  # noqa: PLR2004 - the status of success
    except (OSError, HTTPException):
        return False
    finally:
        line.close()
