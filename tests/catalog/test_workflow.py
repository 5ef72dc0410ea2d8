"""The workflow, walked at random: what the catalogue allows is what the table of steps says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from hypothesis.stateful import run_state_machine_as_test as walk
from sqlalchemy import select

from catalog import clock, ledger, reviews, workflow
from catalog.errors import CatalogError
from catalog.resources import versions
from catalog.states import OPEN_STATES, State
from catalog.tables.resource import Resource, Version
from catalog.tables.review import Review

STEPS = {(step.before, step.action): step.after for step in workflow.TRANSITIONS}
CURATORS = st.sampled_from(["curator", "second_curator"])


def machine_over(house: Any) -> type[RuleBasedStateMachine]:  # noqa: C901 - a machine of many small rules
    database, actors = house.services.database, house.actors

    class Walk(RuleBasedStateMachine):
        """One resource in the hands of its giver and of two curators; the model beside it."""

        @initialize()
        def give(self) -> None:
            self.moment = clock.now()
            self.rid = house.give()
            self.state = State.DRAFT
            self.number = 1
            self.published: int | None = None
            self.withdrawn = False
            self.holder: str | None = None

        def attempt(self, allowed: bool, work: Any, after: State | None = None) -> bool:
            """Do it; it must work exactly when the model says so."""
            refused = ""
            try:
                with clock.at(self.moment), database.unit_of_work() as session:
                    work(session)
            except CatalogError as error:
                refused = error.code
            assert (not refused) == allowed, (refused, self.state)
            if allowed and after is not None:
                self.state = after
            return allowed

        def follows(self, action: str) -> State | None:
            return None if self.withdrawn else STEPS.get((self.state, action))

        @rule()
        def submit(self) -> None:
            after = self.follows("submit")
            work = lambda session: reviews.submit(  # noqa: E731
                session, by=actors["contributor"], resource_id=self.rid
            )
            self.attempt(after is not None, work, after)

        @rule()
        def take_back(self) -> None:
            after = self.follows("take_back")
            work = lambda session: reviews.take_back(  # noqa: E731
                session, by=actors["contributor"], resource_id=self.rid
            )
            self.attempt(after is not None, work, after)

        @rule(who=CURATORS)
        def claim(self, who: str) -> None:
            again = self.holder == who and not self.withdrawn
            after = self.follows("claim")
            work = lambda session: reviews.claim(  # noqa: E731
                session, by=actors[who], resource_id=self.rid
            )
            if self.attempt(again or after is not None, work, after):
                self.holder = who

        @rule(who=CURATORS)
        def give_back(self, who: str) -> None:
            after = self.follows("give_back")
            work = lambda session: reviews.give_back(  # noqa: E731
                session, by=actors[who], resource_id=self.rid
            )
            if self.attempt(after is not None and self.holder == who, work, after):
                self.holder = None

        @rule(
            who=CURATORS,
            decision=st.sampled_from(reviews.DECISIONS),
            note=st.sampled_from(["", "  ", "As it is."]),
        )
        def decide(self, who: str, decision: str, note: str) -> None:
            after = self.follows(decision)
            needs = {step.action for step in workflow.TRANSITIONS if step.needs_note}
            allowed = self.holder == who and after is not None
            allowed = allowed and (decision not in needs or bool(note.strip()))
            work = lambda session: reviews.decide(  # noqa: E731
                session, by=actors[who], resource_id=self.rid, decision=decision, note=note
            )
            if self.attempt(allowed, work, after):
                self.holder = None
                if decision == "publish":
                    self.published = self.number

        @rule()
        def open_version(self) -> None:
            allowed = (
                not self.withdrawn and self.published is not None and self.state not in OPEN_STATES
            )
            work = lambda session: versions.open_version(  # noqa: E731
                session, by=actors["contributor"], resource_id=self.rid
            )
            if self.attempt(allowed, work, State.DRAFT):
                self.number += 1

        @rule(reason=st.sampled_from(["", "It leaks."]), sure=st.integers(0, 9))
        def withdraw(self, reason: str, sure: int) -> None:
            if sure:  # seldom, since it ends the walk
                return
            allowed = not self.withdrawn and self.published is not None and bool(reason)
            work = lambda session: versions.withdraw(  # noqa: E731
                session, by=actors["curator"], resource_id=self.rid, reason=reason
            )
            if self.attempt(allowed, work):
                self.withdrawn = True
                if self.published == self.number:
                    self.state = State.WITHDRAWN

        @rule(days=st.sampled_from([1, 8]))
        def wait(self, days: int) -> None:
            self.moment += timedelta(days=days)
            with clock.at(self.moment), database.unit_of_work() as session:
                reviews.lapse_old_claims(session)
            with database.reading() as session:
                left = self.open_review(session)
            if left is None and self.holder is not None:
                assert days == 8 or self.state == State.IN_REVIEW
                self.holder, self.state = None, State.SUBMITTED
            elif left is not None:
                assert left.lapses_at > self.moment

        def open_review(self, session: Any) -> Review | None:
            return session.scalar(
                select(Review)
                .join(Version, Version.id == Review.version_id)
                .where(Version.resource_id == self.rid, Review.ended_at.is_(None))
            )

        @invariant()
        def the_catalogue_stands_as_the_model(self) -> None:
            with database.reading() as session:
                resource = session.get_one(Resource, self.rid)
                rows = session.scalars(
                    select(Version).where(Version.resource_id == self.rid).order_by(Version.number)
                ).all()
                review = self.open_review(session)
            assert [row.number for row in rows] == list(range(1, self.number + 1))
            assert rows[-1].state == self.state
            assert sum(row.state in OPEN_STATES for row in rows) <= 1
            assert resource.published_number == self.published
            assert (resource.withdrawn_at is not None) == self.withdrawn
            public = [row.number for row in rows if row.state == State.PUBLISHED]
            assert public == ([] if self.withdrawn or self.published is None else [self.published])
            assert (review is not None) == (self.holder is not None)
            if review is not None:
                assert review.curator_id == actors[self.holder].person_id

        def teardown(self) -> None:
            with database.reading() as session:
                assert [
                    each for each in ledger.prove(session) if each.resource_id == self.rid
                ] == []

    return Walk


def test_no_walk_leaves_the_table(house: Any) -> None:
    walk(
        machine_over(house),
        settings=settings(
            max_examples=12,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
