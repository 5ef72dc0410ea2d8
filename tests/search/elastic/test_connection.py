"""Who answers, who we are, and what is said when either does not fit: each a code of its own."""

from __future__ import annotations

import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from portal.cli.refusals import explained
from scripts.services import elasticsearch, part
from search.elastic.index import ElasticEngine
from search.engine import EngineRefused, EngineUnavailable
from search.opening import open_engine
from tests.contracts.engine_documents import ask, titled
from tests.warming import warm

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


PAGE = b"<html>hello</html>"


class Answers(BaseHTTPRequestHandler):
    """Answers all alike, and keeps what it was asked."""

    seen: list[dict[str, str]] = []

    def do_POST(self) -> None:
        type(self).seen.append({name.lower(): value for name, value in self.headers.items()})
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        self.wfile.write(PAGE)

    def do_GET(self) -> None:
        self.do_POST()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def stranger() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def refusal(engine: Any) -> tuple[str, str]:
    """The code of a refused search and the sentence that an operator reads."""
    with pytest.raises(EngineUnavailable) as refused:
        engine.search(ask("magnets"))
    assert engine.health().code == refused.value.code
    assert not engine.health().ok
    return refused.value.code, explained(refused.value) or ""


def test_a_closed_port_and_something_else_that_listens_are_told_apart() -> None:
    closed = ElasticEngine(f"http://127.0.0.1:{part.free_port()}", "x")
    assert refusal(closed) == (
        "unreachable",
        "The search engine does not answer at its address (CARAVAN_SEARCH_URL).",
    )
    with stranger() as url:
        code, sentence = refusal(ElasticEngine(url, "x"))
    assert code == "not_elasticsearch"
    assert sentence == "What answers at CARAVAN_SEARCH_URL is not Elasticsearch."


def test_an_api_key_is_sent_as_a_header_and_outranks_a_password() -> None:
    Answers.seen.clear()
    with stranger() as url:
        keyed = url.replace("//", "//user:word@")
        refusal(open_engine(keyed, None, api_key="a2V5OnNlY3JldA=="))  # type: ignore[arg-type]
    assert {each["authorization"] for each in Answers.seen} == {"ApiKey a2V5OnNlY3JldA=="}


def test_a_file_that_holds_no_certificates_is_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    for path in (tmp_path / "ca.pem", tmp_path / "absent.pem"):
        with pytest.raises(EngineRefused) as refused:
            open_engine("https://127.0.0.1:9200", tmp_path, ca_file=path)
        assert "CARAVAN_SEARCH_CA_FILE" in (explained(refused.value) or "")


def openssl(folder: Path, *words: str) -> None:
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


def authority(folder: Path) -> Path:
    """Make an authority and a certificate for 127.0.0.1 that it has signed."""
    folder.mkdir()
    key = ("-newkey", "rsa:2048", "-nodes")
    openssl(
        folder,
        *("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem"),
        *("-subj", "/CN=Test authority", "-days", "2"),
        *("-addext", "keyUsage=critical,keyCertSign,cRLSign"),
    )
    openssl(
        folder, "req", *key, "-keyout", "node.key", "-out", "node.csr", "-subj", "/CN=127.0.0.1"
    )
    (folder / "node.ext").write_text("subjectAltName=IP:127.0.0.1\nauthorityKeyIdentifier=keyid\n")
    openssl(
        folder,
        *("x509", "-req", "-in", "node.csr", "-CA", "ca.pem", "-CAkey", "ca.key"),
        *("-CAcreateserial", "-days", "2", "-extfile", "node.ext", "-out", "node.pem"),
    )
    return folder


def test_a_cluster_with_a_password_and_a_certificate_is_used_and_strangers_are_told(
    tmp_path: Path,
) -> None:
    ours, other = authority(tmp_path / "ours"), authority(tmp_path / "other")
    security = elasticsearch.Security("plain-word", ours / "node.pem", ours / "node.key")
    with part.scratch("elasticsearch") as folder:
        running = elasticsearch.start(folder, security=security)
        try:
            url = running.settings["CARAVAN_SEARCH_URL"]
            engine = open_engine(url, tmp_path, ca_file=ours / "ca.pem")
            assert engine.write([titled("a", "Magnets")]) == 1
            warm(engine)
            assert engine.search(ask("magnets")).total == 1
            wrong = url.replace("plain-word", "another-word")
            assert refusal(open_engine(wrong, tmp_path, ca_file=ours / "ca.pem")) == (
                "bad_login",
                "The search engine does not accept the user and password, or the API key.",
            )
            code, sentence = refusal(open_engine(url, tmp_path, ca_file=other / "ca.pem"))
            assert code == "bad_certificate"
            assert "CARAVAN_SEARCH_CA_FILE" in sentence
            assert refusal(open_engine(url, tmp_path))[0] == "bad_certificate"
        finally:
            running.stop()
