"""Bytes that nginx or the store sends for the portal: to the same people, under the same name."""

from __future__ import annotations

import hashlib
import logging
import threading
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from werkzeug.serving import make_server

from portal.app import create_app
from scripts.services import nginx, part
from tests.factories.house import BYTES, House, build_house

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask

TAG = f'"{hashlib.sha256(BYTES).hexdigest()}"'


def given(house: House, **more: Any) -> str:
    """Publish a film; return the path of its file."""
    rid = house.bring_to("published", **more)
    with house.services.database.reading() as session:
        from catalog.resources import reading

        view = reading.resource(session, house.actors["curator"], rid)
    return f"/resources/{rid}/assets/{view.assets[0].id}"


def app_over(house: House) -> Flask:
    return create_app(house.services.settings, house.services)


@pytest.fixture
def in_bucket(bucket: str, tmp_path: Path) -> Iterator[House]:
    built = build_house(
        tmp_path / "bucket", CARAVAN_STORAGE_URL=bucket, CARAVAN_SEND_FILES="redirect"
    )
    yield built
    built.services.close()


def test_the_store_sends_what_the_portal_allows(
    in_bucket: House, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    path = given(in_bucket)
    closed = given(in_bucket, access="partners", content=b"another file " * 30)
    client = app_over(in_bucket).test_client()
    with caplog.at_level(logging.INFO):
        for start in ("", "/api/v1"):
            answer = client.get(f"{start}{path}/content")
            assert answer.status_code == 302
            assert answer.headers["Cache-Control"] == "no-store"
            taken = httpx.get(answer.headers["Location"])
            assert taken.content == BYTES
            assert taken.headers["Content-Type"] == "video/mp4"
            assert taken.headers["Content-Disposition"] == 'attachment; filename="film.mp4"'
            part_of = httpx.get(answer.headers["Location"], headers={"Range": "bytes=5-9"})
            assert (part_of.status_code, part_of.content) == (206, BYTES[5:10])
            assert client.get(f"/api/v1{closed}/content").status_code == 401
            assert "Location" not in client.get(f"/api/v1{closed}/content").headers
    ours = [each for each in caplog.records if not each.name.startswith("http")]
    assert not any("X-Amz" in each.getMessage() for each in ours)
    out = capfd.readouterr()
    assert "X-Amz" not in out.out + out.err


def test_what_only_the_portal_can_answer_it_answers(in_bucket: House) -> None:
    path = given(in_bucket)
    client = app_over(in_bucket).test_client()
    content = f"{path}/content"
    part_of = client.get(content, headers={"Range": "bytes=5-9", "If-Range": TAG})
    assert (part_of.status_code, part_of.data) == (206, BYTES[5:10])
    whole = client.get(content, headers={"Range": "bytes=5-9", "If-Range": '"other"'})
    assert (whole.status_code, whole.data) == (200, BYTES)
    assert client.get(content, headers={"If-Match": '"other"'}).status_code == 412
    assert client.get(content, headers={"If-Match": TAG}).data == BYTES
    assert client.get(content, headers={"If-None-Match": TAG}).status_code == 304
    head = client.head(content)
    assert (head.status_code, head.headers["ETag"]) == (200, TAG)
    # A picture stands in a page, whose policy lets it come from here alone.
    assert client.get(f"{path}/renditions/thumbnail").data == b"small"


def test_a_page_may_play_from_the_store_alone_and_only_where_it_sends(
    in_bucket: House, house: House
) -> None:
    origin = str(in_bucket.services.settings.storage.visitors_origin)
    policy = app_over(in_bucket).test_client().get("/").headers["Content-Security-Policy"]
    assert f"media-src 'self' {origin};" in policy
    assert policy.count(origin) == 1
    plain = app_over(house).test_client().get("/").headers["Content-Security-Policy"]
    assert "media-src 'self';" in plain


def test_without_a_redirect_the_portal_sends_from_the_bucket(bucket: str, tmp_path: Path) -> None:
    built = build_house(tmp_path, CARAVAN_STORAGE_URL=bucket)
    path = given(built)
    client = app_over(built).test_client()
    whole = client.get(f"{path}/content")
    assert (whole.status_code, whole.data, whole.headers["ETag"]) == (200, BYTES, TAG)
    tail = client.get(f"{path}/content", headers={"Range": "bytes=-7"})
    assert (tail.status_code, tail.data) == (206, BYTES[-7:])
    beyond = client.get(f"{path}/content", headers={"Range": f"bytes={len(BYTES)}-"})
    assert beyond.status_code == 416
    built.services.close()


@pytest.fixture
def behind_nginx(tmp_path: Path) -> Iterator[tuple[House, str]]:
    """A portal that hands files to an nginx in front of it; its address."""
    built = build_house(tmp_path / "home", CARAVAN_SEND_FILES="x-accel:/_i")
    server = make_server("127.0.0.1", 0, app_over(built), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = part.free_port()
    site = nginx.site(
        port=port,
        portals=[f"127.0.0.1:{server.port}"],
        files=tmp_path / "home" / "media" / "objects",
    )
    with part.scratch("nginx") as folder:
        running = nginx.start(folder, site, port=port)
        yield built, f"http://127.0.0.1:{port}"
        running.stop()
    server.shutdown()
    built.services.close()


def test_nginx_sends_what_the_portal_allows(behind_nginx: tuple[House, str]) -> None:
    house, address = behind_nginx
    path = given(house)
    closed = given(house, access="partners", content=b"another file " * 30)
    url = f"{address}{path}/content"
    whole = httpx.get(url)
    assert (whole.status_code, whole.content) == (200, BYTES)
    told = {
        "ETag": TAG,
        "Content-Type": "video/mp4",
        "Content-Disposition": 'attachment; filename="film.mp4"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "public, max-age=0",
        "Content-Length": str(len(BYTES)),
    }
    assert {name: whole.headers.get(name) for name in told} == told
    assert "sandbox" in whole.headers["Content-Security-Policy"]
    assert "X-Accel-Redirect" not in whole.headers
    ranges: list[tuple[dict[str, str], int, bytes]] = [
        ({"Range": "bytes=5-9"}, 206, BYTES[5:10]),
        ({"Range": "bytes=5-9", "If-Range": TAG}, 206, BYTES[5:10]),
        ({"Range": "bytes=5-9", "If-Range": '"other"'}, 200, BYTES),
        ({"Range": "bytes=-7"}, 206, BYTES[-7:]),
        ({"If-None-Match": TAG}, 304, b""),
        ({"If-Match": TAG}, 200, BYTES),
    ]
    for headers, status, content in ranges:
        answer = httpx.get(url, headers=headers)
        assert (answer.status_code, answer.content) == (status, content), headers
    assert httpx.get(url, headers={"If-Match": '"other"'}).status_code == 412
    assert httpx.get(url, headers={"Range": f"bytes={len(BYTES)}-"}).status_code == 416
    assert httpx.get(f"{address}/api/v1{closed}/content").status_code == 401
    key = next(each.key for each in house.services.store.keys("originals"))
    assert httpx.get(f"{address}/_i/{key}").status_code == 404


def test_who_asks_the_portal_itself_learns_only_an_address_inside_nginx(
    tmp_path: Path,
) -> None:
    built = build_house(tmp_path / "own", CARAVAN_SEND_FILES="x-accel:/_i")
    path = given(built)
    answer = app_over(built).test_client().get(f"{path}/content")
    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["X-Accel-Redirect"].startswith("/_i/originals/")
    built.services.close()
