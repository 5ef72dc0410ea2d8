"""Taking files: who may, ranges, names, and what is public whatever the access."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest

from portal.sending import disposition
from tests.factories.house import BYTES


def file_of(call: Any, house: Any, rid: str) -> str:
    return str(call("curator", "GET", f"/resources/{rid}/assets").json["results"][0]["id"])


@pytest.mark.parametrize(
    ("access", "allowed"),
    [
        ("open", {None, "partner", "stranger", "contributor", "curator"}),
        ("partners", {"partner", "stranger", "contributor", "curator"}),
        ("agreement", {"contributor", "curator"}),
    ],
)
def test_access_decides_who_takes(
    call: Any, house: Any, access: str, allowed: set[str | None]
) -> None:
    rid = house.bring_to("published", access=access)
    path = f"/resources/{rid}/assets/{file_of(call, house, rid)}/content"
    for who in (None, "partner", "stranger", "contributor", "curator"):
        status = call(who, "GET", path).status_code
        assert status == (200 if who in allowed else 401 if who is None else 403), who
    thumbnail = path.replace("content", "renditions/thumbnail")
    assert call(None, "GET", thumbnail).status_code == 200


def test_an_agreement_in_force_opens_what_it_covers(call: Any, house: Any) -> None:
    rid = house.bring_to("published", access="agreement")
    path = f"/resources/{rid}/assets/{file_of(call, house, rid)}/content"
    past = {"id": "past", "parties": ["lanzhou", "muscat"], "until": "2020-01-01"}
    assert call("admin", "POST", "/agreements", json=past).status_code == 201
    assert call("partner", "GET", path).status_code == 403
    now = {"id": "now", "parties": ["lanzhou", "muscat"]}
    assert call("admin", "POST", "/agreements", json=now).status_code == 201
    assert call("partner", "GET", path).status_code == 200


def test_a_held_file_is_taken_only_once_released(call: Any, house: Any) -> None:
    rid = house.bring_to("published", verdict="hold")
    asset = file_of(call, house, rid)
    path = f"/resources/{rid}/assets/{asset}"
    assert call("partner", "GET", f"{path}/content").json["code"] == "file_not_released"
    assert call(None, "GET", f"{path}/renditions/thumbnail").status_code == 401
    assert call("contributor", "POST", f"{path}/release", json={"note": "x"}).status_code == 403
    assert call("curator", "POST", f"{path}/release", json={}).status_code == 422
    assert call("curator", "POST", f"{path}/release", json={"note": "Looked at"}).status_code == 200
    assert call(None, "GET", f"{path}/content").status_code == 200


def test_nothing_is_taken_before_a_decision(call: Any, house: Any) -> None:
    for state in ("draft", "submitted", "in_review", "changes_asked", "declined"):
        rid = house.bring_to(state, content=state.encode() * 10)
        asset = call("contributor", "GET", f"/resources/{rid}/assets").json["results"][0]["id"]
        for rest in ("content", "renditions/thumbnail"):
            for who in (None, "partner", "stranger"):
                answer = call(who, "GET", f"/resources/{rid}/assets/{asset}/{rest}")
                assert answer.status_code == 404, (state, who)


def test_a_part_is_sent_as_asked(call: Any, house: Any) -> None:
    rid = house.bring_to("published")
    path = f"/resources/{rid}/assets/{file_of(call, house, rid)}/content"
    tag = f'"{hashlib.sha256(BYTES).hexdigest()}"'
    whole = call(None, "GET", path)
    assert (whole.data, whole.headers["ETag"]) == (BYTES, tag)
    part = call(None, "GET", path, headers={"Range": "bytes=5-9", "If-Range": tag})
    assert (part.status_code, part.data) == (206, BYTES[5:10])
    assert part.headers["Content-Range"] == f"bytes 5-9/{len(BYTES)}"
    other = call(None, "GET", path, headers={"Range": "bytes=5-9", "If-Range": '"other"'})
    assert (other.status_code, other.data) == (200, BYTES)
    tail = call(None, "GET", path, headers={"Range": "bytes=-4"})
    assert tail.data == BYTES[-4:]
    beyond = call(None, "GET", path, headers={"Range": f"bytes={len(BYTES)}-"})
    assert beyond.status_code == 416
    assert beyond.headers["Content-Range"] == f"bytes */{len(BYTES)}"
    head = call(None, "HEAD", path)
    assert (head.status_code, head.data, int(head.headers["Content-Length"])) == (
        200,
        b"",
        len(BYTES),
    )
    assert call(None, "GET", path, headers={"If-None-Match": tag}).status_code == 304


def test_given_bytes_are_never_shown_inline(call: Any, house: Any) -> None:
    rid = house.bring_to("published")
    path = f"/resources/{rid}/assets/{file_of(call, house, rid)}/content"
    headers = call(None, "GET", path).headers
    assert headers["Content-Disposition"].startswith("attachment")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("plan.pdf", 'attachment; filename="plan.pdf"'),
        ("a\r\nSet-Cookie: x.pdf", 'attachment; filename="aSet-Cookie: x.pdf"'),
        ("../../etc/passwd", "filename*=UTF-8''.._.._etc_passwd"),
        ("山羊.md", "filename*=UTF-8''%E5%B1%B1%E7%BE%8A.md"),
        ('say "hi".txt', "filename*=UTF-8''say%20%22hi%22.txt"),
    ],
)
def test_a_hostile_name_stays_a_name(name: str, value: str) -> None:
    said = disposition(name, inline=False)
    assert value in said
    assert "\r" not in said
    assert "\n" not in said


def test_a_download_is_counted_without_a_person(call: Any, house: Any) -> None:
    from catalog import clock, usage

    rid = house.bring_to("published")
    path = f"/resources/{rid}/assets/{file_of(call, house, rid)}/content"
    call(None, "GET", path)
    call(None, "GET", path, headers={"Range": "bytes=100-"})
    call(None, "HEAD", path)
    with house.services.database.reading() as session:
        today = clock.now().date()
        month = usage.Period(today.replace(day=1), today + timedelta(days=1))
        assert usage.figures(session, month).forms == {"": 1}
