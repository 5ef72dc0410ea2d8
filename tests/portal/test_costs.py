"""What each page asks of the catalogue: SQL statements, whatever the number of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from portal.app import create_app
from search import indexer
from tests.factories.house import House, build_house
from tests.factories.queue import lengthen
from tests.portal.test_search import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

# Statements of a second visit: vocabulary and institutions are on the shelf by then.
MOST = {
    (None, "/"): 4,
    (None, "/?q=magnets"): 4,
    (None, "/resources/{published}"): 14,
    (None, "/about"): 0,
    (None, "/feed.atom"): 6,
    (None, "/feed.rss"): 6,
    (None, "/sitemap.xml"): 1,
    (None, "/sitemap-1.xml"): 2,
    (None, "/institutions"): 1,
    (None, "/institutions/lanzhou"): 6,
    (None, "/statistics"): 10,
    (None, "/institutions/lanzhou/statistics"): 11,
    ("contributor", "/institutions/lanzhou/statistics"): 18,
    (None, "/sign-in"): 0,
    ("contributor", "/contribute"): 8,
    ("contributor", "/contribute/{draft}"): 13,
    ("contributor", "/account"): 3,
    ("curator", "/moderate"): 7,  # eight at most, whatever waits
    ("curator", "/moderate/{submitted}"): 24,
    ("admin", "/manage"): 1,
    ("admin", "/manage/people"): 2,
    ("admin", "/manage/vocabulary"): 4,
    ("admin", "/manage/checklists"): 2,
    ("admin", "/manage/agreements"): 3,
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    built = build_house(tmp_path_factory.mktemp("costs"))
    yield built
    built.services.close()


def costs(house: House, app: Flask, ids: dict[str, str]) -> dict[tuple[str | None, str], int]:
    found = {}
    for who, path in MOST:
        headers = {"Authorization": f"Bearer {house.tokens[who]}"} if who else {}
        address = path.format(**ids)
        app.test_client().get(address, headers=headers)
        with counted(house) as statements:
            answer = app.test_client().get(address, headers=headers)
        assert answer.status_code == 200, address
        found[who, path] = len(statements)
    return found


def test_a_page_costs_few_statements_and_no_more_with_more_rows(house: House) -> None:
    app = create_app(house.services.settings, house.services)
    ids = {state: house.bring_to(state) for state in ("published", "draft", "submitted")}
    house.index()
    # An index known to be whole is asked nothing more.
    indexer.rebuild(house.services.database, house.services.engine)
    few = costs(house, app, ids)
    for number in range(12):
        for state in ("published", "draft", "submitted"):
            house.bring_to(state, content=f"{state}{number}".encode())
    house.index()
    many = costs(house, app, ids)
    dear = {page: count for page, count in many.items() if count > MOST[page]}
    assert dear == {}
    assert many == few


def test_the_desk_asks_as_much_of_two_hundred_submissions_as_of_ten(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    house = build_house(tmp_path_factory.mktemp("desk"))
    app = create_app(house.services.settings, house.services)
    headers = {"Authorization": f"Bearer {house.tokens['curator']}"}
    rid = house.bring_to("submitted")

    def asked(path: str) -> int:
        app.test_client().get(path, headers=headers)
        with counted(house) as statements:
            page = app.test_client().get(path, headers=headers)
        assert page.get_data(as_text=True).count('class="serif" href="/moderate/') in (9, 10)
        return len(statements)

    found = []
    for more in (9, 190):
        other = house.bring_to("submitted", content=b"%d" % more)
        with house.services.database.unit_of_work() as session:
            lengthen(session, other, more - 1)
        found.append((asked("/moderate"), asked(f"/moderate/{rid}")))
    assert found[0] == found[1]
    assert found[0][0] <= 8
    house.services.close()
