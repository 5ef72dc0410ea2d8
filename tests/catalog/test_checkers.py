"""Who stands for what a machine had written: kept with the words, told to those who may change them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, select, update

from catalog import reviews
from catalog.errors import NotFound, NotPermitted
from catalog.policy.actor import Actor
from catalog.resources import checkers, drafts, reading, versions
from catalog.states import Origin
from catalog.tables.people import Person, RoleHeld, Token
from catalog.tables.text import Text

if TYPE_CHECKING:
    from tests.factories.house import House

TITLE = frozenset({("title", "zh")})


def by_machine(house: House, rid: str, *fields: str) -> None:
    """Let a machine have written the Chinese texts of a draft: nothing of the program does so yet."""
    with house.services.database.unit_of_work() as session:
        _resource, version = drafts.latest(session, rid)
        found = update(Text).where(Text.version_id == version.id, Text.language == "zh")
        session.execute(found.where(Text.field.in_(fields)).values(origin=Origin.MACHINE))


def edited(house: House, rid: str, by: str, patch: dict[str, Any], **more: Any) -> None:
    with house.services.database.unit_of_work() as session:
        drafts.edit(session, by=house.actors[by], resource_id=rid, patch=patch, **more)


def told(house: House, rid: str, actor: Actor | None = None) -> dict[tuple[str, str], str]:
    """Return the names of who has checked what, as the contributor may know them."""
    with house.services.database.reading() as session:
        view = reading.working_version(session, house.actors["contributor"], rid)
        by = actor or house.actors["contributor"]
        found = checkers.checkers(session, by=by, view=view)
    return {place: who.name for place, who in found.items()}


def origin_of(house: House, rid: str, field: str = "title") -> str | None:
    with house.services.database.reading() as session:
        view = reading.working_version(session, house.actors["contributor"], rid)
    return getattr(view, field).origins.get("zh")


def test_who_says_that_it_is_right_stands_for_it_as_long_as_the_words_stay(house: House) -> None:
    rid = house.give(summary={"en": "A needle", "zh": "针"})
    by_machine(house, rid, "title", "summary")
    assert told(house, rid) == {}
    edited(house, rid, "colleague", {}, checked=TITLE | {("title", "en"), ("summary", "fr")})
    assert told(house, rid) == {("title", "zh"): "colleague"}
    assert (origin_of(house, rid), origin_of(house, rid, "summary")) == ("human", "machine")
    # Somebody else keeps the draft, says it again, and changes other words: it stays as it is.
    edited(house, rid, "contributor", {"credit": "Lin", "title": {"en": "Other"}}, checked=TITLE)
    assert told(house, rid) == {("title", "zh"): "colleague"}


def test_who_changes_a_machine_s_words_stands_for_them_and_so_does_who_changes_them_on(
    house: House,
) -> None:
    rid = house.give()
    by_machine(house, rid, "title")
    edited(house, rid, "contributor", {"title": {"zh": "磁铁会"}})
    assert (told(house, rid), origin_of(house, rid)) == ({("title", "zh"): "contributor"}, "human")
    # A page keeps itself while one types: half a sentence is followed by the whole one.
    edited(house, rid, "contributor", {"title": {"zh": "磁铁会漂浮"}})
    assert told(house, rid) == {("title", "zh"): "contributor"}
    edited(house, rid, "colleague", {"title": {"zh": "磁铁漂浮"}})
    assert told(house, rid) == {("title", "zh"): "colleague"}
    # Taken out and written anew it is a person's own.
    edited(house, rid, "colleague", {"title": {"zh": None}})
    edited(house, rid, "colleague", {"title": {"zh": "磁铁漂浮"}})
    assert told(house, rid) == {}


def test_what_was_never_a_machine_s_needs_no_mark_and_an_import_puts_none(house: House) -> None:
    rid = house.give()
    edited(house, rid, "contributor", {"title": {"zh": "磁"}}, checked=TITLE)
    edited(house, rid, "colleague", {"title": {"zh": "磁铁会"}}, checked=TITLE)
    assert told(house, rid) == {}
    by_machine(house, rid, "title")
    payload = {"kind": "film", "title": {"en": "Magnets float", "zh": "新"}, "language": "en"}
    with house.services.database.unit_of_work() as session:
        drafts.replace(session, by=house.actors["admin"], resource_id=rid, payload=payload)
    assert (told(house, rid), origin_of(house, rid)) == ({}, "human")


def test_words_are_no_title_that_a_machine_wrote(house: House) -> None:
    rid = house.give(keywords={"zh": ["磁铁", "针"]})
    by_machine(house, rid, "keyword")
    edited(house, rid, "contributor", {"keywords": {"zh": ["磁铁", "北"]}})
    asked = select(Text.value, Text.origin, Text.checked_by).where(Text.field == "keyword")
    with house.services.database.reading() as session:
        rows = session.execute(asked.order_by(Text.position)).tuples().all()
    assert list(rows) == [("磁铁", "machine", None), ("北", "human", None)]


def test_the_next_version_says_it_too_and_a_name_follows_its_account(house: House) -> None:
    rid = house.give()
    by_machine(house, rid, "title")
    edited(house, rid, "colleague", {}, checked=TITLE)
    by, curator = house.actors["contributor"], house.actors["curator"]
    with house.services.database.unit_of_work() as session:
        reviews.submit(session, by=by, resource_id=rid)
    with house.services.database.unit_of_work() as session:
        reviews.claim(session, by=curator, resource_id=rid)
    with house.services.database.unit_of_work() as session:
        reviews.decide(session, by=curator, resource_id=rid, decision="publish", note="")
    with house.services.database.unit_of_work() as session:
        versions.open_version(session, by=by, resource_id=rid)
    assert told(house, rid) == {("title", "zh"): "colleague"}
    gone = house.actors["colleague"].person_id
    with house.services.database.unit_of_work() as session:
        session.execute(update(Person).where(Person.id == gone).values(name="Lin Yue"))
    assert told(house, rid) == {("title", "zh"): "Lin Yue"}
    # The words stay, and that they were checked, when the account is no more.
    with house.services.database.unit_of_work() as session:
        for table in (Token, RoleHeld):
            session.execute(delete(table).where(table.person_id == gone))
        session.execute(delete(Person).where(Person.id == gone))
    assert told(house, rid) == {("title", "zh"): ""}
    assert origin_of(house, rid) == "human"


def test_nobody_learns_who_checked_a_text_but_those_who_may_change_it(house: House) -> None:
    draft, public = house.give(), house.bring_to("published", content=b"public")
    for rid in (draft, public):
        by_machine(house, rid, "title")
    edited(house, draft, "contributor", {}, checked=TITLE)
    outside = {None, "stranger", "partner", "curator"}
    for who in (*outside, "house_admin", "admin"):
        actor = house.actors[who] if who else Actor()
        with pytest.raises(NotFound if who in outside else NotPermitted):
            told(house, draft, actor)
        with pytest.raises(NotPermitted):
            told(house, public, actor)
    assert told(house, draft, house.actors["colleague"]) == {("title", "zh"): "contributor"}
