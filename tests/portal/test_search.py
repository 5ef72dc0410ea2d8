"""Search by program and on the page: what is found, what is quoted, and what a page costs."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient

    from tests.factories.house import House


@contextmanager
def counted(house: Any) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    engine = house.services.database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A house with a few published, and then with two thousand."""
    from search import indexer
    from tests.factories.house import build_house

    built = build_house(tmp_path_factory.mktemp("many"))
    for number in range(10):
        built.bring_to("published", title={"en": f"Magnet {number}"}, content=b"%d" % number)
    built.index()
    indexer.rebuild(built.services.database, built.services.engine)
    yield built
    built.services.close()


def asked(house: Any, who: str | None, path: str) -> Any:
    from portal.app import create_app

    headers = {"Authorization": f"Bearer {house.tokens[who]}"} if who else {}
    client = create_app(house.services.settings, house.services).test_client()
    client.get(path, headers=headers)
    before = house.services.engine.requests
    with counted(house) as statements:
        answer = client.get(path, headers=headers)
    assert answer.status_code == 200
    return len(statements), house.services.engine.requests - before


@pytest.mark.parametrize("path", ["/api/v1/resources?q=magnet&kind=film", "/?q=magnet"])
def test_a_page_takes_four_statements_and_one_search(many: Any, path: str) -> None:
    statements, requests = asked(many, None, path)
    assert statements <= 4
    assert requests == 1
    statements, _requests = asked(many, "partner", path)
    assert statements <= 6


def test_a_page_costs_the_same_at_two_thousand(many: Any) -> None:
    from catalog import reviews
    from catalog.policy.actor import Actor
    from catalog.resources import drafts
    from tests.factories.house import VALUES

    curator: Actor = many.actors["curator"]
    for hundred in range(20):
        with many.services.database.unit_of_work() as session:
            for number in range(100):
                title = {"en": f"Magnet of many {hundred} {number}"}
                rid = drafts.create(
                    session,
                    by=curator,
                    institution="lanzhou",
                    payload={**VALUES, "title": title},
                )
                reviews.publish_import(session, by=curator, resource_id=rid)
    from search import indexer

    indexer.rebuild(many.services.database, many.services.engine)
    statements, requests = asked(many, None, "/api/v1/resources?q=magnet")
    assert statements <= 4
    assert requests == 1
    statements, _requests = asked(many, "partner", "/api/v1/resources?q=magnet")
    assert statements <= 6


def test_words_of_one_language_find_what_another_says(call: Any, house: Any) -> None:
    rid = house.bring_to("published")
    house.index()
    for words, lang in (
        ("магнетизм", "ru"),
        ("磁学", "zh"),
        ("magnetismo", "es"),
        ("μαγνητισμός", "el"),
    ):
        found = call(None, "GET", f"/resources?q={words}&lang={lang}").json
        assert [each["id"] for each in found["results"]] == [rid], words
        assert {"concept": "magnetism"}.items() <= found["results"][0]["matched_by"][0].items()


def test_the_text_of_a_restricted_file_is_found_but_not_quoted(call: Any, house: Any) -> None:
    from catalog import ingesting
    from catalog.resources import indexable, reading

    rid = house.bring_to("published", access="partners")
    with house.services.database.unit_of_work() as session:
        view = reading.resource(session, house.actors["curator"], rid)
        words = [indexable.TextSegment("A rhinoceros walks by.", second=7.0)]
        ingesting.store_text(session, view.assets[0].blob_id, language="en", segments=words)
    house.index()
    visitor = call(None, "GET", "/resources?q=rhinoceros").json["results"][0]
    assert [each["field"] for each in visitor["matched_by"]] == ["file"]
    assert visitor["snippets"] == []
    partner = call("partner", "GET", "/resources?q=rhinoceros").json["results"][0]
    assert partner["snippets"][0]["second"] == 7.0


def test_a_page_beyond_the_end_is_refused_and_strange_values_are_named(call: Any) -> None:
    assert call(None, "GET", "/resources?page=1000&per_page=100").json["code"] == "page_too_far"
    for query in ("page=0", "page=x", "per_page=101", "sort=colour", "page=-1"):
        assert call(None, "GET", f"/resources?{query}").status_code in (400, 422)


def test_a_reader_of_any_language_is_answered_and_what_is_no_language_is_refused(
    call: Any, house: Any
) -> None:
    house.bring_to("published", country="CN")
    house.index()
    for tag in ("tlh", "xx", "zh-Hant", "uz-Cyrl", "EN"):
        found = call(None, "GET", f"/resources?q=magnets&lang={tag}")
        assert (found.status_code, found.json["total"]) == (200, 1), tag
    for path in ("resources?q=magnets", "subjects?", "suggestions?q=mag"):
        for tag in ("english", "no%20language", "en_US", "x" * 100):
            refused = call(None, "GET", f"/{path}&lang={tag}")
            assert refused.status_code == 400, (path, tag)


def test_too_many_searches_are_asked_to_wait(tmp_path: Any) -> None:
    from portal.app import create_app
    from tests.factories.house import build_house

    built = build_house(tmp_path, CARAVAN_SEARCHES_PER_MINUTE="3")
    client = create_app(built.services.settings, built.services).test_client()
    answers = [client.get("/api/v1/resources") for _ in range(4)]
    assert [each.status_code for each in answers] == [200, 200, 200, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    built.services.close()


def test_an_index_that_lacks_what_is_published_rests_until_it_is_built(
    client: FlaskClient, house: House
) -> None:
    from search import indexer

    first, second = (house.bring_to("published", content=each) for each in (b"one", b"two"))
    services = house.services
    documents, _ended = indexer.documents_of(services.database, [first])
    services.engine.write(documents)  # as a late job does where the index was deleted
    for path, said in (("/?q=magnets", "Search is resting"), ("/api/v1/resources?q=magnets", "")):
        resting = client.get(path)
        assert (resting.status_code, said in resting.text) == (503, True)
    ready = client.get("/readyz")
    assert ready.json is not None
    told = (ready.status_code, ready.json["state"], ready.json["parts"]["search"])
    assert told == (200, "amber", False)
    indexer.rebuild(services.database, services.engine)
    found = client.get("/api/v1/resources?q=magnets").json
    assert found is not None
    assert {each["id"] for each in found["results"]} == {first, second}
    whole = client.get("/readyz").json
    assert whole is not None
    assert (whole["state"], whole["parts"]["search"]) == ("green", True)


def test_without_words_nothing_is_said_to_match_best(client: FlaskClient, house: House) -> None:
    """The newest stand first then; with words, the best match."""
    house.bring_to("published", content=b"one")
    house.index()
    for path, best, first in (
        ("/?q=", False, "Newest first"),
        ("/?kind=film", False, "Newest first"),
        ("/?q=magnets", True, "Best match first"),
        ("/?q=&sort=smallest", False, "Lightest first"),
    ):
        page = client.get(path).text
        assert ("Best match first" in page, f"<u>{first}</u>" in page) == (best, True), path


def test_a_row_names_its_institution_with_the_country_but_not_on_the_institutions_own_page(
    client: FlaskClient, house: House
) -> None:
    house.bring_to("published", content=b"two")
    house.index()
    row = "<bdi>Lanzhou</bdi>, <span>China</span>"
    assert row in client.get("/?q=magnets").text
    assert row not in client.get("/institutions/lanzhou").text
