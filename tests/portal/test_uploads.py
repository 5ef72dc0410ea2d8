"""tus as the protocol and the contract have it: what is spoken, what is refused, with which code."""

from __future__ import annotations

import base64
import hashlib
import io
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from catalog import clock, writers
from catalog.tables.upload import Upload
from portal.checksums import MOST_CHECKED
from portal.contribute.receiving import Receiving
from tests.factories.house import VALUES, build_house

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

OFFSET = "application/offset+octet-stream"
TUS = {"Tus-Resumable": "1.0.0"}


def told(**named: str) -> str:
    return ",".join(
        f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in named.items()
    )


class Giver:
    """A contributor with a draft, speaking tus."""

    def __init__(self, call: Any, who: str = "contributor") -> None:
        self.call, self.who = call, who
        self.rid = call(who, "POST", "/resources", json=VALUES).json["id"]

    def begin(self, length: int | str, **named: str) -> Any:
        named = {"filename": "a.bin", "resource": self.rid, **named}
        headers = {**TUS, "Upload-Length": str(length), "Upload-Metadata": told(**named)}
        return self.call(self.who, "POST", "/uploads", headers=headers)

    def place(self, length: int, **named: str) -> str:
        answer = self.begin(length, **named)
        assert answer.status_code == 201, answer.text
        return str(answer.headers["Location"]).removeprefix("/api/v1")

    def send(self, place: str, offset: int, body: bytes, **more: str) -> Any:
        headers = {**TUS, "Upload-Offset": str(offset), "Content-Type": OFFSET, **more}
        return self.call(self.who, "PATCH", place, data=body, headers=headers)

    def offset(self, place: str) -> int:
        answer = self.call(self.who, "HEAD", place, headers=TUS)
        assert answer.status_code == 200
        return int(answer.headers["Upload-Offset"])

    def assets(self) -> list[Any]:
        listed = self.call(self.who, "GET", f"/resources/{self.rid}/assets")
        return list(listed.json["results"])


@pytest.fixture
def giver(call: Callable[..., Any]) -> Giver:
    return Giver(call)


def checksum(algorithm: str, content: bytes) -> str:
    digest = hashlib.new(algorithm, content, usedforsecurity=False).digest()
    return f"{algorithm} {base64.b64encode(digest).decode()}"


def test_what_is_spoken_is_told_without_an_account(call: Any) -> None:
    for path in ("/uploads", "/uploads/any"):
        said = call(None, "OPTIONS", path)
        assert said.status_code == 204
        assert said.headers["Tus-Version"] == said.headers["Tus-Resumable"] == "1.0.0"
        spoken = set(said.headers["Tus-Extension"].split(","))
        assert {"creation", "checksum", "expiration", "termination"} <= spoken
        assert int(said.headers["Tus-Max-Size"]) == 50 * 1024**3
        assert "sha1" in said.headers["Tus-Checksum-Algorithm"].split(",")


def test_another_version_or_none_is_412_and_says_which_there_is(giver: Giver) -> None:
    place = giver.place(3)
    for headers in ({}, {"Tus-Resumable": "0.2.2"}):
        for method, path in (("HEAD", place), ("PATCH", place), ("DELETE", place)):
            answer = giver.call("contributor", method, path, headers=headers)
            assert answer.status_code == 412, (method, headers)
            assert answer.headers["Tus-Version"] == "1.0.0"
        made = giver.call("contributor", "POST", "/uploads", headers=headers)
        assert (made.status_code, made.json["code"]) == (412, "unsupported_tus_version")
    assert giver.offset(place) == 0


def test_each_wrong_step_has_its_own_answer(giver: Giver, call: Any) -> None:
    place = giver.place(10)
    assert giver.send(place, 3, b"x").status_code == 409
    assert giver.send(place, 3, b"x").json["code"] == "offset_mismatch"
    assert giver.send(place, 10**30, b"x").status_code == 409
    assert giver.send(place, 0, b"x" * 11).json["code"] == "too_large"
    plain = giver.send(place, 0, b"x", **{"Content-Type": "text/plain"})
    assert (plain.status_code, plain.json["code"]) == (415, "unsupported_media_type")
    for bad in ("", "-1", "1e3", "٣", "0x1"):
        refused = giver.send(place, 0, b"x", **{"Upload-Offset": bad.encode().decode("latin-1")})
        assert (refused.status_code, refused.json["code"]) == (400, "bad_request"), bad
    assert giver.offset(place) == 0
    assert giver.send("/uploads/nowhere", 0, b"x").status_code == 404
    for who in ("colleague", "stranger", "curator", "admin"):
        seen = call(who, "HEAD", place, headers=TUS).status_code
        assert seen == 404, who
        assert call(who, "DELETE", place, headers=TUS).status_code == 404
    assert call(None, "HEAD", place, headers=TUS).status_code == 401


def test_a_length_is_asked_for_at_once(giver: Giver) -> None:
    too_long = giver.begin(50 * 1024**3 + 1)
    assert (too_long.status_code, too_long.json["code"]) == (413, "too_large")
    assert giver.begin("9" * 5000).status_code == 413
    assert giver.begin(50 * 1024**3).status_code == 201
    for bad in ("", "-5", "5.0", "abc"):
        refused = giver.begin(bad)
        assert (refused.status_code, refused.json["code"]) == (400, "bad_request"), bad
        assert refused.json["errors"][0]["field"] == "Upload-Length"
    headers = {**TUS, "Upload-Defer-Length": "1", "Upload-Metadata": told(resource=giver.rid)}
    deferred = giver.call("contributor", "POST", "/uploads", headers=headers)
    assert (deferred.status_code, deferred.json["code"]) == (400, "bad_request")
    assert "creation-defer-length" not in giver.call(None, "OPTIONS", "/uploads").headers[
        "Tus-Extension"
    ].split(",")


def test_hostile_metadata_is_refused_with_a_code(giver: Giver) -> None:
    for header, code in {
        "resource !!!": "bad_request",
        "resource cmVz,resource cmVz": "bad_request",
        "resource AA==": "bad_request",
        "filename /w==": "bad_request",
        "resource " + "A" * 4001: "bad_request",
        "resource": "not_found",
        ",,,": "not_found",
        "": "not_found",
    }.items():
        headers = {**TUS, "Upload-Length": "3", "Upload-Metadata": header}
        answer = giver.call("contributor", "POST", "/uploads", headers=headers)
        assert answer.json["code"] == code, header
    for name in ("x" * 256, "x" * 5000, "", "   "):
        answer = giver.begin(3, filename=name)
        assert (answer.status_code, answer.json["errors"][0]["code"]) == (422, "bad_filename")
    for role in ("king", "main\n"):
        assert giver.begin(3, role=role).json["errors"][0]["field"] == "role"
    assert giver.begin(3, language="not a tag").json["errors"][0]["field"] == "language"


def test_a_strange_name_is_kept_as_it_is_and_makes_no_path(giver: Giver, house: Any) -> None:
    names = ["../../etc/passwd", "C:\\con\\aux.txt", "a\nb.txt", "film\u202efdp.exe", "磁铁.mp4"]
    for number, name in enumerate([*names, "x" * 255]):
        content = str(number).encode()
        assert giver.send(giver.place(1, filename=name), 0, content).status_code == 204
        assert giver.assets()[-1]["filename"] == name
    keys = [each.key for each in house.services.store.keys("originals/")]
    assert all(set(key) <= set("abcdefghijklmnopqrstuvwxyz0123456789/") for key in keys)


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_part_with_a_checksum_counts_whole_or_not_at_all(giver: Giver, algorithm: str) -> None:
    content = bytes(range(256)) * 40_000
    place = giver.place(len(content))
    first, rest = content[:5_000_000], content[5_000_000:]
    wrong = giver.send(place, 0, first, **{"Upload-Checksum": checksum(algorithm, b"other")})
    assert (wrong.status_code, wrong.json["code"]) == (460, "chunk_checksum_mismatch")
    assert giver.offset(place) == 0
    right = {"Upload-Checksum": checksum(algorithm, first)}
    assert giver.send(place, 0, first, **right).status_code == 204
    assert giver.offset(place) == len(first)
    wrong = giver.send(place, len(first), rest, **{"Upload-Checksum": checksum(algorithm, first)})
    assert wrong.status_code == 460
    assert giver.offset(place) == len(first)
    right = {"Upload-Checksum": checksum(algorithm, rest)}
    assert giver.send(place, len(first), rest, **right).status_code == 204
    assert giver.assets()[0]["sha256"] == hashlib.sha256(content).hexdigest()


def test_a_checksum_that_is_none_is_400_and_counts_nothing(giver: Giver) -> None:
    place = giver.place(3)
    for value in ("", "sha1", "sha1 !!!", "sha1 AAAA", "crc32 AAAA", "sha512 AAAA", "AAAA"):
        refused = giver.send(place, 0, b"abc", **{"Upload-Checksum": value})
        assert (refused.status_code, refused.json["code"]) == (400, "bad_request"), value
    assert giver.offset(place) == 0


def test_a_part_too_large_to_be_checked_is_413_by_length_and_by_bytes(giver: Giver) -> None:
    place = giver.place(2 * MOST_CHECKED)
    content = b"\0" * (MOST_CHECKED + 1)
    head = {**TUS, "Upload-Offset": "0", "Content-Type": OFFSET}
    head["Upload-Checksum"] = checksum("sha1", content)
    refused = giver.call("contributor", "PATCH", place, data=content, headers=head)
    assert (refused.status_code, refused.json["code"]) == (413, "too_large")
    unnamed = giver.call(
        "contributor",
        "PATCH",
        place,
        input_stream=io.BytesIO(content),
        headers=head,
        environ_overrides={"wsgi.input_terminated": True, "CONTENT_LENGTH": ""},
    )
    assert (unnamed.status_code, unnamed.json["code"]) == (413, "too_large")
    assert giver.offset(place) == 0


def test_a_file_that_is_not_what_was_declared_becomes_no_asset(giver: Giver, house: Any) -> None:
    place = giver.place(4, sha256="0" * 64)
    refused = giver.send(place, 0, b"data")
    assert (refused.status_code, refused.json["code"]) == (422, "checksum_mismatch")
    assert giver.assets() == []
    assert list(house.services.store.keys("originals/")) == []
    assert giver.call("contributor", "HEAD", place, headers=TUS).status_code == 404
    right = giver.place(4, sha256=hashlib.sha256(b"data").hexdigest().upper())
    assert giver.send(right, 0, b"data").status_code == 204
    assert giver.begin(4, sha256="abc").json["errors"][0]["code"] == "not_a_sha256"


def test_an_empty_file_is_whole_at_once(giver: Giver) -> None:
    place = giver.place(0)
    assert giver.offset(place) == 0
    assert [(each["bytes"], each["sha256"]) for each in giver.assets()] == [
        (0, hashlib.sha256(b"").hexdigest())
    ]


def test_bytes_may_come_with_the_creation(giver: Giver) -> None:
    named = told(filename="a.bin", resource=giver.rid)
    headers = {**TUS, "Upload-Length": "8", "Upload-Metadata": named, "Content-Type": OFFSET}
    made = giver.call("contributor", "POST", "/uploads", data=b"1234", headers=headers)
    assert (made.status_code, made.headers["Upload-Offset"]) == (201, "4")
    place = made.headers["Location"].removeprefix("/api/v1")
    assert "Caravan-Asset" not in made.headers
    whole = giver.send(place, 4, b"5678")
    assert whole.headers["Caravan-Asset"] == giver.assets()[0]["id"]
    at_once = giver.call("contributor", "POST", "/uploads", data=b"12345678", headers=headers)
    assert at_once.headers["Caravan-Asset"]


def test_a_creation_whose_bytes_are_refused_leaves_nothing(giver: Giver, house: Any) -> None:
    named = told(filename="a.bin", resource=giver.rid)
    headers = {**TUS, "Upload-Length": "4", "Upload-Metadata": named, "Content-Type": OFFSET}
    wrong = {**headers, "Upload-Checksum": checksum("sha1", b"other")}
    assert giver.call(
        "contributor", "POST", "/uploads", data=b"data", headers=wrong
    ).status_code == (460)
    assert giver.call("contributor", "POST", "/uploads", data=b"12345", headers=headers).json[
        "code"
    ] == ("too_large")
    assert list(house.services.store.keys("")) == []
    with house.services.database.reading() as session:
        assert session.query(Upload).count() == 0


def test_a_file_whose_portal_was_killed_before_its_asset_is_made_up_for_at_once(
    giver: Giver, house: Any
) -> None:
    place = giver.place(5)
    uid = place.rpartition("/")[2]
    killed = Receiving.begin(house.services, house.actors["contributor"], uid, 0)
    assert killed.take(io.BytesIO(b"whole")) == 5, "and holds its lease still"
    assert giver.assets() == []
    assert giver.offset(place) == 5
    (asset,) = giver.assets()
    assert asset["sha256"] == hashlib.sha256(b"whole").hexdigest()
    # It may also live, and be as far a moment later.
    assert killed.finish() == asset["id"]
    assert giver.offset(place) == 5
    assert [each["id"] for each in giver.assets()] == [asset["id"]]


def test_an_upload_is_ended_by_its_giver(giver: Giver, house: Any) -> None:
    place = giver.place(8)
    giver.send(place, 0, b"1234")
    assert giver.call("contributor", "DELETE", place, headers=TUS).status_code == 204
    assert giver.call("contributor", "HEAD", place, headers=TUS).status_code == 404
    assert giver.send(place, 4, b"5678").status_code == 404
    assert list(house.services.store.keys("")) == []


def test_a_finished_upload_may_be_ended_and_its_asset_stays(giver: Giver) -> None:
    place = giver.place(4)
    giver.send(place, 0, b"data")
    assert giver.send(place, 4, b"more").status_code == 409
    assert giver.call("contributor", "DELETE", place, headers=TUS).status_code == 204
    assert len(giver.assets()) == 1


def test_an_upload_whose_time_is_up_is_gone(giver: Giver, monkeypatch: pytest.MonkeyPatch) -> None:
    place = giver.place(8)
    assert giver.send(place, 0, b"1234").headers["Upload-Expires"].endswith("GMT")
    later = clock.now() + writers.KEPT + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert giver.call("contributor", "HEAD", place, headers=TUS).status_code == 410
    assert giver.send(place, 4, b"5678").json["code"] == "upload_expired"


def test_a_post_may_stand_for_a_patch_where_a_proxy_knows_no_patch(giver: Giver) -> None:
    place = giver.place(4)
    headers = {**TUS, "Upload-Offset": "0", "Content-Type": OFFSET}
    headers["X-HTTP-Method-Override"] = "PATCH"
    assert giver.call("contributor", "POST", place, data=b"da", headers=headers).status_code == 204
    headers["X-HTTP-Method-Override"] = "GET"
    assert giver.call("contributor", "POST", place, data=b"ta", headers=headers).status_code == 405
    headers["X-HTTP-Method-Override"] = "DELETE"
    elsewhere = f"/resources/{giver.rid}"
    assert giver.call("contributor", "POST", elsewhere, headers=headers).status_code == 405
    assert giver.call("contributor", "POST", place, headers=headers).status_code == 204


def test_nothing_is_given_to_what_is_handed_over(giver: Giver, house: Any, call: Any) -> None:
    rid = house.bring_to("draft")
    giver.rid = rid
    place = giver.place(8)
    giver.send(place, 0, b"1234")
    assert call("contributor", "POST", f"/resources/{rid}/submission").status_code == 200
    assert giver.begin(4).status_code == 409
    refused = giver.send(place, 4, b"5678")
    assert refused.status_code == 409
    assert giver.offset(place) == 4
    assert len(giver.assets()) == 1
    assert call("contributor", "DELETE", f"/resources/{rid}/submission").status_code == 204
    assert giver.send(place, 4, b"5678").status_code == 204
    assert len(giver.assets()) == 2


@pytest.fixture
def narrow(tmp_path: Path) -> Iterator[Any]:
    """A house whose institutions may fill 1,000 bytes."""
    from portal.app import create_app

    built = build_house(tmp_path, CARAVAN_QUOTA_BYTES="1000", CARAVAN_TRANSFERS="1")
    app = create_app(built.services.settings, built.services)
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def asked(who: str, method: str, path: str, **more: Any) -> Any:
        headers = {**more.pop("headers", {}), "Authorization": f"Bearer {built.tokens[who]}"}
        return app.test_client().open(f"/api/v1{path}", method=method, headers=headers, **more)

    asked.app = app  # type: ignore[attr-defined]
    yield asked
    built.services.close()


def test_a_quota_counts_what_is_there_and_what_is_coming(narrow: Any) -> None:
    giver = Giver(narrow)
    first = giver.place(600)
    refused = giver.begin(401)
    assert (refused.status_code, refused.json["code"]) == (413, "quota_exceeded")
    assert giver.begin(400).status_code == 201
    assert giver.begin(1).status_code == 413
    assert narrow("contributor", "DELETE", first, headers=TUS).status_code == 204
    assert giver.send(giver.place(600), 0, b"x" * 600).status_code == 204
    assert giver.begin(1).status_code == 413
    assert Giver(narrow, "stranger").begin(1000).status_code == 201


def test_above_the_cap_a_part_is_asked_to_come_back_and_the_upload_has_begun(narrow: Any) -> None:
    giver = Giver(narrow)
    place = giver.place(4)
    with narrow.app.extensions["transfers"].place():
        busy = giver.send(place, 0, b"data")
        assert (busy.status_code, busy.json["code"]) == (503, "too_busy")
        assert int(busy.headers["Retry-After"]) > 0
        named = told(filename="a.bin", resource=giver.rid)
        headers = {**TUS, "Upload-Length": "4", "Upload-Metadata": named, "Content-Type": OFFSET}
        made = narrow("contributor", "POST", "/uploads", data=b"data", headers=headers)
        assert (made.status_code, made.headers["Upload-Offset"]) == (201, "0")
    assert giver.send(place, 0, b"data").status_code == 204
    assert narrow.app.extensions["transfers"].taken == 0


def test_a_body_larger_than_any_form_is_taken_as_a_file(giver: Giver) -> None:
    body = bytes(range(256)) * 4096 * 9
    place = giver.place(len(body))
    assert giver.send(place, 0, body).status_code == 204
    assert [each["bytes"] for each in giver.assets()] == [len(body)]
