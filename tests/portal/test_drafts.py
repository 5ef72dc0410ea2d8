"""A draft that keeps itself, what curators said on its page, and files that stopped on their way."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from catalog import events, ingesting, notes, uploads
from catalog.resources import drafts, reading
from catalog.states import Origin
from catalog.tables.asset import Asset
from catalog.tables.text import Text
from ingest.pipeline import STEPS
from portal.app import create_app
from portal.contribute.guessing import guessed
from portal.file_rows import DOING
from tests.factories.house import PASSWORD, House, build_house

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

JSON = {"Accept": "application/json"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    built = build_house(tmp_path_factory.mktemp("drafts"))
    yield built
    built.services.close()


@pytest.fixture(scope="module")
def app(house: House) -> Flask:
    made = create_app(house.services.settings, house.services)
    made.config["PROPAGATE_EXCEPTIONS"] = False
    return made


@pytest.fixture(scope="module")
def client(app: Flask) -> FlaskClient:
    """The contributor, signed in by the form."""
    made = app.test_client()
    page = made.get("/sign-in").get_data(as_text=True)
    token = re.search(r'name="csrf-token" content="([^"]+)"', page)
    assert token is not None
    form = {"email": "contributor@example.org", "password": PASSWORD, "csrf_token": token[1]}
    assert made.post("/sign-in", data=form).status_code == 303
    return made


@pytest.fixture
def keep(app: Flask, house: House) -> Callable[..., TestResponse]:
    """Send changed fields as the page's script does: `keep(rid, "1-1", **{"title.en": "x"})`."""

    def sent(
        rid: str, tag: str | None, who: str | None = "contributor", **fields: Any
    ) -> TestResponse:
        headers = dict(JSON) | ({"If-Match": f'"{tag}"'} if tag else {})
        if who:
            headers["Authorization"] = f"Bearer {house.tokens[who]}"
        form = {"changed": list(fields), **fields}
        return app.test_client().post(f"/contribute/{rid}/draft", data=form, headers=headers)

    return sent


def view_of(house: House, rid: str) -> Any:
    with house.services.database.reading() as session:
        return reading.working_version(session, house.actors["contributor"], rid)


# -- a draft keeps itself ----------------------------------------------------------------------------


def test_only_the_fields_named_are_changed_and_the_answer_says_how_it_stands(
    house: House, keep: Callable[..., TestResponse]
) -> None:
    rid = house.give(content=b"fields", licence=None)
    seen = len(_events(house, rid))
    told = keep(rid, "1-1", **{"title.ru": " Игла  плавает ", "subjects": "磁学၊ компас"})
    assert told.status_code == 200
    assert told.headers["ETag"] == '"1-2"'
    assert (told.json["revision"], told.json["heading"]) == ("1-2", "Magnets float")
    assert told.json["heading_lang"] == "en"
    assert told.json["values"] == {"title.ru": "Игла плавает", "subjects": "magnetism, compass"}
    assert told.json["subjects"] == "Magnetism, Compass"
    assert told.json["said"].endswith("a licence.")
    assert (told.json["step"], told.json["faults"]) == (2, [])
    view = view_of(house, rid)
    assert dict(view.title.values) == {
        "en": "Magnets float",
        "zh": "磁铁",
        "ru": "Игла плавает",
    }
    assert view.subjects == ("magnetism", "compass")
    assert keep(rid, "1-2", licence="CC-BY-4.0", uses=["copy"]).json["step"] == 3
    assert [use.use for use in view_of(house, rid).uses] == ["copy"]
    assert len(_events(house, rid)) == seen, "the log is no place for every keystroke"


def _events(house: House, rid: str) -> tuple[Any, ...]:
    with house.services.database.reading() as session:
        return events.lines_of(session, rid)


def test_what_holds_is_kept_and_what_does_not_is_named(
    house: House, keep: Callable[..., TestResponse]
) -> None:
    rid = house.give(content=b"partly", kind="lesson_plan")
    told = keep(
        rid,
        "1-1",
        **{
            "year": "19",
            "ages_from": "nine",
            "title.en": "x" * 301,
            "summary.en": "Kept.",
            "details.duration_minutes": "10001",
            "country": "Atlantis",
            "credit": "The museum",
        },
    )
    assert told.status_code == 200
    assert {each["field"] for each in told.json["faults"]} == {
        "year",
        "ages",
        "title.en",
        "details.duration_minutes",
        "country",
    }
    said = {each["field"]: each["message"] for each in told.json["faults"]}
    assert all(said.values())
    assert said["details.duration_minutes"] == "This must be between 1 and 10,000."
    view = view_of(house, rid)
    assert (view.summary.values["en"], view.credit, view.year) == ("Kept.", "The museum", None)
    assert view.title.values["en"] == "Magnets float"


def test_two_open_pages_do_not_overwrite_each_other(
    house: House, keep: Callable[..., TestResponse]
) -> None:
    rid = house.give(content=b"two pages")
    assert keep(rid, "1-1", year="2001").status_code == 200
    second = keep(rid, "1-1", year="2002")
    assert (second.status_code, second.json["code"]) == (412, "stale")
    assert view_of(house, rid).year == 2001
    unnamed = keep(rid, None, year="2003")
    assert (unnamed.status_code, unnamed.json["code"]) == (400, "bad_request")
    assert view_of(house, rid).year == 2001


def test_another_kind_leaves_the_fields_of_the_former_behind(
    house: House, keep: Callable[..., TestResponse]
) -> None:
    rid = house.give(content=b"kinds", kind="exhibit", details={"mass_kg": 3})
    assert keep(rid, "1-1", kind="activity").json["faults"] == []
    assert (view_of(house, rid).kind, dict(view_of(house, rid).details)) == ("activity", {})
    told = keep(rid, "1-2", kind="poem", year="2001")
    assert [each["field"] for each in told.json["faults"]] == ["kind"]
    assert (view_of(house, rid).kind, view_of(house, rid).year) == ("activity", 2001)


@pytest.mark.parametrize(
    ("who", "status"),
    [(None, 401), ("stranger", 404), ("partner", 404), ("curator", 404), ("admin", 403)],
)
def test_nobody_else_keeps_a_draft(
    house: House, keep: Callable[..., TestResponse], who: str | None, status: int
) -> None:
    rid = house.give(content=f"role {who}".encode())
    answer = keep(rid, "1-1", who, year="2001")
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert view_of(house, rid).year is None


def test_what_was_handed_over_or_is_gone_keeps_nothing(
    house: House, keep: Callable[..., TestResponse]
) -> None:
    rid = house.bring_to("submitted", content=b"over")
    late = keep(rid, "1-2", year="2001")
    assert (late.status_code, late.json["code"]) == (409, "in_review")
    assert late.json["detail"].startswith("This has been handed over")
    assert keep("none", "1-1", year="2001").status_code == 404


def test_a_page_of_another_site_keeps_nothing(house: House, client: FlaskClient) -> None:
    rid = house.give(content=b"csrf")
    headers = {**JSON, "If-Match": '"1-1"'}
    form = {"changed": "year", "year": "2001"}
    refused = client.post(f"/contribute/{rid}/draft", data=form, headers=headers)
    assert (refused.status_code, refused.json["code"]) == (400, "bad_csrf")
    assert view_of(house, rid).year is None
    page = client.get("/about").get_data(as_text=True)
    token = re.search(r'name="csrf-token" content="([^"]+)"', page)
    assert token is not None
    headers["X-CSRFToken"] = token[1]
    answer = client.post(f"/contribute/{rid}/draft", data=form, headers=headers)
    assert answer.status_code == 200
    assert view_of(house, rid).year == 2001


def test_more_than_any_form_holds_is_refused(
    house: House, keep: Callable[..., TestResponse]
) -> None:
    rid = house.give(content=b"large")
    large = keep(rid, "1-1", **{"description.en": "x" * (4 * 1024 * 1024)})
    assert (large.status_code, large.json["code"]) == (413, "too_large")
    long = keep(rid, "1-1", **{"description.en": "x" * 20_001})
    assert [each["field"] for each in long.json["faults"]] == ["description.en"]


@pytest.mark.parametrize(
    "name",
    ["state", "title", "title.", "title.not a tag", "details.<b>", "revision", "", "uses.x"],
)
def test_fields_that_are_none_change_nothing(
    house: House, keep: Callable[..., TestResponse], name: str
) -> None:
    rid = house.give(content=f"none {name}".encode())
    before = view_of(house, rid)
    answer = keep(rid, "1-1", **{name: "published"})
    assert answer.status_code in (200, 422)
    after = view_of(house, rid)
    assert (after.state, after.title, after.details) == (
        before.state,
        before.title,
        before.details,
    )


def by_machine(house: House, rid: str, *fields: str) -> None:
    with house.services.database.unit_of_work() as session:
        _resource, version = drafts.latest(session, rid)
        drafted = update(Text).where(Text.version_id == version.id, Text.language == "zh")
        session.execute(drafted.where(Text.field.in_(fields)).values(origin=Origin.MACHINE))


def mark_of(page: str, field: str) -> str:
    """Return what the form says of who has checked a text."""
    _, _, rest = page.partition(f'data-field="{field}"')
    found = re.search(r"data-checked .*?<span>(.*?)</span>", rest.partition("data-field=")[0])
    return found[1] if found else ""


def test_words_of_a_machine_are_a_persons_when_they_are_said_to_be_right(
    app: Flask, house: House, client: FlaskClient, keep: Callable[..., TestResponse]
) -> None:
    rid = house.give(content=b"machine", summary={"zh": "针"})
    by_machine(house, rid, "title", "summary")
    address = f"/contribute/{rid}?lang=en"
    page = client.get(address).get_data(as_text=True)
    assert '<input type="checkbox" name="checked" value="title.zh">' in page
    assert "please check" in page
    ticks = ["title.zh", "title.en", "state.zh"]
    answer = keep(rid, "1-1", checked=ticks).json
    assert (answer["checked"], answer["drafted"]) == (
        {"title.zh": "Checked by you"},
        ["summary.zh"],
    )
    assert view_of(house, rid).title.origins == {"en": "original", "zh": "human"}
    page = client.get(address).get_data(as_text=True)
    assert (mark_of(page, "title.zh"), mark_of(page, "title.en")) == ("Checked by you", "")
    assert 'value="title.zh"' not in page
    # What nobody said is right is told by who changed it; others read the name.
    kept = keep(rid, "1-2", who="colleague", **{"summary.zh": "一根针"}).json
    assert (kept["checked"], kept["drafted"]) == (
        {"title.zh": "Checked by \u2068contributor\u2069", "summary.zh": "Checked by you"},
        [],
    )
    page = client.get(address).get_data(as_text=True)
    assert mark_of(page, "summary.zh") == "Checked by \u2068colleague\u2069"
    assert "please check" not in page
    # It is no part of the record: whoever reads that learns no name, nor that a machine wrote it.
    bearer = {"Authorization": f"Bearer {house.tokens['contributor']}"}
    told = app.test_client().get(f"/api/v1/resources/{rid}", headers=bearer).get_data(as_text=True)
    assert '"human"' in told
    assert "hecked" not in told
    assert house.actors["contributor"].person_id not in told
    with house.services.database.unit_of_work() as session:
        session.execute(update(Text).where(Text.checked_by.is_not(None)).values(checked_by="gone"))
    assert mark_of(client.get(address).get_data(as_text=True), "title.zh") == "Checked"


def test_without_scripts_the_mark_comes_with_the_save_and_a_tick_stays_with_what_was_typed(
    app: Flask, house: House
) -> None:
    rid = house.give(content=b"plain", summary={"zh": "针"})
    by_machine(house, rid, "title", "summary")
    bearer = {"Authorization": f"Bearer {house.tokens['contributor']}"}
    form = {
        "kind": "film",
        "language": "en",
        "title.en": "Magnets float",
        "title.zh": "磁铁",
        "summary.zh": "一根针",
        "checked": "title.zh",
        "then": "stay",
    }
    box = '<input type="checkbox" name="checked" value="title.zh" checked>'

    def save(**more: str) -> TestResponse:
        data = {**form, **more}
        return app.test_client().post(f"/contribute/{rid}/save", data=data, headers=bearer)

    # Nothing was kept, for a fault or since somebody else was first: the tick is where it was put.
    for refused, status in ((save(revision="1-1", year="x"), 422), (save(revision="1-9"), 409)):
        page = refused.get_data(as_text=True)
        assert (refused.status_code, box in page, mark_of(page, "title.zh")) == (status, True, "")
    assert view_of(house, rid).title.origins["zh"] == "machine"
    assert save(revision="1-1").status_code == 303
    page = (
        app.test_client().get(f"/contribute/{rid}?lang=en", headers=bearer).get_data(as_text=True)
    )
    assert [mark_of(page, f"{name}.zh") for name in ("title", "summary")] == ["Checked by you"] * 2
    # Words that are typed and not kept nobody has checked.
    page = save(revision="1-2", year="x", **{"title.zh": "磁"}).get_data(as_text=True)
    assert [mark_of(page, f"{name}.zh") for name in ("title", "summary")] == ["", "Checked by you"]


def test_another_language_is_set_beside_without_scripts_and_what_was_typed_is_kept(
    app: Flask, house: House
) -> None:
    rid = house.give(content=b"beside")
    form = {"kind": "film", "language": "en", "revision": "1-1", "title.en": "North", "beside": ""}
    bearer = {"Authorization": f"Bearer {house.tokens['contributor']}"}
    answer = app.test_client().post(
        f"/contribute/{rid}/save", data={**form, "other": "ar"}, headers=bearer
    )
    there = f"/contribute/{rid}?beside=ar#title-ar"
    assert (answer.status_code, answer.headers["Location"]) == (303, there)
    assert view_of(house, rid).title.values["en"] == "North"
    page = app.test_client().get(f"/contribute/{rid}?beside=ar&lang=en", headers=bearer).text
    original, beside = page.index('id="title-en"'), page.index('id="title-ar"')
    assert original < beside
    assert '<label for="title-ar" lang="ar" dir="rtl">العنوان</label>' in page
    assert '<input type="hidden" name="title.zh" value="磁铁">' in page


# -- what curators said ------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["changes_asked", "declined"])
def test_the_giver_reads_on_the_page_what_the_curator_said(
    house: House, client: FlaskClient, state: str
) -> None:
    rid = house.bring_to(state, content=state.encode())
    with house.services.database.unit_of_work() as session:
        curator = house.actors["curator"]
        view = reading.working_version(session, curator, rid)
        notes.leave(
            session, by=curator, view=view, text="<b>Heavier?</b>", anchor={"field": "summary"}
        )
    page = client.get(f"/contribute/{rid}?lang=en").get_data(as_text=True)
    assert "As it is." in page
    assert "&lt;b&gt;Heavier?&lt;/b&gt;" in page
    assert '<a href="#summary-en"><bdi>In one sentence</bdi></a>' in page
    assert ('id="words"' in page) == (state == "changes_asked")
    assert (
        "As it is."
        not in client.get(
            f"/contribute/{house.bring_to('in_review', content=b'r' + state.encode())}"
        ).text
    )


# -- files -------------------------------------------------------------------------------------------


def begin(app: Flask, house: House, rid: str, length: int, **named: str) -> str:
    told = ",".join(
        f"{name} {base64.b64encode(value.encode()).decode()}"
        for name, value in {"resource": rid, **named}.items()
    )
    headers = {
        "Authorization": f"Bearer {house.tokens['contributor']}",
        "Tus-Resumable": "1.0.0",
        "Upload-Length": str(length),
        "Upload-Metadata": told,
        "Upload-Offset": "0",
        "Content-Type": "application/offset+octet-stream",
    }
    made = app.test_client().post("/api/v1/uploads", headers=headers, data=b"1234")
    assert made.status_code == 201, made.text
    return str(made.headers["Location"])


def test_a_file_that_stopped_stands_on_the_page_until_it_is_forgotten(
    app: Flask, house: House, client: FlaskClient
) -> None:
    rid = house.give(content=b"stopped")
    name = '"><img src=x onerror=alert(1)>\u202e.mp4'
    place = begin(app, house, rid, 8, filename=name, role="by_name", modified="17", path="a/b")
    page = client.get(f"/contribute/{rid}?lang=en").get_data(as_text=True)
    assert f'data-upload-at="{place}"' in page
    assert 'data-modified="17" data-path="a/b"' in page
    assert "<img src=x" not in page
    assert re.search(r"An? attachment · 4\sB of 8\sB are safe here|4\sB of 8\sB are safe", page)
    uid = place.rpartition("/")[2]
    bearer = {"Authorization": f"Bearer {house.tokens['colleague']}"}
    others = app.test_client().post(f"/contribute/{rid}/uploads/{uid}/forget", headers=bearer)
    assert others.status_code == 404
    bearer = {"Authorization": f"Bearer {house.tokens['contributor']}"}
    ended = app.test_client().post(f"/contribute/{rid}/uploads/{uid}/forget", headers=bearer)
    assert ended.status_code == 303
    with house.services.database.reading() as session:
        mine = house.actors["contributor"]
        assert uploads.unfinished(session, by=mine, resource_id=rid) == ()
    assert place not in client.get(f"/contribute/{rid}").get_data(as_text=True)


@pytest.mark.parametrize(
    ("filename", "kind", "has_main", "role"),
    [
        ("field_film.MP4", "film", False, "main"),
        ("field_film.mp4", "film", True, "attachment"),
        ("field_film_uz.srt", "film", False, "subtitle"),
        ("poster_4k.png", "film", True, "poster"),
        ("海报.jpg", "exhibit", False, "poster"),
        ("voice.mp3", "film", False, "audio_track"),
        ("photo.png", "film", False, "attachment"),
        ("plan.docx", "lesson_plan", False, "main"),
        ("photo.png", "lesson_plan", False, "attachment"),
        ("cube.stl", "exhibit", False, "main"),
        ("cube.stl", "exhibit", True, "drawing"),
        ("no ending", "other", False, "main"),
        ("", "film", False, "attachment"),
    ],
)
def test_a_role_is_guessed_by_name_and_kind(
    filename: str, kind: str, has_main: bool, role: str
) -> None:
    assert guessed(filename, kind, has_main=has_main) == role


def test_of_a_folder_only_the_first_that_can_be_is_the_main_file(app: Flask, house: House) -> None:
    rid = house.give(content=b"folder", kind="lesson_plan")
    with house.services.database.unit_of_work() as session:
        from catalog import assets

        mine = house.actors["contributor"]
        aid = reading.working_version(session, mine, rid).assets[0].id
        assets.remove(session, by=mine, resource_id=rid, asset_id=aid)
    for name in ("photo.jpg", "plan.docx", "more.docx"):
        begin(app, house, rid, 8, filename=name, role="by_name")
    with house.services.database.reading() as session:
        found = uploads.unfinished(session, by=mine, resource_id=rid)
    assert [each.role for each in found] == ["attachment", "main", "attachment"]


def test_a_file_is_described_anew_and_what_is_published_stays(
    app: Flask, house: House, call: Any
) -> None:
    rid = house.bring_to("published", content=b"described")
    assert call("contributor", "POST", f"/resources/{rid}/versions").status_code == 201
    [before] = view_of(house, rid).assets
    bearer = {"Authorization": f"Bearer {house.tokens['contributor']}"}

    def describe(**form: str) -> int:
        path = f"/contribute/{rid}/files/{view_of(house, rid).assets[0].id}/describe"
        return app.test_client().post(path, data=form, headers=bearer).status_code

    assert describe(role="poster", language="ZH-hant") == 303
    [after] = view_of(house, rid).assets
    assert (after.role, after.language, after.sha256) == ("poster", "zh-Hant", before.sha256)
    published = call(None, "GET", f"/resources/{rid}").json["assets"][0]
    assert (published["id"], published["role"]) == (before.id, "main")
    assert describe(role="main") == 303
    assert view_of(house, rid).assets[0].id == after.id, "a row of its own is not copied again"
    assert describe(role="king") == 422
    assert describe(role="main", language="not a tag") == 422
    assert _events(house, rid)[-1].action == "describe_file"


def test_every_step_of_ingest_has_words_for_who_waits() -> None:
    assert {step.name for step in STEPS} == set(DOING)


def test_a_step_that_fails_for_what_the_file_is_is_not_told_as_our_fault(
    house: House, client: FlaskClient
) -> None:
    told = {}
    for error in ("macros", "timed_out"):  # the first is what the file is held for
        rid = house.give(content=f"It fails by {error}.".encode(), verdict="hold")
        with house.services.database.unit_of_work() as session:
            blob_id = session.scalars(
                select(Asset.blob_id).where(Asset.id == view_of(house, rid).assets[0].id)
            ).one()
            ingesting.plan_steps(session, blob_id, [("pictures", 1)])
            ingesting.fail_step(session, blob_id, "pictures", error=error, final=True)
        page = client.get(f"/contribute/{rid}").get_data(as_text=True)
        assert "The document carries macros." in page
        told[error] = "Looking inside failed" in page
    assert told == {"macros": False, "timed_out": True}


def test_a_file_is_called_good_when_nothing_is_done_to_it_any_more(
    house: House, client: FlaskClient
) -> None:
    rid = house.give(content=b"Good already.")
    [asset] = view_of(house, rid).assets
    with house.services.database.unit_of_work() as session:
        blob_id = session.scalars(select(Asset.blob_id).where(Asset.id == asset.id)).one()
        ingesting.plan_steps(session, blob_id, [("pictures", 1)])
    page = client.get(f"/contribute/{rid}").get_data(as_text=True)
    assert "Looking inside: making small pictures" in page
    assert "Good as it is" not in page
    with house.services.database.unit_of_work() as session:
        ingesting.finish_step(session, blob_id, "pictures")
    assert "Good as it is" in client.get(f"/contribute/{rid}").get_data(as_text=True)
