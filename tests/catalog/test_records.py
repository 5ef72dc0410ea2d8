"""The tables, the migrations, the log, the workflow: what must hold of the records."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from catalog import clock, ledger, people, reviews, roles, vocabulary, workflow
from catalog.errors import Conflict, Invalid, InvalidTransition
from catalog.events import lines_of, record
from catalog.resources.fields import clean
from catalog.resources.values import merge_patch
from catalog.states import State
from config.subjects import load_concepts


def test_a_note_can_be_forgotten_and_the_chain_still_proves(house: Any) -> None:
    rid = house.bring_to("declined")
    with house.services.database.unit_of_work() as session:
        session.execute(text("DELETE FROM event_note"))
    with house.services.database.reading() as session:
        assert list(ledger.prove(session)) == []
        assert {line.note for line in lines_of(session, rid)} == {None}


def test_the_workflow_takes_no_step_that_is_not_in_its_table() -> None:
    steps = {(step.before, step.action) for step in workflow.TRANSITIONS}
    assert len(steps) == len(workflow.TRANSITIONS)
    for state in State:
        for action in {step.action for step in workflow.TRANSITIONS}:
            if (state, action) not in steps:
                with pytest.raises(InvalidTransition):
                    workflow.transition(state, action)


def test_a_claim_lapses_after_seven_days(house: Any) -> None:
    rid = house.bring_to("in_review")
    later = clock.now() + timedelta(days=7, minutes=1)
    with clock.at(later), house.services.database.unit_of_work() as session:
        assert reviews.lapse_old_claims(session) == 1
        reviews.claim(session, by=house.actors["second_curator"], resource_id=rid)


@pytest.mark.parametrize("how", ["role", "account"])
def test_a_claim_of_who_judges_no_more_is_put_back(house: Any, how: str) -> None:
    rid = house.bring_to("in_review")
    curator, admin = house.actors["curator"], house.actors["admin"]
    with house.services.database.unit_of_work() as session:
        assert reviews.lapse_old_claims(session) == 0
        if how == "role":
            roles.take(session, by=admin, person_id=curator.person_id, role="curator")
        else:
            people.change(session, by=admin, person_id=curator.person_id, active=False)
        assert reviews.lapse_old_claims(session) == 1
        reviews.claim(session, by=house.actors["second_curator"], resource_id=rid)


def test_what_must_be_unique_is_a_conflict_and_not_a_crash(house: Any) -> None:
    database = house.services.database
    with pytest.raises(Conflict, match="role_held"), database.unit_of_work() as session:
        people.add_person(
            session,
            by=None,
            email="CURATOR@example.org",
            name="x",
            role="curator",
        )


def test_a_password_is_kept_as_a_hash_and_a_short_one_refused(house: Any) -> None:
    with house.services.database.unit_of_work() as session:
        person = people.person_by_email(session, "curator@example.org")
        assert person is not None
        assert str(person.password_hash).startswith("$argon2id$")
        with pytest.raises(Invalid):
            people.set_password(session, person, "short")


def test_the_vocabulary_is_loaded_and_found_by_any_label(house: Any) -> None:
    with house.services.database.reading() as session:
        find = vocabulary.subject_finder(session)
        for concept in load_concepts():
            assert find(concept.id) == concept.id
        assert find("  МАГНЕТИЗМ ") == "magnetism"
        assert find("no such thing") is None


def test_an_event_names_the_one_before_it(house: Any) -> None:
    with house.services.database.unit_of_work() as session:
        first = record(session, resource_id="r", by="p", action="create", note="a")
        second = record(session, resource_id="r", by="p", action="submit")
    assert (first.seq, second.seq) == (1, 2)
    assert first.hash != second.hash
    assert len(second.hash) == len(hashlib.sha256().hexdigest())


JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(JSON, JSON)
def test_a_merge_patch_leaves_no_null_and_is_idempotent(target: Any, patch: Any) -> None:
    merged = merge_patch(target, patch)
    assert merge_patch(merged, patch) == merged


@given(st.text())
def test_cleaning_a_text_twice_is_cleaning_it_once(words: str) -> None:
    assert clean(clean(words)) == clean(words)
    assert not any(ord(sign) < 32 for sign in clean(words))
