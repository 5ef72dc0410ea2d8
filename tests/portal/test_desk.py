"""The desk by its pages, without scripts: threads, places, ticks, deciding; and the giver's side."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from catalog import notes, reviews, ticks
from catalog.resources import reading
from portal.app import create_app
from portal.moderate.waiting import read, told
from tests.factories.house import House, build_house

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from werkzeug.test import TestResponse


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    built = build_house(tmp_path_factory.mktemp("desk"))
    yield built
    built.services.close()


@pytest.fixture(scope="module")
def app(house: House) -> Flask:
    return create_app(house.services.settings, house.services)


@pytest.fixture
def ask(house: House, app: Flask) -> Callable[..., TestResponse]:
    """Ask for a page, or send a form where there is one, as somebody."""

    def asked(who: str, path: str, form: dict[str, Any] | None = None) -> TestResponse:
        headers = {"Authorization": f"Bearer {house.tokens[who]}"}
        method = "GET" if form is None else "POST"
        return app.test_client().open(path, method=method, headers=headers, data=form)

    return asked


def in_review(house: House, content: bytes) -> tuple[str, str]:
    """Return a film that the curator has, and the id of its file."""
    rid = house.bring_to("submitted", content=content)
    with house.services.database.unit_of_work() as session:
        reviews.claim(session, by=house.actors["curator"], resource_id=rid)
        view = reading.working_version(session, house.actors["curator"], rid)
    return rid, view.assets[0].id


def test_a_note_leads_to_its_place_and_the_answer_to_the_note(
    house: House, ask: Callable[..., TestResponse]
) -> None:
    rid, aid = in_review(house, b"places")
    path = f"/moderate/{rid}"
    left = ask("curator", f"{path}/notes", {"text": "Say more", "place": "field:summary"})
    assert re.fullmatch(rf".*{path}#note-\w+", left.headers["Location"])
    note = left.headers["Location"].rpartition("#note-")[2]
    timed = {"text": "Whose hands?", "place": f"second:{aid}", "number": "0:07"}
    assert ask("curator", f"{path}/notes", timed).status_code == 303
    page = ask("curator", path).get_data(as_text=True)
    assert 'href="#field-summary"' in page
    assert 'id="field-summary" tabindex="-1"' in page
    assert 'aria-label="from 0:07 on"' in page or "0:07" in page
    there = f"/contribute/{rid}"
    assert "Say more" in ask("contributor", there).get_data(as_text=True)
    answered = ask("contributor", f"{there}/notes", {"answers": note, "text": "Done."})
    assert re.fullmatch(rf".*{there}#note-\w+", answered.headers["Location"])
    page = ask("curator", path).get_data(as_text=True)
    assert re.search(r'class="answer" id="note-\w+" tabindex="-1"><p dir="auto">Done\.', page)
    empty = ask("contributor", f"{there}/notes", {"answers": note, "text": " "})
    assert empty.status_code == 422
    settled = ask("curator", f"{path}/notes/{note}/settled", {})
    assert settled.headers["Location"].endswith(f"{path}#note-{note}")
    page = ask("curator", path).get_data(as_text=True)
    assert "Open again" in page
    assert ask("curator", f"{path}/notes/{note}/settled", {"settled": "no"}).status_code == 303
    assert "Open again" not in ask("curator", path).get_data(as_text=True)


def test_a_note_among_curators_stays_among_them(
    house: House, ask: Callable[..., TestResponse]
) -> None:
    rid, _aid = in_review(house, b"among")
    form = {"text": "Ask Ana first.", "among": "curators"}
    assert ask("curator", f"/moderate/{rid}/notes", form).status_code == 303
    assert "among curators" in ask("curator", f"/moderate/{rid}").get_data(as_text=True)
    assert "Ask Ana" not in ask("contributor", f"/contribute/{rid}").get_data(as_text=True)


def test_publishing_with_points_left_asks_once_more_and_keeps_ticks_and_words(
    house: House, ask: Callable[..., TestResponse]
) -> None:
    rid, _aid = in_review(house, b"points")
    form = {"decision": "publish", "note": "Thank you.", "looked": "yes", "points": ["science"]}
    asked = ask("curator", f"/moderate/{rid}/decision", form)
    page = asked.get_data(as_text=True)
    assert asked.status_code == 422
    assert ">3 of 4 points are not ticked.<" in page
    assert "will ask you once more" not in page, "it asks already"
    assert "Publish all the same" in page
    assert ">Thank you.</textarea>" in page
    assert re.search(r'value="science" form="decision" checked', page)
    whole = {**form, "points": ["science", "words", "people", "rights"]}
    assert ask("curator", f"/moderate/{rid}/decision", whole).status_code == 303
    assert ask("partner", f"/resources/{rid}").status_code == 200


def test_who_is_sure_publishes_with_points_left(
    house: House, ask: Callable[..., TestResponse]
) -> None:
    rid, _aid = in_review(house, b"sure")
    form = {"decision": "publish", "sure": "yes", "looked": "yes"}
    assert ask("curator", f"/moderate/{rid}/decision", form).status_code == 303


def test_ticks_are_kept_by_a_form_and_a_script_is_told_how_many_are_open(
    house: House, app: Flask, ask: Callable[..., TestResponse]
) -> None:
    rid, _aid = in_review(house, b"ticks")
    path = f"/moderate/{rid}/ticks"
    kept = ask("curator", path, {"points": ["science", "words"]})
    assert kept.headers["Location"].endswith("#checklist")
    said = ask("curator", path, {"points": ["science"], "note": "Half a sentence"})
    assert ">Half a sentence</textarea>" in said.get_data(as_text=True)
    headers = {
        "Authorization": f"Bearer {house.tokens['curator']}",
        "Accept": "application/json",
    }
    form = {"points": ["science", "words", "people"]}
    script = app.test_client().post(path, headers=headers, data=form)
    assert script.json == {
        "open": "1 of 4 points is not ticked: publishing will ask you once more."
    }
    assert ask("curator", path, {"points": ["nothing"]}).status_code == 422
    with house.services.database.reading() as session:
        view = reading.working_version(session, house.actors["curator"], rid)
        looked = ticks.checklist_of(session, by=house.actors["curator"], view=view)
    assert sum(each.ticked for each in looked) == 3


def test_the_queue_stands_beside_and_its_keys_survive_any_address(
    house: House, ask: Callable[..., TestResponse]
) -> None:
    rid, _aid = in_review(house, b"beside")
    page = ask("curator", f"/moderate/{rid}").get_data(as_text=True)
    assert page.count('<li class="current">') == 1
    with house.services.database.reading() as session:
        view = reading.working_version(session, house.actors["curator"], rid)
    assert view.submitted_at is not None
    key = (view.submitted_at, view.version_id)
    assert read(told(key)) == key
    for wrong in ("", "x", "20261125T080000.000000", "20261125T080000.000000-%00", "1-1", "٢-a"):
        assert read(wrong) is None
        assert ask("curator", f"/moderate?after={wrong}&before={wrong}").status_code == 200


@pytest.mark.parametrize("number", ["1e999", "nan", "-1", "9:99:99", "0" * 5000])
def test_a_place_that_is_no_number_is_no_fault_of_ours(
    house: House, ask: Callable[..., TestResponse], number: str
) -> None:
    rid, aid = in_review(house, b"place" + number[:9].encode())
    for kind in ("page", "second"):
        form = {"text": "Here", "place": f"{kind}:{aid}", "number": number}
        assert ask("curator", f"/moderate/{rid}/notes", form).status_code in (303, 422)


def test_who_settles_first_stays_named(house: House) -> None:
    rid, _aid = in_review(house, b"settle")
    names = ("curator", "second_curator")
    with house.services.database.unit_of_work() as session:
        view = reading.working_version(session, house.actors["curator"], rid)
        left = notes.leave(session, by=house.actors["curator"], view=view, text="A")
    for name in names:
        with house.services.database.unit_of_work() as session:
            done = notes.settle(
                session, by=house.actors[name], view=view, note_id=left.id, settled=True
            )
    assert done.settled_by == house.actors["curator"].person_id
