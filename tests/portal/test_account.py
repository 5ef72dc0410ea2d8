"""Signing in and out, the limits on it, one's password, one's tokens."""

from __future__ import annotations

import re
import statistics
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from catalog import clock, sign_ins
from catalog.database import DatabaseBusy
from catalog.tables.people import Person, Token
from tests.factories.house import PASSWORD

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from tests.factories.house import House

EMAIL = "contributor@example.org"
NEW = "a longer horse battery"


def send(
    client: FlaskClient, path: str, more: dict[str, Any] | None = None, **form: Any
) -> TestResponse:
    page = client.get("/sign-in", follow_redirects=True).get_data(as_text=True)
    token = re.search(r'name="csrf-token" content="([^"]+)"', page)
    assert token is not None
    return client.post(path, data={"csrf_token": token[1], **form}, **(more or {}))


def sign_in(client: FlaskClient, email: str = EMAIL, password: str = PASSWORD) -> TestResponse:
    return send(client, "/sign-in", email=email, password=password)


def from_address(address: str) -> dict[str, Any]:
    return {"environ_overrides": {"REMOTE_ADDR": address}}


def test_a_wrong_password_and_an_unknown_account_get_the_same_answer(client: FlaskClient) -> None:
    def answer(email: str) -> str:
        sent = sign_in(client, email, "wrong password")
        assert sent.status_code == 422
        page = sent.get_data(as_text=True)
        assert f'value="{email}"' in page
        page = re.sub(r'(csrf[_-]token" (?:content|value)=)"[^"]+"', r"\1", page)
        return page.replace(email, "")

    assert answer(EMAIL) == answer("nobody@example.org")


def test_a_page_that_says_that_the_database_is_away_asks_it_for_the_account_once(
    client: FlaskClient, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To wait for a database that hangs takes long enough once."""
    asked = []

    def away(_self: object) -> None:
        asked.append(1)
        raise DatabaseBusy("database_busy", because="away")

    sign_in(client)
    for headers in ({}, {"Authorization": f"Bearer {house.tokens['contributor']}"}):
        asked.clear()
        with monkeypatch.context() as patched:
            patched.setattr(type(house.services.database), "reading", away)
            answer = client.get("/account", headers=headers)
        assert (answer.status_code, asked) == (503, [1])
        assert "<h1>" in answer.get_data(as_text=True)
    assert client.get("/account").status_code == 200


def test_an_unknown_account_takes_as_long_as_a_known_one(client: FlaskClient) -> None:
    """In the processor's time, which other work does not lengthen: argon2 has to run for both."""

    def seconds(email: str) -> float:
        began = time.process_time()
        sign_in(client, email, "wrong password")
        return time.process_time() - began

    known = statistics.median(seconds(EMAIL) for _ in range(4))
    unknown = statistics.median(seconds("nobody@example.org") for _ in range(4))
    assert 1 / 3 < unknown / known < 3


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.org"])
def test_tries_on_an_account_are_counted_whoever_and_wherever(
    app: Flask, email: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_ins, "MOST_PER_ACCOUNT", 3)
    for number in range(3):
        client = app.test_client()
        sent = send(
            client, "/sign-in", from_address(f"192.0.2.{number}"), email=email, password="no"
        )
        assert sent.status_code == 422
    refused = send(app.test_client(), "/sign-in", email=email.upper(), password=PASSWORD)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert email.upper() in refused.get_data(as_text=True)
    with clock.at(clock.now() + sign_ins.WINDOW + timedelta(seconds=1)):
        again = sign_in(app.test_client(), email)
    assert again.status_code == (303 if email == EMAIL else 422)


def test_tries_from_an_address_are_counted_over_all_accounts(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_ins, "MOST_PER_ADDRESS", 3)
    for number in range(3):
        assert sign_in(app.test_client(), f"n{number}@example.org", "no").status_code == 422
    assert sign_in(app.test_client()).status_code == 429
    elsewhere = send(
        app.test_client(), "/sign-in", from_address("192.0.2.9"), email=EMAIL, password=PASSWORD
    )
    assert elsewhere.status_code == 303


def test_passwords_are_kept_by_argon2_and_tokens_by_digest(
    house: House, client: FlaskClient
) -> None:
    sign_in(client)
    shown = made_token(client)
    with house.services.database.reading() as session:
        person = session.scalar(select(Person).where(Person.email == EMAIL))
        assert person is not None
        assert str(person.password_hash).startswith("$argon2id$")
        assert PASSWORD not in str(person.password_hash)
        for token in session.scalars(select(Token)):
            assert re.fullmatch(r"[0-9a-f]{64}", token.digest)
            assert shown not in (token.digest, token.id, token.name)


def made_token(client: FlaskClient, **form: Any) -> str:
    answer = send(client, "/account/tokens", name="my program", **form)
    assert answer.status_code == 303
    page = client.get("/account")
    found = re.search(r"<code>(crv_[\w-]+)</code>", page.get_data(as_text=True))
    assert found is not None
    assert page.headers["Cache-Control"] == "no-store"
    return found[1]


def test_a_token_is_shown_once_and_never_compressed(client: FlaskClient) -> None:
    sign_in(client)
    send(client, "/account/tokens", name="one")
    first = client.get("/account", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in first.headers
    assert b"crv_" in first.data
    assert b"crv_" not in client.get("/account").data


def test_a_narrowed_token_does_no_more_than_its_scopes(app: Flask, client: FlaskClient) -> None:
    sign_in(client)
    secret = made_token(client, scope=["read"])
    headers = {"Authorization": f"Bearer {secret}"}
    program = app.test_client()
    assert program.get("/api/v1/tokens", headers=headers).status_code == 200
    wider = program.post("/api/v1/tokens", json={"scopes": ["give"]}, headers=headers)
    assert wider.status_code == 403
    given = program.post("/api/v1/resources", json={"kind": "film"}, headers=headers)
    assert (given.status_code, given.json["code"]) == (403, "scope_missing")
    for path in ("/account/tokens", "/account/sign-out-everywhere", "/account/password"):
        assert program.post(path, headers=headers, data={"scope": "give"}).status_code == 403, path


@pytest.mark.parametrize(
    ("who", "offered"),
    [
        ("partner", ["read"]),
        ("contributor", ["read", "give"]),
        ("curator", ["read", "give", "moderate"]),
        ("admin", ["read", "moderate", "manage"]),
    ],
)
def test_a_token_is_offered_no_scope_that_the_account_has_no_use_for(
    house: House, client: FlaskClient, who: str, offered: list[str]
) -> None:
    page = client.get("/account", headers={"Authorization": f"Bearer {house.tokens[who]}"}).text
    assert re.findall(r'name="scope" value="(\w+)"', page) == offered


def test_a_scope_nobody_knows_keeps_what_was_typed(client: FlaskClient) -> None:
    sign_in(client)
    answer = send(client, "/account/tokens", name="my program", scope=["give", "fly"])
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert 'value="my program"' in page
    assert 'value="give" checked' in page


def test_an_ended_token_is_void_and_nobody_ends_anothers(app: Flask, house: House) -> None:
    mine, other = app.test_client(), app.test_client()
    sign_in(mine)
    sign_in(other, "curator@example.org")
    secret = made_token(mine)
    with house.services.database.reading() as session:
        tid = session.scalar(select(Token.id).where(Token.name == "my program"))
    assert send(other, f"/account/tokens/{tid}/end").status_code == 404
    headers = {"Authorization": f"Bearer {secret}"}
    assert app.test_client().get("/api/v1/tokens", headers=headers).status_code == 200
    assert send(mine, f"/account/tokens/{tid}/end").status_code == 303
    assert app.test_client().get("/api/v1/tokens", headers=headers).status_code == 401


def test_a_new_password_ends_all_other_sessions(app: Flask) -> None:
    here, there = app.test_client(), app.test_client()
    sign_in(here)
    sign_in(there)
    for current, new in (("wrong password", NEW), (PASSWORD, "short"), (PASSWORD, "x" * 600)):
        assert send(here, "/account/password", current=current, new=new).status_code == 422
    assert there.get("/account").status_code == 200
    assert send(here, "/account/password", current=PASSWORD, new=NEW).status_code == 303
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 303
    assert sign_in(app.test_client()).status_code == 422
    assert sign_in(app.test_client(), password=NEW).status_code == 303


def test_signing_out_everywhere_ends_every_session(app: Flask) -> None:
    here, there = app.test_client(), app.test_client()
    sign_in(here)
    sign_in(there)
    assert send(here, "/account/sign-out-everywhere").location == "/sign-in"
    for client in (here, there):
        assert client.get("/account").status_code == 303


def test_signing_out_ends_this_session_alone(app: Flask) -> None:
    here, there = app.test_client(), app.test_client()
    sign_in(here)
    sign_in(there)
    assert send(here, "/sign-out").status_code == 303
    assert here.get("/account").status_code == 303
    assert there.get("/account").status_code == 200


def test_a_forged_or_foreign_session_is_nobody(app: Flask) -> None:
    client = app.test_client()
    client.set_cookie("caravan_session", "eyJfdXNlcl9pZCI6ImFkbWluLjEifQ.aaaaaa.bbbbbbbbbbbbbb")
    assert client.get("/account").status_code == 303
    assert client.get("/").status_code == 200
