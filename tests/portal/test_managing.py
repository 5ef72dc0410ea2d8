"""Managing by forms: institutions, people, agreements; who may, and what is refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from catalog import agreements, institutions, people
from portal.app import create_app
from tests.factories.house import PASSWORD, House, build_house

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    built = build_house(tmp_path_factory.mktemp("managing"))
    yield built
    built.services.close()


@pytest.fixture(scope="module")
def app(house: House) -> Flask:
    return create_app(house.services.settings, house.services)


@pytest.fixture(scope="module")
def admin(app: Flask) -> FlaskClient:
    client = app.test_client()
    assert send(client, "/sign-in", email="admin@example.org", password=PASSWORD).status_code == 303
    return client


def send(client: FlaskClient, path: str, **form: Any) -> TestResponse:
    page = client.get("/sign-in", follow_redirects=True).get_data(as_text=True)
    token = re.search(r'name="csrf-token" content="([^"]+)"', page)
    assert token is not None
    return client.post(path, data={"csrf_token": token[1], **form})


def shown(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def as_somebody(app: Flask, house: House, who: str, method: str, path: str, **form: Any) -> int:
    headers = {"Authorization": f"Bearer {house.tokens[who]}"}
    return app.test_client().open(path, method=method, headers=headers, data=form).status_code


def test_an_institution_is_added_renamed_and_removed(admin: FlaskClient, house: House) -> None:
    form = {"id": "new-house", "country": "uz", "name.en": "New house", "name.uz": "Yangi uy"}
    assert send(admin, "/manage/institutions", **form).status_code == 303
    page = shown(admin, "/manage")
    assert "New house" in page
    assert "Uzbekistan" in page
    path = "/manage/institutions/new-house"
    assert 'value="Yangi uy"' in shown(admin, path)
    assert '<option value="UZ" selected>Uzbekistan</option>' in shown(admin, path)
    assert '<option value="UZ" selected>乌兹别克斯坦</option>' in shown(admin, f"{path}?lang=zh")
    assert admin.get("/manage?lang=en").status_code == 200
    changed = {"country": "KZ", "name.en": "Newer house", "name.uz": ""}
    assert send(admin, path, **changed).status_code == 303
    with house.services.database.reading() as session:
        view = institutions.institution(session, "new-house")
    assert (view.country, dict(view.names)) == ("KZ", {"en": "Newer house"})
    assert send(admin, f"{path}/remove").status_code == 303
    assert "Newer house" not in shown(admin, "/manage")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"id": "Not An Id"}, "An id has small letters"),
        ({"id": "lanzhou"}, "There is an institution with this id already."),
        ({"country": "Atlantis"}, "This is not a country code"),
        ({"name.en": "", "name.el": ""}, "This is needed."),
    ],
)
def test_an_institution_that_does_not_hold_keeps_what_was_typed(
    admin: FlaskClient, change: dict[str, str], says: str
) -> None:
    form = {"id": "other", "country": "GR", "name.en": "Other", "name.el": "Άλλο", **change}
    answer = send(admin, "/manage/institutions", **form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert says in page
    if "country" in change:
        assert "<option selected>Atlantis</option>" in page
    if "name.en" not in change:
        assert 'value="Άλλο"' in page


def test_an_institution_that_something_hangs_on_stays(admin: FlaskClient) -> None:
    assert send(admin, "/manage/institutions/lanzhou/remove").status_code == 409
    assert re.search('<h1 lang="(en|zh)">', shown(admin, "/manage/institutions/lanzhou"))


def test_a_person_is_added_and_can_sign_in_until_the_account_is_closed(
    admin: FlaskClient, app: Flask, house: House
) -> None:
    form = {"email": "Nino@Example.org", "name": "Nino", "role": "curator", "password": PASSWORD}
    assert send(admin, "/manage/people", **form).status_code == 303
    person = app.test_client()
    signing = {"email": "nino@example.org", "password": PASSWORD}
    assert send(person, "/sign-in", **signing).status_code == 303
    assert person.get("/moderate").status_code == 200
    with house.services.database.reading() as session:
        known = people.people(session, by=house.actors["admin"])
    pid = next(each.id for each in known if each.email == "nino@example.org")
    assert send(admin, f"/manage/people/{pid}/active", active="no").status_code == 303
    assert person.get("/moderate").status_code == 303
    assert send(app.test_client(), "/sign-in", **signing).status_code == 422
    assert "closed" in shown(admin, "/manage/people")
    assert send(admin, f"/manage/people/{pid}/active", active="yes").status_code == 303
    assert send(app.test_client(), "/sign-in", **signing).status_code == 303


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"email": "no address"}, "This is not a mail address."),
        ({"name": " "}, "This is needed."),
        ({"role": "king"}, "This is not one of the values allowed."),
        ({"role": "contributor", "institution": ""}, "This is needed."),
        ({"institution": "atlantis"}, "There is no institution of this id."),
        ({"password": "short"}, "This is too short."),
        ({"email": "partner@example.org"}, "This person has that role already."),
    ],
)
def test_a_person_that_does_not_hold_keeps_what_was_typed_but_the_password(
    admin: FlaskClient, change: dict[str, str], says: str
) -> None:
    form = {
        "email": "p@example.org",
        "name": "A longer name",
        "role": "partner",
        "institution": "muscat",
        "password": "another horse battery",
        **change,
    }
    answer = send(admin, "/manage/people", **form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert says in page
    assert "another horse" not in page
    if "name" not in change:
        assert 'value="A longer name"' in page


def test_an_agreement_is_made_dated_and_ended(admin: FlaskClient, house: House) -> None:
    form = {"id": "silk", "parties": ["lanzhou", "patras"], "from": "2026-01-01", "until": ""}
    assert send(admin, "/manage/agreements", **form).status_code == 303
    page = shown(admin, "/manage/agreements")
    assert "from 1\u00a0January\u00a02026" in page
    assert re.search("\u2068[^\u2069]+\u2069\u00a0· \u2068[^\u2069]+\u2069", page)
    path = "/manage/agreements/silk"
    assert 'value="2026-01-01"' in shown(admin, path)
    wrong = send(admin, path, **{**form, "until": "2025-01-01"})
    assert wrong.status_code == 422
    assert "The end lies before the start." in wrong.get_data(as_text=True)
    assert "2026-\u206011-\u206024." in send(admin, path, **{**form, "from": "soon"}).text
    assert send(admin, path, **{**form, "parties": ["lanzhou"]}).status_code == 422
    assert send(admin, path, **{**form, "from": "", "until": "2030-05-09"}).status_code == 303
    with house.services.database.reading() as session:
        kept = agreements.agreements(session, by=house.actors["admin"])
    assert [(each.starts, str(each.ends)) for each in kept] == [(None, "2030-05-09")]
    assert send(admin, f"{path}/remove").status_code == 303
    assert admin.get(path).status_code == 404


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"parties": ["lanzhou"]}, "Two institutions are needed."),
        ({"parties": ["lanzhou", "atlantis"]}, "There is no institution of this id."),
        ({"until": "31.12.2026"}, "This must be a date"),
        ({"id": "Bad Id"}, "An id has small letters"),
    ],
)
def test_an_agreement_that_does_not_hold_keeps_what_was_typed(
    admin: FlaskClient, change: dict[str, Any], says: str
) -> None:
    form = {"id": "sea", "parties": ["lanzhou", "muscat"], "from": "2026-02-03", **change}
    answer = send(admin, "/manage/agreements", **form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert says in page
    assert 'value="2026-02-03"' in page
    assert 'value="lanzhou" checked' in page


def test_an_admin_of_a_house_manages_that_house_alone(app: Flask, house: House) -> None:
    def asked(method: str, path: str, **form: Any) -> int:
        return as_somebody(app, house, "house_admin", method, path, **form)

    assert asked("GET", "/manage") == 200
    assert asked("GET", "/manage/institutions/lanzhou") == 200
    assert asked("GET", "/manage/institutions/muscat") == 403
    named = {"name.en": "Lanzhou", "country": "CN"}
    assert asked("POST", "/manage/institutions/lanzhou", **named) == 303
    assert asked("POST", "/manage/institutions/muscat", **named) == 403
    assert asked("POST", "/manage/institutions", id="mine", **named) == 403
    assert asked("GET", "/manage/agreements") == 403
    person = {"email": "q@example.org", "name": "Q", "role": "contributor"}
    assert asked("POST", "/manage/people", **person, institution="lanzhou") == 303
    assert asked("POST", "/manage/people", **person, institution="muscat") == 403
    site = {"email": "q@example.org", "name": "Q", "role": "admin"}
    assert asked("POST", "/manage/people", **site, institution="") == 403
    page = app.test_client().get(
        "/manage/people", headers={"Authorization": f"Bearer {house.tokens['house_admin']}"}
    )
    assert "partner@example.org" not in page.get_data(as_text=True)


def test_an_admin_of_a_house_closes_nobody_who_works_beyond_it(app: Flask, house: House) -> None:
    with house.services.database.unit_of_work() as session:
        people.add_person(
            session,
            by=None,
            email="admin@example.org",
            name="admin",
            role="contributor",
            institution="lanzhou",
        )
    pid = house.actors["admin"].person_id
    path = f"/manage/people/{pid}/active"
    assert as_somebody(app, house, "house_admin", "POST", path, active="no") == 403
    assert as_somebody(app, house, "admin", "GET", "/manage") == 200


def test_only_admins_are_shown_the_way_there(app: Flask, house: House) -> None:
    for who, there in (("admin", True), ("house_admin", True), ("curator", False)):
        headers = {"Authorization": f"Bearer {house.tokens[who]}"}
        page = app.test_client().get("/about", headers=headers).get_data(as_text=True)
        assert ('href="/manage"' in page) == there


def test_the_form_of_names_begins_with_few_languages_and_takes_another(
    admin: FlaskClient, house: House
) -> None:
    page = shown(admin, "/manage?lang=en")
    assert page.count('name="name.') == 1
    form = {
        "id": "few",
        "country": "GR",
        "name.en": "Few",
        "more-language": ["el", "my"],
        "more-name": ["Λίγα", ""],
    }
    assert send(admin, "/manage/institutions", **{**form, "country": "??"}).status_code == 422
    assert send(admin, "/manage/institutions", **form).status_code == 303
    with house.services.database.reading() as session:
        assert dict(institutions.institution(session, "few").names) == {"en": "Few", "el": "Λίγα"}
    assert shown(admin, "/manage/institutions/few").count('name="name.') == 2


def test_a_role_is_taken_away_on_the_page_and_the_last_admin_is_told(
    admin: FlaskClient, house: House
) -> None:
    person = house.actors["colleague"].person_id
    role = {"role": "contributor", "institution": "lanzhou"}
    path = f"/manage/people/{person}/roles/take"
    assert send(admin, path, **role).status_code == 303
    assert "no role" in shown(admin, "/manage/people")
    assert send(admin, path, **role).status_code == 404
    own = f"/manage/people/{house.actors['admin'].person_id}"
    for address, form in ((f"{own}/roles/take", {"role": "admin"}), (f"{own}/active", {})):
        refused = send(admin, address, **form)
        assert refused.status_code == 409
        page = refused.get_data(as_text=True)
        assert "Somebody must be left to manage the site." in page
        assert "Somebody was first" not in page


def test_a_subject_is_added_named_and_retired(admin: FlaskClient) -> None:
    form = {"id": "tops", "broader": "physics", "label.en": "spinning tops"}
    made = send(admin, "/manage/vocabulary", **form)
    path = "/manage/vocabulary/tops"
    assert made.headers["Location"].endswith(f"{path}#main")
    again = send(admin, "/manage/vocabulary", **form)
    assert again.status_code == 422
    assert 'value="spinning tops"' in again.get_data(as_text=True)
    named = {"label.en": "spinning tops", "other.en": "tops، whirligigs", "more-language": "fr"}
    assert send(admin, path, **named, **{"more-label": "toupies"}).status_code == 303
    page = shown(admin, path)
    assert 'value="toupies"' in page
    assert 'value="tops, whirligigs"' in page
    assert send(admin, f"{path}/retired").status_code == 303
    assert shown(admin, path).count("It is not offered any more.") == 1
    assert "not offered any more" in shown(admin, "/manage/vocabulary")
    assert send(admin, f"{path}/retired", retired="no").status_code == 303
    wrong = send(admin, path, **{"label.en": ""})
    assert wrong.status_code == 422
    assert "This is needed." in wrong.get_data(as_text=True)
    assert admin.get("/manage/vocabulary/nothing").status_code == 404


def test_a_point_is_added_worded_moved_and_retired(admin: FlaskClient) -> None:
    form = {"wording.en": "It rings true", "kinds": ["film"]}
    assert send(admin, "/manage/checklists", **form).status_code == 303
    page = shown(admin, "/manage/checklists")
    path = re.findall(r'href="(/manage/checklists/[^"]+)"', page)[-1]
    assert "The science is right" in page
    assert 'value="film" checked' in shown(admin, path)
    assert send(admin, path, **{**form, "wording.en": "It rings"}).status_code == 303
    assert send(admin, f"{path}/up").status_code == 303
    moved = re.findall(r'href="(/manage/checklists/[^"]+)"', shown(admin, "/manage/checklists"))
    assert moved[-2] == path
    assert send(admin, f"{path}/retired").status_code == 303
    assert "not asked any more" in shown(admin, "/manage/checklists")
    wrong = send(admin, "/manage/checklists", **{"wording.en": "", "kinds": ["film"]})
    assert wrong.status_code == 422
    assert 'value="film" checked' in wrong.get_data(as_text=True)
