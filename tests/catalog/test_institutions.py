"""Institutions, agreements and people: dates to the day, names in many languages, closed accounts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from catalog import agreements, clock, institutions, people
from catalog.errors import Conflict, Invalid, NotFound, NotPermitted

DAY = date(2026, 11, 24)


def partners(house: Any, day: date, who: str = "stranger") -> frozenset[str]:
    """With whom the house of `who` shares on a day, a minute before its end in UTC."""
    moment = datetime(day.year, day.month, day.day, 23, 59, tzinfo=UTC)
    with clock.at(moment), house.services.database.reading() as session:
        actor = people.actor_of(session, house.actors[who].person_id)
    assert actor is not None
    return actor.partners


def add(house: Any, **values: Any) -> None:
    with house.services.database.unit_of_work() as session:
        agreements.add(
            session,
            by=None,
            agreement_id=values.pop("agreement_id", "a-1"),
            parties=values.pop("parties", ("lanzhou", "muscat")),
            **values,
        )


@pytest.mark.parametrize(
    ("starts", "ends", "before", "within", "after"),
    [
        (DAY, DAY, False, True, False),
        (DAY, None, False, True, True),
        (None, DAY, True, True, False),
        (None, None, True, True, True),
        (DAY - timedelta(days=1), DAY + timedelta(days=1), True, True, True),
    ],
)
def test_an_agreement_holds_on_its_first_and_on_its_last_day(
    house: Any, starts: date | None, ends: date | None, before: bool, within: bool, after: bool
) -> None:
    add(house, starts=starts, ends=ends)
    day = timedelta(days=1)
    found = [("lanzhou" in partners(house, each)) for each in (DAY - day, DAY, DAY + day)]
    assert found == [before, within, after]
    assert partners(house, DAY) >= {"muscat"}
    assert partners(house, DAY, "admin") == frozenset()


def test_an_agreement_of_three_is_between_each_two_and_with_nobody_else(house: Any) -> None:
    add(house, parties=("lanzhou", "muscat", "patras"))
    assert partners(house, DAY) == {"lanzhou", "muscat", "patras"}
    with house.services.database.unit_of_work() as session:
        agreements.remove(session, by=house.actors["admin"], agreement_id="a-1")
    assert partners(house, DAY) == {"muscat"}


@pytest.mark.parametrize(
    "values",
    [
        {"parties": ("lanzhou",)},
        {"parties": ("lanzhou", "lanzhou")},
        {"parties": ("lanzhou", "nowhere")},
        {"agreement_id": "A B"},
        {"starts": DAY, "ends": DAY - timedelta(days=1)},
    ],
)
def test_an_agreement_that_cannot_be_is_refused(house: Any, values: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        add(house, **values)


def test_an_agreement_is_made_once_and_by_the_site_s_admin(house: Any) -> None:
    add(house)
    with pytest.raises(Conflict):
        add(house)
    for who in ("house_admin", "curator", "contributor"):
        with pytest.raises(NotPermitted), house.services.database.unit_of_work() as session:
            agreements.add(
                session, by=house.actors[who], agreement_id="x", parties=("lanzhou", "patras")
            )


def test_an_institution_has_names_in_many_languages_and_an_id_for_good(house: Any) -> None:
    names = {"ar": "متحف", "zh": "馆", "uz-Cyrl": "Музей", "en": "  House  "}
    with house.services.database.unit_of_work() as session:
        institutions.add(session, by=None, institution_id="tas", names=names, country="uz")
    with house.services.database.reading() as session:
        found = institutions.institution(session, "tas")
        assert (found.country, dict(found.names)) == ("UZ", {**names, "en": "House"})
        with pytest.raises(NotFound):
            institutions.institution(session, "nowhere")
    with pytest.raises(Conflict), house.services.database.unit_of_work() as session:
        institutions.add(session, by=None, institution_id="tas", names=names, country="UZ")


def test_an_institution_on_which_something_hangs_stays(house: Any) -> None:
    house.give()
    add(house, parties=("muscat", "patras"))
    for place in ("lanzhou", "muscat", "patras"):
        with pytest.raises(Conflict, match="in_use"), house.services.database.unit_of_work() as s:
            institutions.remove(s, by=house.actors["admin"], institution_id=place)


def test_a_closed_account_is_nobody_and_all_its_sessions_end(house: Any) -> None:
    curator = house.actors["curator"]
    with house.services.database.unit_of_work() as session:
        found = people.person_by_email(session, " CURATOR@example.org ")
        assert found is not None
        assert people.password_holds(found, "correct horse battery")
        found.active = False
        session.flush()
        assert not people.password_holds(found, "correct horse battery")
        assert people.actor_of(session, curator.person_id) is None


def test_a_new_password_and_signing_out_everywhere_end_sessions(house: Any) -> None:
    epochs = []
    for verb in (
        lambda session, by: people.change_password(
            session, by=by, current="correct horse battery", new="another long password"
        ),
        lambda session, by: people.sign_out_everywhere(session, by=by),
    ):
        with house.services.database.unit_of_work() as session:
            verb(session, house.actors["curator"])
        with house.services.database.reading() as session:
            actor = people.actor_of(session, house.actors["curator"].person_id)
        assert actor is not None
        epochs.append(actor.session_epoch)
    assert house.actors["curator"].session_epoch < epochs[0] < epochs[1]
    with pytest.raises(Invalid), house.services.database.unit_of_work() as session:
        people.change_password(
            session, by=house.actors["curator"], current="wrong", new="another long password"
        )
