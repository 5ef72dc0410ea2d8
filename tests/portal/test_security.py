"""What every answer carries, what every form must bring, and whom the portal believes."""

from __future__ import annotations

import gzip
import re
from typing import TYPE_CHECKING, Any

import pytest
from flask import request

from config.settings import load
from portal.app import create_app
from portal.own_paths import own_path
from tests.factories.house import PASSWORD, House, build_house

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

SAID = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    built = build_house(tmp_path_factory.mktemp("security"))
    yield built
    built.services.close()


@pytest.fixture(scope="module")
def app(house: House) -> Flask:
    made = create_app(house.services.settings, house.services)
    made.config["PROPAGATE_EXCEPTIONS"] = False
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def app_with(house: House, **environ: str) -> Flask:
    settings = load({"CARAVAN_HOME": str(house.services.settings.home), **environ})
    return create_app(settings, house.services)


def token_in(page: str) -> str:
    found = re.search(r'name="csrf-token" content="([^"]+)"', page)
    assert found is not None
    return found[1]


def signed_in(app: Flask, who: str = "contributor") -> FlaskClient:
    client = app.test_client()
    answer = send(client, "/sign-in", email=f"{who}@example.org", password=PASSWORD)
    assert answer.status_code == 303
    return client


def send(client: FlaskClient, path: str, **form: Any) -> TestResponse:
    page = client.get("/sign-in", follow_redirects=True).get_data(as_text=True)
    return client.post(path, data={"csrf_token": token_in(page), **form})


# -- headers -----------------------------------------------------------------------------------------


def test_every_answer_carries_the_headers(client: FlaskClient) -> None:
    for path in ("/", "/nowhere", "/static/caravan.css", "/api/v1/resources", "/account"):
        headers = client.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "Strict-Transport-Security" not in headers


def test_an_https_address_brings_hsts_and_secure_cookies(house: House) -> None:
    app = app_with(house, CARAVAN_BASE_URL="https://caravan.example")
    client = app.test_client()
    answer = client.get("/?lang=zh")
    assert "max-age=" in answer.headers["Strict-Transport-Security"]
    assert "Secure" in answer.headers["Set-Cookie"]
    secure = app.test_client()
    page = secure.get("/sign-in", base_url="https://caravan.example").get_data(as_text=True)
    answer = secure.post(
        "/line",
        base_url="https://caravan.example",
        data={"csrf_token": token_in(page), "line": "512", "next": "/about"},
    )
    assert answer.status_code == 303
    assert all("Secure" in each for each in answer.headers.getlist("Set-Cookie"))


def test_cookies_are_for_us_alone(app: Flask) -> None:
    client = app.test_client()
    page = client.get("/sign-in?lang=en")
    line = send(client, "/line", line="512")
    cookies = page.headers.getlist("Set-Cookie") + line.headers.getlist("Set-Cookie")
    assert {each.partition("=")[0] for each in cookies} == {
        "caravan_lang",
        "caravan_line",
        "caravan_session",
    }
    for each in cookies:
        assert "HttpOnly" in each
        assert "SameSite=Lax" in each


# -- forms -------------------------------------------------------------------------------------------


def test_no_form_is_taken_without_its_token(app: Flask) -> None:
    paths = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and not rule.rule.startswith("/api/")
    ]
    assert len(paths) > 25
    client = signed_in(app)
    for path in paths:
        address = re.sub(r"<[^>]+>", "none", path)
        assert client.post(address).status_code == 400, path
        forged = client.post(address, data={"csrf_token": "forged"})
        assert forged.status_code == 400, path


def test_a_token_of_another_session_is_not_taken(app: Flask) -> None:
    stranger = token_in(app.test_client().get("/sign-in").get_data(as_text=True))
    answer = signed_in(app).post("/account/sign-out-everywhere", data={"csrf_token": stranger})
    assert answer.status_code == 400


def test_the_api_with_a_session_wants_the_token_too(app: Flask) -> None:
    client = signed_in(app)
    refused = client.post("/api/v1/tokens", json={})
    assert (refused.status_code, refused.json["code"]) == (400, "bad_csrf")
    token = token_in(client.get("/account").get_data(as_text=True))
    made = client.post("/api/v1/tokens", json={}, headers={"X-CSRFToken": token})
    assert made.status_code == 201


# -- where to go on ----------------------------------------------------------------------------------

FOREIGN = (
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "https://evil.example",
    "javascript:alert(1)",
    "evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/\u2028/evil.example",
    "http:///evil.example",
    "//[evil",
    "",
)


@pytest.mark.parametrize("wanted", FOREIGN)
def test_nobody_is_led_away(wanted: str, app: Flask) -> None:
    assert own_path(wanted) == "/"
    client = signed_in(app)
    assert client.get("/sign-in", query_string={"next": wanted}).location == "/"
    assert send(client, "/line", line="512", next=wanted).location == "/"


@pytest.mark.parametrize("wanted", ["/%2Fevil.example", "/%5Cevil.example", "/%09/evil.example"])
def test_an_encoded_sign_stays_a_path_of_ours(wanted: str, app: Flask) -> None:
    assert signed_in(app).get("/sign-in", query_string={"next": wanted}).location == wanted


def test_who_is_not_signed_in_comes_back_to_a_page(client: FlaskClient) -> None:
    def next_of(answer: TestResponse) -> str:
        assert answer.status_code == 303
        path, _, query = str(answer.location).partition("?next=")
        assert path == "/sign-in"
        return query

    assert next_of(client.get("/contribute?x=1")) == "%2Fcontribute%3Fx%3D1"
    assert next_of(client.post("/contribute/abc/save")) == "%2Fcontribute%2Fabc"
    assert next_of(client.post("/account/sign-out-everywhere")) == "%2Faccount"
    here = {"Referer": "http://localhost/resources/abc?text=ar"}
    there = {"Referer": "http://evil.example/resources/abc"}
    deep = "%2Fmoderate%2Fabc"
    assert next_of(client.post("/moderate/abc/claim", headers=here)) == (
        "%2Fresources%2Fabc%3Ftext%3Dar"
    )
    assert next_of(client.post("/moderate/abc/claim", headers=there)) == deep


def test_signing_in_leads_on_to_the_page_that_was_wanted(app: Flask) -> None:
    client = app.test_client()
    form = {"email": "contributor@example.org", "password": PASSWORD, "next": "/contribute?x=1"}
    assert send(client, "/sign-in", **form).location == "/contribute?x=1"


# -- whom we believe ---------------------------------------------------------------------------------


def test_a_host_header_leads_nobody_elsewhere(app: Flask, house: House) -> None:
    rid = house.bring_to("published")
    client = app.test_client()
    for path in ("/", f"/resources/{rid}", "/account", "/api/v1/resources", "/sign-in"):
        answer = client.get(
            path, headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
        )
        assert "evil.example" not in answer.get_data(as_text=True)
        assert "evil.example" not in str(answer.headers)
    text = client.get(f"/resources/{rid}/licence.txt", headers={"Host": "evil.example"})
    assert f"http://127.0.0.1:8000/resources/{rid}" in text.get_data(as_text=True)


@pytest.mark.parametrize(
    ("hops", "seen"), [("0", "127.0.0.1"), ("1", "198.51.100.2"), ("2", "203.0.113.9")]
)
def test_only_as_many_proxies_are_believed_as_there_are(house: House, hops: str, seen: str) -> None:
    app = app_with(house, CARAVAN_TRUSTED_PROXIES=hops)
    forged = {"X-Forwarded-For": "192.0.2.1, 203.0.113.9, 198.51.100.2"}
    heard: list[str | None] = []
    app.before_request(lambda: heard.append(request.remote_addr))
    app.test_client().get("/about", headers=forged)
    assert heard == [seen]


def test_counters_are_not_for_who_comes_through_a_proxy_unseen(client: FlaskClient) -> None:
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 404


# -- what people write -------------------------------------------------------------------------------


def test_what_people_write_is_text_and_nothing_else(app: Flask, house: House) -> None:
    rid = house.bring_to(
        "published",
        title={"en": SAID},
        summary={"en": SAID},
        description={"en": f"{SAID}\n\njavascript:alert(1)"},
        credit=SAID,
        licence=f"javascript:alert(1) {SAID}",
        keywords={"en": [SAID]},
    )
    waiting = house.bring_to("submitted", title={"en": SAID}, content=b"other")
    house.index()
    curator = signed_in(app, "curator")
    token = token_in(curator.get("/account").get_data(as_text=True))
    note = {"csrf_token": token, "text": SAID}
    assert curator.post(f"/moderate/{waiting}/notes", data=note).status_code == 303
    paths = (f"/resources/{rid}", "/?q=alert", f"/?q={SAID}", "/moderate", f"/moderate/{waiting}")
    for path in paths:
        page = curator.get(path).get_data(as_text=True)
        assert "<script>" not in page, path
        assert "<img src=x" not in page, path
        assert 'href="javascript' not in page, path
        assert "alert(1)" in page, path


# -- compressed and kept -----------------------------------------------------------------------------


def test_pages_are_compressed_for_who_takes_it(client: FlaskClient) -> None:
    plain = client.get("/?q=x&lang=en")
    packed = client.get("/?q=x&lang=en", headers={"Accept-Encoding": "br;q=1, gzip;q=0.5"})
    refused = client.get("/?q=x&lang=en", headers={"Accept-Encoding": "gzip;q=0"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) < len(plain.data) / 2
    assert b"<h1" in gzip.decompress(packed.data)
    for answer in (plain, refused):
        assert "Content-Encoding" not in answer.headers
    for answer in (plain, packed, refused):
        assert {"Accept-Encoding", "Cookie", "Accept-Language"} <= {
            each.strip() for each in answer.headers["Vary"].split(",")
        }


@pytest.mark.parametrize(
    "path", ["/static/caravan.css", "/static/js/sending.js", "/api/v1/subjects"]
)
def test_styles_scripts_and_json_are_compressed_too(client: FlaskClient, path: str) -> None:
    packed = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == client.get(path).data


def test_given_bytes_are_sent_as_they_are(client: FlaskClient, house: House) -> None:
    rid = house.bring_to("published", content=b"0123456789" * 200)
    asset = client.get(f"/api/v1/resources/{rid}/assets").json["results"][0]["id"]
    answer = client.get(
        f"/api/v1/resources/{rid}/assets/{asset}/content", headers={"Accept-Encoding": "gzip"}
    )
    assert "Content-Encoding" not in answer.headers
    assert answer.data == b"0123456789" * 200
    assert not answer.headers["ETag"].startswith("W/")


def test_static_files_are_kept_by_their_content(client: FlaskClient) -> None:
    page = client.get("/").get_data(as_text=True)
    found = re.search(r'href="(/static/[0-9a-f]{12}/caravan\.css)"', page)
    assert found is not None
    kept = client.get(found[1])
    assert "immutable" in kept.headers["Cache-Control"]
    bare = client.get("/static/caravan.css")
    gone = client.get(re.sub(r"/[0-9a-f]{12}/", "/000000000000/", found[1]))
    assert bare.data == kept.data == gone.data
    assert "no-cache" in bare.headers["Cache-Control"]
    assert "no-cache" in gone.headers["Cache-Control"]
    again = client.get(
        found[1], headers={"Accept-Encoding": "gzip", "If-None-Match": kept.headers["ETag"]}
    )
    assert again.status_code == 304
    assert client.get("/static/../app.py").status_code == 404
    assert client.get("/static/000000000000/../../app.py").status_code == 404


def test_pages_are_kept_by_nobody_between(client: FlaskClient) -> None:
    assert client.get("/").headers["Cache-Control"] == "private, no-cache"
