"""The log proves itself: what is changed, cut, moved or put in is found, and people can be forgotten."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from catalog import ledger
from catalog.events import lines_of

TRIGGERS = {
    "sqlite": ("DROP TRIGGER event_no_update", "DROP TRIGGER event_no_delete"),
    "postgres": ("DROP TRIGGER event_append_only ON event",),
}
TAMPERING = {
    "an action is another": (["UPDATE event SET action = 'decline' WHERE seq = 2"], "changed_line"),
    "an actor is another": (["UPDATE event SET actor = 'x' WHERE seq = 2"], "changed_line"),
    "nobody did it": (["UPDATE event SET actor = NULL WHERE seq = 2"], "changed_line"),
    "a time is another": (
        ["UPDATE event SET at = '2020-01-01 00:00:00' WHERE seq = 2"],
        "changed_line",
    ),
    "a line is gone": (["DELETE FROM event WHERE seq = 2"], "gap"),
    "the first line is gone": (["DELETE FROM event WHERE seq = 1"], "gap"),
    "the end is cut": (["DELETE FROM event WHERE seq = (SELECT max(seq) FROM event)"], "cut"),
    "all is gone": (["DELETE FROM event"], "cut"),
    "two lines changed places": (
        [
            "UPDATE event SET seq = 99 WHERE seq = 2",
            "UPDATE event SET seq = 2 WHERE seq = 3",
            "UPDATE event SET seq = 3 WHERE seq = 99",
        ],
        "broken_chain",
    ),
    "a line was put in at the end": (
        [
            (
                "INSERT INTO event (resource_id, seq, at, actor, action, previous_hash, hash)"
                " SELECT resource_id, 99, at, actor, action, previous_hash, hash"
                " FROM event WHERE seq = 2"
            )
        ],
        "gap",
    ),
    "a note is another": (["UPDATE event_note SET text = 'other'"], "changed_note"),
    "a head is gone": (["DELETE FROM ledger_head"], "lost_head"),
    "a chain and its head are gone": (
        ["DELETE FROM event", "DELETE FROM ledger_head"],
        "no_log",
    ),
}


@pytest.fixture
def rid(house: Any) -> str:
    found: str = house.bring_to("published")
    return found


def test_a_whole_log_proves(house: Any, rid: str) -> None:
    with house.services.database.reading() as session:
        assert list(ledger.prove(session)) == []
        lines = lines_of(session, rid)
    assert [line.seq for line in lines] == list(range(1, len(lines) + 1))
    assert [line.action for line in lines][-3:] == ["submit", "claim", "publish"]


def test_every_tampering_is_found(house: Any, databases: Any, rid: str) -> None:
    """Each in a reading whose changes are dropped, after the triggers were taken away."""
    for what, (statements, code) in TAMPERING.items():
        with house.services.database.reading() as session:
            for statement in (*TRIGGERS[databases.name], *statements):
                session.execute(text(statement))
            found = {each.code for each in ledger.prove(session) if each.resource_id == rid}
        assert code in found, what
    with house.services.database.reading() as session:
        assert list(ledger.prove(session)) == []


def test_a_person_is_forgotten_and_the_chain_still_proves(house: Any, rid: str) -> None:
    """Name, address and words go; what was done, and when, stays by an id that names nobody."""
    person = house.actors["curator"].person_id
    with house.services.database.unit_of_work() as session:
        session.execute(
            text("UPDATE person SET email = :id, name = '', password_hash = NULL WHERE id = :id"),
            {"id": person},
        )
        session.execute(text("DELETE FROM event_note"))
    with house.services.database.reading() as session:
        assert list(ledger.prove(session)) == []
        lines = lines_of(session, rid)
    assert {line.note for line in lines} == {None}
    assert person in {line.actor for line in lines}
