"""Downloads to the letter: parts, conditions, names, and nothing of what is not published."""

from __future__ import annotations

import hashlib
import io
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog import ingesting
from catalog.resources import reading
from portal.sending import disposition
from storage.keys import rendition_key
from tests.factories.house import BYTES

if TYPE_CHECKING:
    from tests.factories.house import House

TAG = f'"{hashlib.sha256(BYTES).hexdigest()}"'
SIZE = len(BYTES)
MADE = {
    "poster": "image/webp",
    "page_1": "image/webp",
    "text": "text/plain; charset=utf-8",
    "captions_en": "text/vtt; charset=utf-8",
    "film_144p": "video/mp4",
    "audio_only": "audio/mp4",
}


def asset_of(house: House, rid: str, who: str = "curator") -> str:
    with house.services.database.reading() as session:
        return reading.resource(session, house.actors[who], rid).assets[0].id


def published(house: House, **more: Any) -> str:
    rid = house.bring_to("published", **more)
    return f"/resources/{rid}/assets/{asset_of(house, rid)}/content"


def with_renditions(house: House, rid: str, who: str = "contributor") -> str:
    """Give the file of a resource every kind of rendition; return the asset's id."""
    store = house.services.store
    with house.services.database.reading() as session:
        view = reading.resource(session, house.actors[who], rid)
    asset = view.assets[0]
    blob_id = asset.key.rsplit("/", 1)[-1]
    made = []
    for name, media_type in MADE.items():
        stored = store.put(rendition_key(blob_id, name), io.BytesIO(name.encode()))
        made.append(
            ingesting.Made(name, media_type, stored.size, stored.sha256 or "", stored.key, {})
        )
    with house.services.database.unit_of_work() as session:
        ingesting.store_renditions(session, blob_id, made)
    return asset.id


def test_every_form_of_a_range_is_answered_as_http_says(call: Any, house: House) -> None:
    path = published(house)
    parts = {
        "bytes=0-0": (0, 1),
        "bytes=5-": (5, SIZE),
        f"bytes=5-{SIZE * 9}": (5, SIZE),
        "bytes=-4": (SIZE - 4, SIZE),
        f"bytes=-{SIZE * 9}": (0, SIZE),
        f"bytes={SIZE - 1}-": (SIZE - 1, SIZE),
        "Bytes=1-2": (1, 3),
        "bytes= 1 - 2 ": (1, 3),
    }
    for asked, (start, end) in parts.items():
        part = call(None, "GET", path, headers={"Range": asked})
        assert (part.status_code, part.data) == (206, BYTES[start:end]), asked
        assert part.headers["Content-Range"] == f"bytes {start}-{end - 1}/{SIZE}"
        assert part.headers["ETag"] == TAG
    for asked in (f"bytes={SIZE}-", f"bytes={SIZE * 2}-{SIZE * 3}", f"bytes={10**30}-"):
        beyond = call(None, "GET", path, headers={"Range": asked})
        assert beyond.status_code == 416, asked
        assert beyond.headers["Content-Range"] == f"bytes */{SIZE}"
        assert beyond.json["code"] == "range_not_satisfiable"
    ignored = ("bytes=5-2", "bytes=a-b", "bytes", "bytes=", "items=0-1", "bytes=--5", "5-9", "\t")
    several = ("bytes=0-1,4-5", "bytes=0-5,3-9", "bytes=0-1,-2", "bytes=0-1," * 500 + "5-6")
    for asked in (*ignored, *several):
        whole = call(None, "GET", path, headers={"Range": asked})
        assert (whole.status_code, whole.data) == (200, BYTES), asked


def test_conditions_are_weighed_in_their_order(call: Any, house: House) -> None:
    path = published(house)

    def status(**headers: str) -> tuple[int, int]:
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = call(None, "GET", path, headers=told)
        return answer.status_code, len(answer.data)

    part = {"Range": "bytes=0-9"}
    assert status(**part, If_Range=TAG) == (206, 10)
    for other in ('"other"', f"W/{TAG}", "Wed, 25 Nov 2026 16:00:00 GMT", "nonsense"):
        assert status(**part, If_Range=other) == (200, SIZE)
    assert status(If_None_Match=TAG) == (304, 0)
    assert status(If_None_Match=f'"x", W/{TAG}') == (304, 0)
    assert status(If_None_Match="*") == (304, 0)
    assert status(If_None_Match='"x"') == (200, SIZE)
    assert status(If_Match='"x"')[0] == 412
    assert status(If_Match=f"W/{TAG}")[0] == 412
    assert status(If_Match=TAG, **part) == (206, 10)
    assert status(If_None_Match=TAG, **part) == (304, 0)


def test_a_head_tells_what_a_get_would(call: Any, house: House) -> None:
    path = published(house)
    for headers in ({}, {"Range": "bytes=0-9"}, {"Accept-Encoding": "gzip, br, zstd"}):
        told = call(None, "HEAD", path, headers=headers)
        got = call(None, "GET", path, headers={**headers, "Range": "items=0"})
        assert (told.status_code, told.data) == (200, b"")
        strange = {"X-Request-Id", "Date"}
        assert {k: v for k, v in told.headers.items() if k not in strange} == {
            k: v for k, v in got.headers.items() if k not in strange
        }
        assert got.data == BYTES
        assert "Content-Encoding" not in got.headers
    small = call(None, "HEAD", path.replace("content", "renditions/thumbnail"))
    assert (small.status_code, small.headers["Content-Length"]) == (200, "5")
    missing = call(None, "HEAD", path.replace("content", "renditions/film_9p"))
    assert missing.status_code == 404


def test_licence_and_credit_lie_beside_each_file(call: Any, house: House, client: Any) -> None:
    path = published(house, credit="Lanzhou and friends", title={"en": "Magnets float"})
    link = call(None, "GET", path).headers["Link"]
    found = re.fullmatch(r'<([^>]+)>; rel="license"; type="text/plain"', link)
    assert found
    text = client.get(found[1])
    assert text.status_code == 200
    assert text.headers["Content-Type"] == "text/plain; charset=utf-8"
    for word in ("Magnets float", "Lanzhou and friends", "Attribution 4.0", "/resources/"):
        assert word in text.text


def test_nothing_of_an_unpublished_thing_is_seen_by_any_route(
    call: Any, client: Any, house: House
) -> None:
    routes = ["content", *(f"renditions/{name}" for name in (*MADE, "thumbnail"))]
    for state in ("draft", "submitted", "in_review", "changes_asked", "declined"):
        rid = house.bring_to(state, content=state.encode() * 50)
        asset = with_renditions(house, rid)
        for who in (None, "partner", "stranger"):
            for route in routes:
                path = f"/resources/{rid}/assets/{asset}/{route}"
                assert call(who, "GET", path).status_code == 404, (state, who, route)
                assert call(who, "HEAD", path).status_code == 404
            for more in ("", "/assets", f"/assets/{asset}", "/events", "/notes", "?version=1"):
                answer = call(who, "GET", f"/resources/{rid}{more}")
                assert answer.status_code in (401, 404), (state, who, more)
        for page in (f"/resources/{rid}/licence.txt", f"/resources/{rid}"):
            assert client.get(page).status_code == 404
        for route in routes:
            assert client.get(f"/resources/{rid}/assets/{asset}/{route}").status_code == 404
        assert call("contributor", "GET", f"/resources/{rid}/assets/{asset}/content").data


def test_a_file_of_the_next_version_is_not_seen_through_the_published_one(
    call: Any, house: House
) -> None:
    rid = house.bring_to("published")
    old = asset_of(house, rid)
    assert call("contributor", "POST", f"/resources/{rid}/versions").status_code == 201
    new = house.attach(rid, content=b"what comes next")
    for who in (None, "partner", "stranger"):
        assert call(who, "GET", f"/resources/{rid}/assets/{new}/content").status_code == 404
        thumbnail = f"/resources/{rid}/assets/{new}/renditions/thumbnail"
        assert call(who, "GET", thumbnail).status_code == 404
        listed = call(who, "GET", f"/resources/{rid}/assets").json["results"]
        assert [each["id"] for each in listed] == [old]
    assert call("contributor", "DELETE", f"/resources/{rid}/assets/{old}").status_code == 204
    assert call(None, "GET", f"/resources/{rid}/assets/{old}/content").data == BYTES
    assert call("contributor", "POST", f"/resources/{rid}/submission").status_code == 200
    assert call("curator", "POST", f"/resources/{rid}/claim").status_code == 200
    decided = {"decision": "publish"}
    assert call("curator", "POST", f"/resources/{rid}/decision", json=decided).status_code == 200
    assert call(None, "GET", f"/resources/{rid}/assets/{new}/content").data == b"what comes next"
    assert call(None, "GET", f"/resources/{rid}/assets/{old}/content").status_code == 404


def test_what_is_withdrawn_is_gone_for_everyone(call: Any, house: House) -> None:
    rid = house.bring_to("published")
    asset = with_renditions(house, rid, "curator")
    withdrawn = call("curator", "POST", f"/resources/{rid}/withdrawal", json={"reason": "Wrong."})
    assert withdrawn.status_code == 200
    for who in (None, "partner", "contributor", "curator", "admin"):
        for route in ("content", "renditions/thumbnail", "renditions/film_144p"):
            answer = call(who, "GET", f"/resources/{rid}/assets/{asset}/{route}")
            assert (answer.status_code, answer.json["code"]) == (410, "withdrawn"), (who, route)


def test_closed_things_show_their_poster_and_nothing_else(call: Any, house: House) -> None:
    for access, status in (("partners", 401), ("agreement", 401)):
        rid = house.bring_to("published", access=access, content=access.encode() * 9)
        asset = with_renditions(house, rid, "curator")
        base = f"/resources/{rid}/assets/{asset}"
        for name in ("thumbnail", "poster"):
            assert call(None, "GET", f"{base}/renditions/{name}").status_code == 200
        for name in set(MADE) - {"poster"}:
            assert call(None, "GET", f"{base}/renditions/{name}").status_code == status, name
        closed = call("partner", "GET", f"{base}/content")
        assert closed.status_code == (200 if access == "partners" else 403)
        if access == "partners":
            assert closed.headers["Cache-Control"] == "private, no-cache"


def test_a_refused_file_is_taken_by_nobody_outside(call: Any, house: House) -> None:
    rid = house.bring_to("published", verdict="hold", content=b"macros" * 9)
    asset = with_renditions(house, rid, "curator")
    for route in ("content", *(f"renditions/{name}" for name in (*MADE, "thumbnail"))):
        for who in (None, "partner", "stranger"):
            answer = call(who, "GET", f"/resources/{rid}/assets/{asset}/{route}")
            assert answer.status_code in (401, 403), (who, route)
    with house.services.database.reading() as session:
        blob_id = reading.resource(session, house.actors["curator"], rid).assets[0].key
    with house.services.database.unit_of_work() as session:
        ingesting.store_findings(
            session,
            blob_id.rsplit("/", 1)[-1],
            media_type="application/zip",
            family="package",
            verdict="refuse",
            reasons=[{"code": "archive_bomb"}],
            facts={},
        )
    for who in (None, "partner", "stranger"):
        answer = call(who, "GET", f"/resources/{rid}/assets/{asset}/content")
        assert answer.status_code in (401, 403), who


def test_whatever_a_file_says_it_is_it_does_nothing_in_a_browser(call: Any, house: House) -> None:
    rid = house.bring_to("published")
    asset = with_renditions(house, rid, "curator")
    key = ""
    with house.services.database.reading() as session:
        key = reading.resource(session, house.actors["curator"], rid).assets[0].key
    for media_type in ("text/html", "image/svg+xml", "application/xhtml+xml", "text/javascript"):
        with house.services.database.unit_of_work() as session:
            ingesting.store_findings(
                session,
                key.rsplit("/", 1)[-1],
                media_type=media_type,
                family="other",
                verdict="accept",
                reasons=[],
                facts={},
            )
        headers = call(None, "GET", f"/resources/{rid}/assets/{asset}/content").headers
        assert headers["Content-Disposition"].startswith("attachment;")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"] == (
            "default-src 'none'; style-src 'none'; sandbox"
        )
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    text = call(None, "GET", f"/resources/{rid}/assets/{asset}/renditions/text").headers
    assert text["Content-Disposition"].startswith("attachment;")


NAMES = [
    "磁铁与指南针.pdf",
    "Урок о магнитах.docx",
    "المغناطيس.pdf",
    "Educación – imán.pdf",
    "L'aimant à l'école.pdf",
    "แม่เหล็ก.pdf",
    "Ο μαγνήτης.pdf",
    "Магнет и компас.pdf",
    "magnet sa šoljom.pdf",
    "Magnet dan kompas.pdf",
    "Magnit va oʻquvchi.pdf",
    "သံလိုက်.pdf",
    "می‌خواهم.pdf",
    "🧲 \U0001f468\u200d\U0001f52c.pdf",
    'say "hi"; filename=x.exe',
    "100% true %41.txt",
    "a\\b/c.txt",
    ".htaccess",
    "..",
    "   ",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_arrives_whole_in_every_script(name: str) -> None:
    said = disposition(name, inline=False)
    said.encode("ascii")
    plain = re.search(r'filename="([^"]*)"', said)
    assert plain
    assert plain[1].strip()
    assert not plain[1].startswith(".")
    star = re.search(r"filename\*=UTF-8''(\S+)$", said)
    whole = unquote(star[1]) if star else plain[1]
    assert whole == name.replace("\\", "_").replace("/", "_")


@given(st.text(max_size=300))
def test_no_name_breaks_its_header(name: str) -> None:
    said = disposition(name, inline=False)
    said.encode("ascii")
    assert re.fullmatch(
        r"attachment; filename=\"[^\"\\/\x00-\x1f\x7f]+\"(; filename\*=UTF-8''[\w.~%!#$&+^`|-]+)?",
        said,
    ), said


def test_what_turns_the_direction_of_a_name_is_left_out() -> None:
    assert "%E2%80%AE" not in disposition("film\u202efdp.exe", inline=False)
    assert 'filename="filmfdp.exe"' in disposition("film\u202efdp.exe", inline=False)
    assert "%E2%80%A8" not in disposition("磁\u2028铁", inline=False)
