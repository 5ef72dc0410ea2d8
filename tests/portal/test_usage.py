"""What is found and taken is counted once, of people alone, and shown to those who may see it."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from catalog import clock, usage
from catalog.database import DatabaseBusy
from catalog.usage import Counts, Period, Tick
from portal.museums.charts import HEIGHT, WIDTH, columns, share
from portal.museums.sheets import guarded
from tests.portal.test_search import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient

    from tests.factories.house import House

NOW = datetime(2026, 5, 9, 12, 0, tzinfo=UTC)
MAY = date(2026, 5, 1)
YEAR = Period(date(2026, 1, 1), date(2027, 1, 1))
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
ROBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A clock that stands, and can be put forward by seconds."""
    moment = [NOW]
    monkeypatch.setattr(clock, "now", lambda: moment[0])

    def forward(seconds: float) -> None:
        moment[0] += timedelta(seconds=seconds)

    return forward


def sums(app: Flask, house: House, institution: str | None = None) -> usage.Figures:
    app.extensions["tally"].write()
    with house.services.database.reading() as session:
        return usage.figures(session, YEAR, institution)


def file_of(house: House, rid: str) -> str:
    from catalog.resources import reading

    with house.services.database.reading() as session:
        return reading.resource(session, house.actors["admin"], rid).assets[0].id


# -- counting ----------------------------------------------------------------------------------------


def test_the_same_again_within_half_a_minute_is_no_second_use(
    now: Any, app: Flask, house: House, client: FlaskClient
) -> None:
    rid = house.bring_to("published")
    path = f"/resources/{rid}"
    content = f"{path}/assets/{file_of(house, rid)}/content"
    for pause in (0, 20, 29, 31):  # each click begins the half minute anew
        now(pause)
        client.get(path)
        client.get(content)
    found = sums(app, house)
    assert found.months == {MAY: Counts(given=1, found=2, taken=2)}
    assert found.forms == {"": 2}
    client.get(path, headers={"User-Agent": "another browser"})
    client.get(path, environ_overrides={"REMOTE_ADDR": "192.0.2.9"})
    assert sums(app, house).months[MAY].found == 4


def test_robots_pictures_and_what_is_fetched_ahead_are_left_out(
    now: Any, app: Flask, house: House, client: FlaskClient
) -> None:
    rid = house.bring_to("published")
    path = f"/resources/{rid}"
    content = f"{path}/assets/{file_of(house, rid)}/content"
    for name in (ROBOT, "", "facebookexternalhit/1.1", "curl/8.5.0"):
        client.get(path, headers={"User-Agent": name})
    for name in (ROBOT, ""):
        client.get(content, headers={"User-Agent": name})
    for more in ({"Sec-Purpose": "prefetch"}, {"Sec-Fetch-Dest": "image"}):
        client.get(content, headers={"User-Agent": BROWSER, **more})
    client.get(path, headers={"User-Agent": BROWSER, "Sec-Purpose": "prefetch;prerender"})
    client.head(path, headers={"User-Agent": BROWSER})
    assert sums(app, house).months == {MAY: Counts(given=1)}
    client.get(content, headers={"User-Agent": "curl/8.5.0"})
    client.get(content, headers={"User-Agent": BROWSER})
    assert sums(app, house).months[MAY] == Counts(given=1, found=0, taken=2)


def test_what_is_not_public_is_not_counted(
    now: Any, app: Flask, house: House, client: FlaskClient
) -> None:
    draft, gone = house.bring_to("submitted"), house.bring_to("withdrawn", content=b"gone")
    for rid in (draft, gone, "nothing"):
        client.get(f"/resources/{rid}")
    page = f"/resources/{draft}"
    headers = {"Authorization": f"Bearer {house.tokens['curator']}"}
    assert client.get(page, headers=headers).status_code == 200
    assert sums(app, house) == usage.Figures()


def test_language_and_country_are_what_is_known_without_an_address(
    now: Any, app: Flask, house: House, client: FlaskClient
) -> None:
    rid = house.bring_to("published")
    client.get(f"/resources/{rid}?lang=ar")
    token = {"Authorization": f"Bearer {house.tokens['partner']}"}
    app.test_client().get(f"/resources/{rid}", headers=token)
    found = sums(app, house)
    assert found.languages == {"en": Counts(given=1, found=1), "ar": Counts(found=1)}
    assert found.countries == {"CN": Counts(given=1), "": Counts(found=1), "OM": Counts(found=1)}
    assert found.subjects == {"magnetism": Counts(given=1, found=2)}
    assert sums(app, house, "muscat") == usage.Figures()


def test_reading_a_page_writes_nothing_and_a_batch_is_one_statement(
    now: Any, app: Flask, house: House, client: FlaskClient
) -> None:
    rids = [house.bring_to("published", content=b"%d" % number) for number in range(3)]
    with counted(house) as statements:
        for rid in rids:
            client.get(f"/resources/{rid}")
    assert not [each for each in statements if "INSERT" in each]
    with counted(house) as statements:
        app.extensions["tally"].write()
    assert len([each for each in statements if "INSERT" in each]) == 1
    assert sums(app, house).months[MAY].found == 3


def test_counts_wait_while_the_database_is_away(
    now: Any, app: Flask, house: House, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    rid = house.bring_to("published")
    client.get(f"/resources/{rid}")

    def away() -> None:
        raise DatabaseBusy("database_busy", because="away")

    with monkeypatch.context() as patched:
        patched.setattr(type(house.services.database), "unit_of_work", lambda _self: away())
        app.extensions["tally"].write()
    assert sums(app, house).months[MAY].found == 1


def test_counts_of_several_processes_add_up(house: House) -> None:
    ticks = {Tick(MAY, f"r{number:04}", "found", "en"): 2 for number in range(1200)}
    for _process in range(2):
        with house.services.database.unit_of_work() as session, counted(house) as statements:
            usage.add(session, ticks)
        assert len(statements) == 3
    from sqlalchemy import func, select

    from catalog.tables.usage import Usage

    with house.services.database.reading() as session:
        assert session.scalar(select(func.sum(Usage.times))) == 4800


def test_a_token_knows_the_day_of_its_last_use_and_no_request_writes_it(
    now: Any, app: Flask, house: House
) -> None:
    headers = {"Authorization": f"Bearer {house.tokens['partner']}"}
    days = []
    for pause in (0, 60, 24 * 3600):
        now(pause)
        with counted(house) as statements:
            told = app.test_client().get("/api/v1/tokens", headers=headers).json["results"]
        assert not [each for each in statements if "UPDATE" in each]
        days.append(told[0]["last_used_on"])
        with counted(house) as statements:
            app.extensions["tally"].write()
        assert len([each for each in statements if "UPDATE" in each]) == (pause != 60)
    assert days == [None, "2026-05-09", "2026-05-09"]
    told = app.test_client().get("/api/v1/tokens", headers=headers).json["results"]
    assert told[0]["last_used_on"] == "2026-05-10"


# -- showing -----------------------------------------------------------------------------------------


def test_a_museum_sees_each_of_its_own_and_others_only_the_sums(
    now: Any, app: Flask, house: House, client: FlaskClient
) -> None:
    rid = house.bring_to("published", title={"en": '=HYPERLINK("x")'})
    client.get(f"/resources/{rid}")

    def get(who: str | None, path: str) -> Any:
        headers = {"Authorization": f"Bearer {house.tokens[who]}"} if who else {}
        return app.test_client().get(path, headers=headers)

    page, sheet = "/institutions/lanzhou/statistics", "/institutions/lanzhou/resources.csv"
    for who in ("contributor", "house_admin", "admin"):
        assert "What was taken most" in get(who, page).text
        assert get(who, sheet).status_code == 200
    for who in (None, "stranger", "partner", "curator"):
        shown = get(who, page).text
        assert "HYPERLINK" not in shown
        assert "What was taken most" not in shown
        assert get(who, sheet).status_code == (403 if who else 303)
    rows = list(csv.reader(io.StringIO(get("contributor", sheet).data.decode("utf-8-sig"))))
    assert rows[1] == [rid, '\'=HYPERLINK("x")', "2026-05", "en", "", "1", "0"]


def test_the_table_to_keep_has_every_figure_and_no_formula(
    now: Any, app: Flask, house: House, client: FlaskClient
) -> None:
    rid = house.bring_to("published")
    client.get(f"/resources/{rid}/assets/{file_of(house, rid)}/content")
    answer = client.get("/statistics.csv?lang=zh")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].endswith('.csv"')
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows[0] == ["by", "value", "name", "given", "found", "taken"]
    assert ["month", "2026-05", "", "1", "0", "1"] in rows
    assert ["subject", "magnetism", "磁学", "1", "0", "1"] in rows
    assert ["form", "original", "", "0", "0", "1"] in rows
    for cell in ("=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx"):
        assert guarded(cell) == f"'{cell}"
    assert [guarded(each) for each in ("a=b", "", -3)] == ["a=b", "", -3]


def test_a_period_is_a_year_or_the_last_twelve_months(
    now: Any, house: House, client: FlaskClient
) -> None:
    empty = "Nothing is published yet"
    said = client.get("/statistics").text.partition(empty)[2].partition("</p>")[0]
    assert '<a href="/contribute">Give what you have made</a>' in said
    house.bring_to("published")
    page = client.get("/statistics").text
    assert empty not in page
    assert ">June 2025<" in page
    assert ">May 2026<" in page
    assert ">2026年5月<" in client.get("/statistics?lang=zh").text
    assert client.get("/statistics?lang=en").status_code == 200
    assert ">1</b>" in page
    assert '<tr><th scope="row"><bdi>May 2026</bdi></th>' in page
    assert "<bdi>Apr 2026</bdi>" not in page, "a row of noughts, before anything was given"
    assert "<bdi>Jun 2026</bdi>" not in client.get("/statistics?year=2026").text, "not yet"
    before = client.get("/statistics?year=2025").text
    assert "Nothing was given, found or taken in these months." in before
    assert "<figure>" not in before
    assert "<table" not in before
    for year in ("0", "1999", "2027", "99999999", "２０２６", "-1", "x", "2026.0"):
        assert client.get("/statistics", query_string={"year": year}).status_code == 400, year


def test_an_institution_shows_what_it_gave_and_nothing_else(
    house: House, app: Flask, client: FlaskClient
) -> None:
    shown = house.bring_to("published", title={"en": "A public thing"})
    hidden = [
        house.bring_to(state, content=state.encode(), title={"en": f"Secret {state}"})
        for state in ("draft", "submitted", "withdrawn", "declined")
    ]
    for number in range(20):
        house.bring_to("published", content=b"%d" % number)
    page = client.get("/institutions/lanzhou").text
    second = client.get("/institutions/lanzhou?page=2").text
    assert "21 resources" in page
    assert (f"/resources/{shown}" in page) is not (f"/resources/{shown}" in second)
    for text in (page, second, client.get("/institutions").text):
        assert "Secret" not in text
        assert not [rid for rid in hidden if rid in text]
    for path in (
        "/institutions/patras",
        "/institutions/nowhere",
        "/institutions/patras/statistics",
    ):
        assert client.get(path).status_code == 404
    assert client.get("/institutions/lanzhou?page=0").status_code == 400
    own = {"Authorization": f"Bearer {house.tokens['partner']}"}
    empty = app.test_client().get("/institutions/muscat", headers=own)
    assert (empty.status_code, "Nothing is published yet" in empty.text) == (200, True)


def test_columns_stand_on_the_ground_and_what_is_there_is_seen() -> None:
    assert columns([]) == columns([0, 0]) == ()
    bars = columns([0, 1, 1000])
    assert [(bar.x, bar.y + bar.height) for bar in bars] == [
        (WIDTH / 3, HEIGHT),
        (WIDTH * 2 / 3, HEIGHT),
    ]
    assert bars[0].height > 1
    assert bars[1].height == HEIGHT
    assert (share(0, 5), share(5, 5)) == (0.0, 100.0)
