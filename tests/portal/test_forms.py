"""Forms keep what was typed on every fault, errors are pages in plain words, languages are heard."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from storage.store import StoreFull, StoreUnavailable
from tests.factories.house import PASSWORD, House, build_house

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

from catalog.resources import reading
from portal.app import create_app
from portal.contribute import forms
from portal.field_values import field_value, parted, together

TYPED = "What I have written, and do not want to write again"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    built = build_house(tmp_path_factory.mktemp("forms"))
    yield built
    built.services.close()


@pytest.fixture(scope="module")
def app(house: House) -> Flask:
    made = create_app(house.services.settings, house.services)
    made.config["PROPAGATE_EXCEPTIONS"] = False
    return made


@pytest.fixture(scope="module")
def post(app: Flask) -> Callable[..., TestResponse]:
    """Send a form as somebody who signed in by the form."""
    clients: dict[str, tuple[FlaskClient, str]] = {}

    def token_of(client: FlaskClient) -> str:
        page = client.get("/sign-in", follow_redirects=True).get_data(as_text=True)
        found = re.search(r'name="csrf-token" content="([^"]+)"', page)
        assert found is not None
        return found[1]

    def sent(who: str, path: str, **form: Any) -> TestResponse:
        if who not in clients:
            client = app.test_client()
            answer = client.post(
                "/sign-in",
                data={
                    "email": f"{who}@example.org",
                    "password": PASSWORD,
                    "csrf_token": token_of(client),
                },
            )
            assert answer.status_code == 303
            clients[who] = client, token_of(client)
        client, token = clients[who]
        return client.post(path, data={"csrf_token": token, **form})

    return sent


# -- what was typed ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("country", "Atlantis"),
        ("year", "soon"),
        ("subjects", "no such subject"),
        ("details.duration_minutes", "an hour"),
        ("ages_from", "young"),
        ("title.en", "x" * 301),
        ("language", "nonsense tag"),
        ("kind", "poem"),
    ],
)
def test_a_draft_keeps_what_was_typed_whatever_is_wrong(
    house: House, post: Callable[..., TestResponse], field: str, value: str
) -> None:
    rid = house.give(content=field.encode())
    form = {"kind": "film", "language": "en", "revision": "1-1", "summary.en": TYPED, field: value}
    answer = post("contributor", f"/contribute/{rid}/save", **form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert TYPED in page
    assert 'aria-invalid="true"' in page or field in ("language", "kind")
    if field not in ("language", "kind"):
        assert value in page


def test_languages_are_written_and_shown_by_their_names(
    house: House, post: Callable[..., TestResponse], app: Flask
) -> None:
    rid = house.give(content=b"spoken")
    form = {"kind": "film", "language": "en", "title.en": "A", "revision": "1-1"}
    spoken = {"details.spoken_languages": "Chinese, Русский; uz"}
    answer = post("contributor", f"/contribute/{rid}/save", **form, **spoken)
    assert answer.status_code == 303
    with house.services.database.reading() as session:
        view = reading.working_version(session, house.actors["contributor"], rid)
    assert view.details["spoken_languages"] == ["zh", "ru", "uz"]
    with app.test_request_context("/?lang=fr"):
        assert forms.shown(view).details["spoken_languages"] == "chinois, russe, ouzbek"
        assert field_value("film", "spoken_languages", ["zh"]) == "chinois"
        assert field_value("exhibit", "mass_kg", 1286.5) == "1\u202f286,5\u00a0kg"
        assert field_value("exhibit", "buildability", 2) == "en atelier"
        assert field_value("lesson_plan", "materials", ["fer", "eau"]) == "fer, eau"


def test_a_draft_that_somebody_else_changed_keeps_what_was_typed(
    house: House, post: Callable[..., TestResponse]
) -> None:
    rid = house.give(content=b"stale")
    form = {"kind": "film", "language": "en", "summary.en": TYPED, "revision": "1-0"}
    answer = post("contributor", f"/contribute/{rid}/save", **form)
    assert answer.status_code == 409
    assert TYPED in answer.get_data(as_text=True)


def test_where_two_wrote_at_once_both_texts_are_shown_and_the_second_may_stay(
    house: House, post: Callable[..., TestResponse]
) -> None:
    rid = house.give(content=b"both")
    begun = {
        "kind": "film",
        "language": "en",
        "title.en": "Magnets float",
        "uses": ["show", "copy"],
    }
    first = {**begun, "summary.en": "What a colleague <wrote>", "year": "1999", "country": "KZ"}
    path = f"/contribute/{rid}/save"
    with house.services.database.reading() as session:
        revision = reading.working_version(session, house.actors["contributor"], rid).revision
    first["revision"] = f"1-{revision}"
    assert post("contributor", path, **first).status_code == 303
    answer = post(
        "contributor", path, **{**begun, "summary.en": TYPED, "revision": f"1-{revision}"}
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    theirs = page[page.index('<section class="message stop" data-theirs') :].partition(
        "</section>"
    )[0]
    assert "What a colleague &lt;wrote&gt;" in theirs
    assert ">1999</dd>" in theirs
    assert ">Kazakhstan</dd>" in theirs
    assert "Magnets float" not in theirs
    assert TYPED in page
    newer = re.search(r'name="revision" value="([^"]+)"', page)
    assert newer is not None
    again = post("contributor", path, **{**begun, "summary.en": TYPED, "revision": newer[1]})
    assert again.status_code == 303


def test_a_draft_that_is_with_a_curator_already_gives_back_what_was_typed(
    house: House, post: Callable[..., TestResponse]
) -> None:
    rid = house.bring_to("in_review", content=b"late")
    form = {"kind": "film", "language": "en", "summary.en": TYPED, "revision": "1-1"}
    answer = post("contributor", f"/contribute/{rid}/save", **form)
    assert answer.status_code == 409
    assert TYPED in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("path", "form", "status"),
    [
        ("notes", {"text": TYPED, "place": "field:nothing"}, 422),
        ("decision", {"note": TYPED, "decision": "publish"}, 409),
        ("withdrawal", {"reason": TYPED}, 409),
    ],
)
def test_the_desk_keeps_what_was_typed(
    house: House, post: Callable[..., TestResponse], path: str, form: dict[str, str], status: int
) -> None:
    rid = house.bring_to("submitted", content=f"{path}{form}".encode())
    answer = post("curator", f"/moderate/{rid}/{path}", **form)
    assert answer.status_code == status
    assert TYPED in answer.get_data(as_text=True)


def test_a_decision_that_is_none_keeps_its_words(
    house: House, post: Callable[..., TestResponse]
) -> None:
    rid = house.bring_to("in_review", content=b"burn")
    answer = post("curator", f"/moderate/{rid}/decision", note=TYPED, decision="burn")
    assert answer.status_code == 422
    assert TYPED in answer.get_data(as_text=True)


def test_a_page_open_for_too_long_gives_back_what_was_typed_but_no_password(
    post: Callable[..., TestResponse],
) -> None:
    answer = post("contributor", "/contribute/x/save", csrf_token="old", note=TYPED)
    assert answer.status_code == 400
    assert TYPED in answer.get_data(as_text=True)
    answer = post("contributor", "/account/password", csrf_token="old", current=TYPED, new=TYPED)
    assert TYPED not in answer.get_data(as_text=True)


# -- errors ------------------------------------------------------------------------------------------


class Broken(Exception):
    pass


@pytest.mark.parametrize(
    ("error", "status"),
    [(Broken("secret words"), 500), (StoreFull(), 507), (StoreUnavailable(), 503)],
    ids=["unforeseen", "full", "resting"],
)
@pytest.mark.parametrize("tag", ["en", "zh", "ar"])
def test_a_fault_of_ours_is_a_page_in_plain_words(
    house: House, error: Exception, status: int, tag: str
) -> None:
    app = create_app(house.services.settings, house.services)
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def fail() -> str:
        raise error

    app.view_functions["pages.about"] = fail
    answer = app.test_client().get(f"/about?lang={tag}")
    page = answer.get_data(as_text=True)
    assert answer.status_code == status
    assert "secret words" not in page
    assert "Traceback" not in page
    assert f'lang="{tag}"' in page
    assert answer.headers["X-Request-Id"] in page
    assert 'href="/about?lang=' in page
    assert ("Retry-After" in answer.headers) == (status == 503)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/resources/none", 404),
        ("GET", "/?page=x", 400),
        ("GET", "/?colour=red", 400),
        ("POST", "/about", 405),
        ("DELETE", "/", 405),
        ("POST", "/sign-out", 303),
        ("GET", "/%00", 404),
        ("GET", "/?q=%ff%fe", 200),
        ("GET", "/?page=9999999999999", 400),
    ],
)
def test_a_request_that_is_none_is_answered_in_plain_words(
    app: Flask, method: str, path: str, status: int
) -> None:
    answer = app.test_client().open(path, method=method)
    assert answer.status_code == status
    if status >= 400:
        assert "<h1>" in answer.get_data(as_text=True)
        assert "<p>The request could not be understood.</p>" not in answer.text, (
            "said by the heading"
        )
        assert "There is nothing at this address." not in answer.text, "said by the heading"
        assert ("Allow" in answer.headers) == (status == 405)


def test_a_form_that_is_too_large_is_refused(app: Flask) -> None:
    client = app.test_client()
    answer = client.post("/sign-in", data={"email": "x" * (5 * 1024 * 1024)})
    assert answer.status_code == 413
    assert "<p>No more than 4\N{NO-BREAK SPACE}MB can be taken at once.</p>" in answer.text


def test_a_file_too_large_for_a_form_is_refused_with_the_limit_that_was_said_and_leads_back(
    house: House, app: Flask
) -> None:
    path = f"/contribute/{house.give()}"
    bearer = {"Authorization": f"Bearer {house.tokens['contributor']}"}
    for tag, limit in (("en", "100\N{NO-BREAK SPACE}MB"), ("ar", "100\N{NO-BREAK SPACE}ميغابايت")):
        for place in (path, "/help"):
            page = app.test_client().get(f"{place}?lang={tag}", headers=bearer).text
            assert limit in page, (tag, place)
    answer = app.test_client().post(
        f"{path}/files",
        data=b"--b",
        content_type="multipart/form-data; boundary=b",
        headers=bearer,
        environ_overrides={"CONTENT_LENGTH": str(101 * 1024 * 1024)},
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 413
    assert "up to 100\N{NO-BREAK SPACE}MB" in page
    assert f'class="btn solid" href="{path}"' in page, (
        "not the address of the form, which no GET has"
    )


def test_an_error_of_the_api_is_a_problem_document(app: Flask) -> None:
    answer = app.test_client().get("/api/v1/nothing")
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"
    assert answer.json["code"] == "not_found"


# -- languages ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accepted", "tag"),
    [
        ("zh", "zh"),
        ("zh-TW", "zh"),
        ("zh-TW,en;q=0.5", "zh"),
        ("ar-EG,en;q=0.9", "ar"),
        ("en;q=0.3,ar;q=0.8", "ar"),
        ("xx,zh;q=0.1", "zh"),
        ("sr-Latn-RS,xx", "sr-Latn"),
        ("sr-ME,en;q=0.9", "sr-Latn"),
        ("pt-BR,xx", "en"),
        ("zh;q=0,en", "en"),
        ("*", "en"),
        ("", "en"),
        (",;q=,;;", "en"),
        ("a" * 5000, "en"),
    ],
)
def test_the_browsers_languages_are_heard_in_their_order(
    app: Flask, accepted: str, tag: str
) -> None:
    page = app.test_client().get("/about", headers={"Accept-Language": accepted})
    assert f'<html lang="{tag}"' in page.get_data(as_text=True)


def test_an_address_outweighs_the_cookie_and_that_the_browser(app: Flask) -> None:
    client = app.test_client()
    browser = {"Accept-Language": "ar"}

    def tag(path: str) -> str:
        found = re.search(r'<html lang="(\w+)"', client.get(path, headers=browser).text)
        assert found is not None
        return found[1]

    assert tag("/about") == "ar"
    assert tag("/about?lang=zh") == "zh"
    assert tag("/about") == "zh"
    assert tag("/about?lang=tlh") == "zh"
    assert tag("/about?lang=en") == "en"
    client.set_cookie("caravan_lang", "<nonsense>")
    assert tag("/about") == "ar"


def test_several_words_stand_between_the_commas_of_their_language_and_are_read_again() -> None:
    words = ["one", "two"]
    told = {tag: together(words, tag) for tag in ("en", "ar", "zh", "zh-Hant", "my", "sr-Latn")}
    assert told["ar"] == "one، two"
    assert told["zh"] == told["zh-Hant"] == "one、two"
    assert told["my"] == "one၊ two"
    assert told["en"] == told["sr-Latn"] == "one, two"
    assert all(parted(text) == words for text in told.values())
