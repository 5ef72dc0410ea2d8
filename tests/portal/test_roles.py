"""Every role against every address of the URL map. An address without a row fails."""

from __future__ import annotations

import base64
import io
import itertools
import re
from typing import TYPE_CHECKING, Any

import pytest

from catalog import agreements, checklists, concepts, institutions, notes, people, tokens
from catalog.resources import reading
from portal.app import create_app
from portal.guard import OPEN
from search import indexer
from tests.factories.house import VALUES, build_house

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from tests.factories.house import House

WHO = ("visitor", "partner", "contributor", "curator", "admin")
ROWS: dict[tuple[str, str], tuple[int, int, int, int, int]] = {
    # pages: visitor, partner, contributor, curator, admin; a visitor posts without a CSRF token
    ("GET", "/"): (200, 200, 200, 200, 200),
    ("GET", "/resources/<rid>"): (200, 200, 200, 200, 200),
    ("GET", "/resources/<rid>/licence.txt"): (200, 200, 200, 200, 200),
    ("GET", "/resources/<rid>/assets/<aid>/content"): (200, 200, 200, 200, 200),
    ("GET", "/resources/<rid>/assets/<aid>/renditions/<name>"): (200, 200, 200, 200, 200),
    ("GET", "/contribute"): (303, 200, 200, 200, 200),
    ("POST", "/contribute/new"): (303, 403, 303, 422, 403),
    ("GET", "/contribute/<draft>"): (303, 404, 200, 404, 200),
    ("POST", "/contribute/<draft>/save"): (303, 404, 303, 404, 403),
    ("POST", "/contribute/<draft>/draft"): (303, 404, 200, 404, 403),
    ("POST", "/contribute/<draft>/files"): (303, 404, 303, 404, 403),
    ("POST", "/contribute/<draft>/files/<aid>/describe"): (303, 404, 303, 404, 403),
    ("POST", "/contribute/<draft>/uploads/<uid>/forget"): (303, 404, 404, 404, 404),
    ("POST", "/contribute/<draft>/files/<aid>/remove"): (303, 404, 303, 404, 403),
    ("POST", "/contribute/<draft>/files/<aid>/retry"): (303, 404, 303, 404, 403),
    ("POST", "/contribute/<submitted>/notes"): (303, 404, 422, 422, 403),
    ("POST", "/contribute/<draft>/take-back"): (303, 404, 409, 404, 403),
    ("POST", "/contribute/<draft>/version"): (303, 404, 303, 404, 403),
    ("POST", "/contribute/<draft>/delete"): (303, 404, 303, 404, 403),
    ("GET", "/moderate"): (303, 403, 403, 200, 403),
    ("GET", "/moderate/<submitted>"): (303, 404, 403, 200, 403),
    ("POST", "/moderate/<submitted>/claim"): (303, 404, 403, 303, 403),
    ("POST", "/moderate/<submitted>/give-back"): (303, 404, 403, 409, 403),
    ("POST", "/moderate/<submitted>/notes"): (303, 404, 403, 422, 403),
    ("POST", "/moderate/<submitted>/notes/<note>/settled"): (303, 404, 403, 303, 403),
    ("POST", "/moderate/<submitted>/ticks"): (303, 404, 403, 409, 403),
    ("POST", "/moderate/<submitted>/decision"): (303, 404, 403, 422, 403),
    ("POST", "/moderate/<submitted>/withdrawal"): (303, 404, 403, 409, 409),
    ("POST", "/moderate/<submitted>/files/<aid>/release"): (303, 404, 403, 409, 403),
    ("GET", "/manage"): (303, 403, 403, 403, 200),
    ("POST", "/manage/institutions"): (303, 403, 403, 403, 303),
    ("GET", "/manage/institutions/<institution>"): (303, 403, 403, 403, 200),
    ("POST", "/manage/institutions/<institution>"): (303, 403, 403, 403, 303),
    ("POST", "/manage/institutions/<institution>/remove"): (303, 403, 403, 403, 409),
    ("GET", "/manage/people"): (303, 403, 403, 403, 200),
    ("POST", "/manage/people"): (303, 403, 403, 403, 303),
    ("POST", "/manage/people/<person>/active"): (303, 403, 403, 403, 303),
    ("POST", "/manage/people/<person>/roles/take"): (303, 403, 403, 403, 303),
    ("GET", "/manage/vocabulary"): (303, 403, 403, 403, 200),
    ("POST", "/manage/vocabulary"): (303, 403, 403, 403, 303),
    ("GET", "/manage/vocabulary/<concept>"): (303, 403, 403, 403, 200),
    ("POST", "/manage/vocabulary/<concept>"): (303, 403, 403, 403, 303),
    ("POST", "/manage/vocabulary/<concept>/retired"): (303, 403, 403, 403, 303),
    ("GET", "/manage/checklists"): (303, 403, 403, 403, 200),
    ("POST", "/manage/checklists"): (303, 403, 403, 403, 303),
    ("GET", "/manage/checklists/<point>"): (303, 403, 403, 403, 200),
    ("POST", "/manage/checklists/<point>"): (303, 403, 403, 403, 303),
    ("POST", "/manage/checklists/<point>/retired"): (303, 403, 403, 403, 303),
    ("POST", "/manage/checklists/<point>/up"): (303, 403, 403, 403, 303),
    ("GET", "/manage/agreements"): (303, 403, 403, 403, 200),
    ("POST", "/manage/agreements"): (303, 403, 403, 403, 303),
    ("GET", "/manage/agreements/<agreement>"): (303, 403, 403, 403, 200),
    ("POST", "/manage/agreements/<agreement>"): (303, 403, 403, 403, 303),
    ("POST", "/manage/agreements/<agreement>/remove"): (303, 403, 403, 403, 303),
    ("GET", "/sign-in"): (200, 303, 303, 303, 303),
    ("POST", "/sign-in"): (400, 422, 422, 422, 422),
    ("POST", "/sign-out"): (303, 303, 303, 303, 303),
    ("GET", "/account"): (303, 200, 200, 200, 200),
    ("POST", "/account/password"): (303, 422, 422, 422, 422),
    ("POST", "/account/sign-out-everywhere"): (303, 303, 303, 303, 303),
    ("POST", "/account/tokens"): (303, 303, 303, 303, 303),
    ("POST", "/account/tokens/<token>/end"): (303, 303, 404, 404, 404),
    ("GET", "/about"): (200,) * 5,
    ("GET", "/terms"): (200,) * 5,
    ("GET", "/privacy"): (200,) * 5,
    ("GET", "/help"): (200,) * 5,
    ("GET", "/accessibility"): (200,) * 5,
    ("GET", "/feed.atom"): (200,) * 5,
    ("GET", "/feed.rss"): (200,) * 5,
    ("GET", "/opensearch.xml"): (200,) * 5,
    ("GET", "/favicon.ico"): (200,) * 5,
    ("GET", "/sitemap.xml"): (200,) * 5,
    ("GET", "/sitemap-pages.xml"): (200,) * 5,
    ("GET", "/sitemap-<part>.xml"): (200,) * 5,
    ("GET", "/institutions"): (200,) * 5,
    ("GET", "/institutions/<institution>"): (404, 404, 404, 404, 200),
    ("GET", "/institutions/<institution>/statistics"): (404, 404, 404, 404, 200),
    ("GET", "/institutions/<institution>/statistics.csv"): (404, 404, 404, 404, 200),
    ("GET", "/institutions/<institution>/resources.csv"): (303, 404, 404, 404, 200),
    ("GET", "/statistics"): (200,) * 5,
    ("GET", "/statistics.csv"): (200,) * 5,
    ("POST", "/line"): (303,) * 5,  # of a visitor no token is wanted
    ("GET", "/healthz"): (200,) * 5,
    ("GET", "/readyz"): (200,) * 5,
    ("GET", "/robots.txt"): (200,) * 5,
    ("GET", "/metrics"): (404, 404, 404, 404, 200),
    ("GET", "/static/<file>"): (200,) * 5,
    # the API
    ("GET", "/api/v1/resources"): (200,) * 5,
    ("POST", "/api/v1/resources"): (401, 403, 201, 422, 403),
    ("GET", "/api/v1/resources/<rid>"): (200,) * 5,
    ("PATCH", "/api/v1/resources/<draft>"): (404, 404, 200, 404, 403),
    ("DELETE", "/api/v1/resources/<draft>"): (404, 404, 204, 404, 403),
    ("POST", "/api/v1/resources/<rid>/versions"): (401, 403, 201, 403, 403),
    ("GET", "/api/v1/resources/<rid>/assets"): (200,) * 5,
    ("GET", "/api/v1/resources/<rid>/assets/<aid>"): (200,) * 5,
    ("DELETE", "/api/v1/resources/<draft>/assets/<aid>"): (404, 404, 204, 404, 403),
    ("POST", "/api/v1/resources/<rid>/assets/<aid>/release"): (401, 403, 403, 409, 403),
    ("POST", "/api/v1/resources/<rid>/assets/<aid>/retry"): (401, 403, 202, 202, 403),
    ("GET", "/api/v1/resources/<rid>/assets/<aid>/content"): (200,) * 5,
    ("GET", "/api/v1/resources/<rid>/assets/<aid>/renditions/<name>"): (200,) * 5,
    ("POST", "/api/v1/resources/<draft>/submission"): (404, 404, 200, 404, 403),
    ("DELETE", "/api/v1/resources/<submitted>/submission"): (404, 404, 204, 403, 403),
    ("POST", "/api/v1/resources/<submitted>/claim"): (404, 404, 403, 200, 403),
    ("DELETE", "/api/v1/resources/<submitted>/claim"): (404, 404, 403, 409, 403),
    ("GET", "/api/v1/resources/<submitted>/notes"): (404, 404, 200, 200, 200),
    ("POST", "/api/v1/resources/<submitted>/notes"): (404, 404, 201, 201, 403),
    ("PUT", "/api/v1/resources/<submitted>/notes/<note>/settled"): (404, 404, 403, 200, 403),
    ("GET", "/api/v1/resources/<submitted>/checklist"): (404, 404, 200, 200, 200),
    ("PUT", "/api/v1/resources/<submitted>/checklist"): (404, 404, 403, 409, 403),
    ("POST", "/api/v1/resources/<submitted>/decision"): (404, 404, 403, 409, 403),
    ("POST", "/api/v1/resources/<rid>/withdrawal"): (401, 403, 403, 200, 200),
    ("GET", "/api/v1/resources/<rid>/events"): (401, 403, 200, 200, 200),
    ("GET", "/api/v1/queue"): (401, 403, 403, 200, 403),
    ("GET", "/api/v1/subjects"): (200,) * 5,
    ("GET", "/api/v1/suggestions"): (200,) * 5,
    ("GET", "/api/v1/openapi.json"): (200,) * 5,
    ("GET", "/api/v1/docs"): (200,) * 5,
    ("GET", "/api/v1/institutions"): (401, 403, 403, 403, 200),
    ("POST", "/api/v1/institutions"): (401, 403, 403, 403, 201),
    ("GET", "/api/v1/institutions/<institution>"): (401, 403, 403, 403, 200),
    ("PATCH", "/api/v1/institutions/<institution>"): (401, 403, 403, 403, 200),
    ("DELETE", "/api/v1/institutions/<institution>"): (401, 403, 403, 403, 409),
    ("GET", "/api/v1/agreements"): (401, 403, 403, 403, 200),
    ("POST", "/api/v1/agreements"): (401, 403, 403, 403, 201),
    ("GET", "/api/v1/agreements/<agreement>"): (401, 403, 403, 403, 200),
    ("PATCH", "/api/v1/agreements/<agreement>"): (401, 403, 403, 403, 200),
    ("DELETE", "/api/v1/agreements/<agreement>"): (401, 403, 403, 403, 204),
    ("GET", "/api/v1/users"): (401, 403, 403, 403, 200),
    ("POST", "/api/v1/users"): (401, 403, 403, 403, 201),
    ("GET", "/api/v1/users/<person>"): (401, 403, 403, 403, 200),
    ("PATCH", "/api/v1/users/<person>"): (401, 403, 403, 403, 200),
    ("DELETE", "/api/v1/users/<person>"): (401, 403, 403, 403, 204),
    ("DELETE", "/api/v1/users/<person>/roles/<role>"): (401, 403, 403, 403, 204),
    ("POST", "/api/v1/subjects"): (401, 403, 403, 403, 201),
    ("GET", "/api/v1/subjects/<concept>"): (401, 403, 403, 403, 200),
    ("PATCH", "/api/v1/subjects/<concept>"): (401, 403, 403, 403, 200),
    ("GET", "/api/v1/checklist-points"): (401, 403, 403, 403, 200),
    ("POST", "/api/v1/checklist-points"): (401, 403, 403, 403, 201),
    ("GET", "/api/v1/checklist-points/<point>"): (401, 403, 403, 403, 200),
    ("PATCH", "/api/v1/checklist-points/<point>"): (401, 403, 403, 403, 200),
    ("GET", "/api/v1/tokens"): (401, 200, 200, 200, 200),
    ("POST", "/api/v1/tokens"): (401, 201, 201, 201, 201),
    ("GET", "/api/v1/tokens/<token>"): (401, 200, 404, 404, 404),
    ("PATCH", "/api/v1/tokens/<token>"): (401, 200, 404, 404, 404),
    ("DELETE", "/api/v1/tokens/<token>"): (401, 204, 404, 404, 404),
    ("OPTIONS", "/api/v1/uploads"): (204,) * 5,
    ("POST", "/api/v1/uploads"): (401, 404, 201, 404, 403),
    ("OPTIONS", "/api/v1/uploads/<uid>"): (204,) * 5,
    ("HEAD", "/api/v1/uploads/<uid>"): (401, 404, 404, 404, 404),
    ("PATCH", "/api/v1/uploads/<uid>"): (401, 404, 404, 404, 404),
    ("DELETE", "/api/v1/uploads/<uid>"): (401, 404, 404, 404, 404),
}
BODIES: dict[tuple[str, str], Any] = {
    ("POST", "/api/v1/resources"): VALUES,
    ("PATCH", "/api/v1/resources/<draft>"): {"year": 2000},
    ("POST", "/api/v1/resources/<rid>/assets/<aid>/release"): {"note": "x"},
    ("POST", "/api/v1/resources/<submitted>/notes"): {"text": "x"},
    ("POST", "/api/v1/resources/<submitted>/decision"): {"decision": "publish"},
    ("POST", "/api/v1/resources/<rid>/withdrawal"): {"reason": "x"},
    ("POST", "/api/v1/institutions"): {"id": "new-house", "name": {"en": "New"}, "country": "GR"},
    ("PATCH", "/api/v1/institutions/<institution>"): {"country": "CN"},
    ("POST", "/api/v1/agreements"): {"id": "new", "parties": ["lanzhou", "muscat"]},
    ("PATCH", "/api/v1/agreements/<agreement>"): {"until": "2030-01-01"},
    ("POST", "/api/v1/users"): {"email": "n@example.org", "name": "N", "role": "admin"},
    ("PATCH", "/api/v1/users/<person>"): {"active": False},
    ("PUT", "/api/v1/resources/<submitted>/notes/<note>/settled"): {"settled": True},
    ("PUT", "/api/v1/resources/<submitted>/checklist"): {"ticked": []},
    ("POST", "/api/v1/subjects"): {"id": "whirls", "labels": {"en": "whirls"}},
    ("PATCH", "/api/v1/subjects/<concept>"): {"labels": {"fr": "toupies"}},
    ("POST", "/api/v1/checklist-points"): {"wording": {"en": "It hums"}},
    ("PATCH", "/api/v1/checklist-points/<point>"): {"retired": True},
    ("POST", "/api/v1/tokens"): {},
    ("PATCH", "/api/v1/tokens/<token>"): {"name": "x"},
}


COUNT = itertools.count(1)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One house for all rows: each makes the things that its address names, and shares none."""
    built = build_house(tmp_path_factory.mktemp("roles"))
    yield built
    built.services.close()


@pytest.fixture(scope="module")
def app(house: House) -> Flask:
    made = create_app(house.services.settings, house.services)
    made.config["PROPAGATE_EXCEPTIONS"] = False
    return made


FORMS: dict[tuple[str, str], dict[str, Any]] = {
    ("POST", "/contribute/new"): {"kind": "film"},
    ("POST", "/contribute/<draft>/save"): {"kind": "film", "revision": "1-1"},
    ("POST", "/contribute/<draft>/files/<aid>/describe"): {"role": "poster"},
    ("POST", "/manage/institutions"): {"id": "form-house", "name.en": "New", "country": "GR"},
    ("POST", "/manage/institutions/<institution>"): {"name.en": "New", "country": "GR"},
    ("POST", "/manage/people/<person>/roles/take"): {"role": "partner", "institution": "patras"},
    ("POST", "/manage/vocabulary"): {"id": "kites", "label.en": "kites"},
    ("POST", "/manage/vocabulary/<concept>"): {"label.en": "tops"},
    ("POST", "/manage/checklists"): {"wording.en": "It rings"},
    ("POST", "/manage/checklists/<point>"): {"wording.en": "It rings loud"},
    ("POST", "/manage/people"): {"email": "f@example.org", "name": "N", "role": "admin"},
    ("POST", "/manage/agreements/<agreement>"): {"parties": ["lanzhou", "patras"]},
    ("POST", "/manage/agreements"): {"id": "form", "parties": ["lanzhou", "muscat"]},
}


def shape(path: str) -> str:
    """An address with its places left open: a row names what stands there, a rule its variable."""
    return re.sub(r"<[^>]+>", "<>", path)


def rules(app: Flask) -> set[tuple[str, str]]:
    """Every method at every address; HEAD and OPTIONS only where they are ours to answer."""
    found = set()
    for rule in app.url_map.iter_rules():
        ours = rule.rule.startswith("/api/v1/uploads")
        for method in rule.methods or ():
            if method not in ("HEAD", "OPTIONS") or (ours and (method, rule.rule) not in TWICE):
                found.add((method, shape(rule.rule)))
    return found - {("GET", shape("/api/v1/uploads/<uid>"))}


TWICE = {("HEAD", "/api/v1/uploads")}
"""What Flask adds to a rule by itself."""


def test_every_address_has_a_row(app: Flask) -> None:
    assert rules(app) == {(method, shape(path)) for method, path in ROWS}


def test_an_address_without_a_row_is_seen(house: House) -> None:
    app = create_app(house.services.settings, house.services)
    app.add_url_rule("/manage/<iid>/more", "more", lambda iid: iid, methods=["POST"])
    assert rules(app) - {(method, shape(path)) for method, path in ROWS} == {
        ("POST", "/manage/<>/more")
    }


def test_the_list_of_open_addresses_names_addresses_that_exist(app: Flask) -> None:
    assert {rule.endpoint for rule in app.url_map.iter_rules()} >= OPEN


def address_of(house: House, who: str, path: str) -> str:
    """Fill the places of a row with things that exist, and of which a place says the state."""
    number = next(COUNT)
    wanted = re.findall(r"<(\w+)>", path)
    state = next((each for each in wanted if each in ("draft", "submitted")), "published")
    rid = house.bring_to(state, content=f"{who}{number}".encode())
    with house.services.database.unit_of_work() as session:
        asset = reading.working_version(session, house.actors["admin"], rid).assets[0].id
        note = "none"
        admin = house.actors["admin"]
        point = checklists.add(session, by=admin, wording={"en": "It turns"})
        concepts.add(
            session,
            by=admin,
            concept_id=f"tops-{number}",
            given=concepts.Given({"en": "tops"}, {}),
        )
        if "note" in wanted:
            view = reading.working_version(session, house.actors["admin"], rid)
            note = notes.leave(session, by=house.actors["curator"], view=view, text="A").id
        if "agreement" in wanted:
            agreements.add(
                session, by=None, agreement_id=f"of-{number}", parties=["lanzhou", "muscat"]
            )
        person = people.add_person(
            session,
            by=None,
            email=f"p{number}@example.net",
            name="P",
            role="partner",
            institution="patras",
        )
        partner = str(house.actors["partner"].person_id)
        token = tokens.create(session, person_id=partner)[0].id
        institutions.add(
            session, by=None, institution_id=f"house-{number}", names={"en": "A"}, country="CN"
        )
        people.add_person(
            session,
            by=None,
            email=f"x{number}@example.net",
            name="P",
            role="partner",
            institution=f"house-{number}",
        )
    names = {
        "rid": rid,
        "draft": rid,
        "submitted": rid,
        "aid": asset,
        "name": "thumbnail",
        "uid": "none",
        "file": "caravan.css",
        "person": person,
        "note": note,
        "point": point,
        "role": "partner",
        "concept": f"tops-{number}",
        "token": token,
        "institution": f"house-{number}",
        "agreement": f"of-{number}",
        "part": "1",
    }
    filled = re.sub(r"<(\w+)>", lambda found: names[found[1]], path)
    return f"{filled}?institution=patras" if path.endswith("<role>") else filled


def upload_headers(house: House, who: str, method: str) -> dict[str, str]:
    draft = house.bring_to("draft", content=f"u{who}{next(COUNT)}".encode())
    told = base64.b64encode(draft.encode()).decode()
    headers = {
        "Tus-Resumable": "1.0.0",
        "Upload-Length": "5",
        "Upload-Offset": "0",
        "Upload-Metadata": f"resource {told}",
    }
    if method == "PATCH":
        headers["Content-Type"] = "application/offset+octet-stream"
    return headers


def sent_with(method: str, path: str) -> dict[str, Any]:
    if (method, path) in BODIES:
        return {"json": BODIES[method, path]}
    if path.endswith("/<draft>/files"):
        return {"data": {"role": "main", "file": (io.BytesIO(b"Some bytes."), "more.txt")}}
    return {"data": FORMS.get((method, path))}


@pytest.mark.parametrize(("method", "path"), ROWS, ids=str)
def test_a_role_gets_the_answer_of_its_row(
    house: House, app: Flask, method: str, path: str
) -> None:
    answers = []
    for who in WHO:
        address = address_of(house, who, path)
        if path == "/api/v1/resources":  # while the index lacks what is published, the search rests
            indexer.rebuild(house.services.database, house.services.engine)
        headers = upload_headers(house, who, method) if "uploads" in path else {}
        if "/contribute/" in path:
            headers["If-Match"] = '"1-1"'
        if who != "visitor":
            headers["Authorization"] = f"Bearer {house.tokens[who]}"
        answer = app.test_client().open(
            address,
            method=method,
            headers=headers,
            environ_overrides={"REMOTE_ADDR": "192.0.2.7"},
            **sent_with(method, path),
        )
        answers.append(answer.status_code)
    assert tuple(answers) == ROWS[method, path]
