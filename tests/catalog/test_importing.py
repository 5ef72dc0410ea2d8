"""New resources brought in together: the same rows as one by one, in a dozen statements."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from catalog import events, importing, imports, ledger, reviews
from catalog.errors import Conflict, Invalid, NotPermitted
from catalog.importing import Newcomer
from catalog.jobs import JobKind
from catalog.policy.actor import Actor
from catalog.resources import drafts, reading
from catalog.resources.values import read_values
from catalog.states import JobState
from catalog.tables.job import Job
from catalog.tables.resource import Resource
from catalog.tables.text import Text
from catalog.vocabulary import subject_finder
from tests.factories.house import VALUES
from tests.portal.test_search import counted


def newcomers(house: Any, number: int, **changes: Any) -> list[Newcomer]:
    found = []
    with house.services.database.reading() as session:
        for each in range(number):
            payload = {**VALUES, "keywords": {"en": ["a", "b"]}, "source_id": f"s{each}", **changes}
            values = read_values(payload, subject_finder(session))
            found.append(Newcomer(values, imports.digest(payload, None)))
    return found


def bring_in(house: Any, new: list[Newcomer], **changes: Any) -> list[str]:
    told: dict[str, Any] = {
        "by": house.actors["curator"],
        "institution": "lanzhou",
        "newcomers": new,
        "publish": True,
        **changes,
    }
    with house.services.database.unit_of_work() as session:
        return importing.bring_in(session, **told)


def number_of(house: Any, table: Any) -> int:
    with house.services.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_hundred_are_written_by_as_few_statements_as_two(house: Any) -> None:
    few, many = newcomers(house, 2), newcomers(house, 102)[2:]
    with counted(house) as for_two:
        bring_in(house, few)
    with counted(house) as for_many:
        ids = bring_in(house, many)
    assert len(ids) == len(set(ids)) == 100
    assert len(for_two) <= 12
    # PostgreSQL takes the rows of a table in a few statements, by their number.
    assert len(for_many) <= 20


def test_they_are_what_each_by_itself_would_be(house: Any) -> None:
    curator = house.actors["curator"]
    (rid,) = bring_in(house, newcomers(house, 1))
    with house.services.database.unit_of_work() as session:
        payload = {**VALUES, "keywords": {"en": ["a", "b"]}, "source_id": "by-hand"}
        alone = drafts.create(
            session, by=curator, institution="lanzhou", payload=payload, importing=True
        )
        imports.note(session, alone, imports.digest(payload, None))
        reviews.publish_import(session, by=curator, resource_id=alone)
    with house.services.database.reading() as session:
        views, logs, texts, waiting = {}, {}, {}, {}
        for each in (rid, alone):
            view = reading.resource(session, curator, each)
            version = {"id", "source_id", "version_id", "created_at", "updated_at", "published_at"}
            views[each] = {name: value for name, value in vars(view).items() if name not in version}
            logs[each] = [
                (line.seq, line.actor, line.action) for line in events.lines_of(session, each)
            ]
            texts[each] = {
                (text.field, text.language, text.position, text.value, text.origin)
                for text in session.scalars(select(Text).where(Text.version_id == view.version_id))
            }
            waiting[each] = [
                (job.kind, job.state, job.priority)
                for job in session.scalars(select(Job).where(Job.subject == each))
            ]
        assert views[rid] == views[alone]
        assert views[rid]["state"] == "published"
        assert logs[rid] == logs[alone]
        assert texts[rid] == texts[alone]
        assert waiting[rid] == waiting[alone]
        assert waiting[rid][0][:2] == (JobKind.INDEX, JobState.READY)
        assert list(ledger.prove(session)) == []
        known = imports.known_among(session, "lanzhou", ["s0", "by-hand", "never"])
    assert {name: (each.resource_id, each.published) for name, each in known.items()} == {
        "s0": (rid, True),
        "by-hand": (alone, True),
    }


def test_words_that_a_copy_would_read_as_signs_stay_as_they_were_written(house: Any) -> None:
    words = ["a\tb", r"\N", r"\.", r"back\slash\t", '"{x,y}"', "%s", "a\nb"]
    told = dict(zip(("en", "ru", "ar", "zh", "el", "uz", "ms"), words, strict=True))
    (rid,) = bring_in(house, newcomers(house, 1, description=told, credit=r"\N"))
    with house.services.database.reading() as session:
        view = reading.resource(session, house.actors["curator"], rid)
    assert view.description.values == told
    assert view.credit == r"\N"


def test_without_publishing_they_are_drafts_that_search_does_not_hear_of(house: Any) -> None:
    (rid,) = bring_in(house, newcomers(house, 1), by=Actor(), publish=False)
    with house.services.database.reading() as session:
        view = reading.working_version(session, house.actors["admin"], rid)
        assert (view.state, view.index_revision, view.published_at) == ("draft", 0, None)
        assert [line.action for line in events.lines_of(session, rid)] == ["create"]
        assert session.scalar(select(Job.id).where(Job.subject == rid)) is None


def test_one_that_does_not_hold_leaves_none_of_them(house: Any) -> None:
    bring_in(house, newcomers(house, 1))
    before = number_of(house, Resource), number_of(house, Text), number_of(house, Job)
    new = newcomers(house, 3)
    with pytest.raises(Conflict):  # the source id is known by now
        bring_in(house, [new[1], new[0], new[2]])
    with pytest.raises(Conflict):
        bring_in(house, [new[1], new[1]])
    with pytest.raises(Invalid) as lacking:
        bring_in(house, [new[1], *newcomers(house, 1, source_id="x", licence=None)])
    assert [(fault.field, fault.code) for fault in lacking.value.faults] == [
        ("licence", "required")
    ]
    with pytest.raises(Invalid):
        bring_in(house, new[1:], institution="nowhere")
    with pytest.raises(NotPermitted):
        bring_in(house, new[1:], by=house.actors["contributor"])
    after = number_of(house, Resource), number_of(house, Text), number_of(house, Job)
    assert after == before
