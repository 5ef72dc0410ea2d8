"""The desk below the pages: the queue by key, threads of notes, checklists and their ticks, twins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event

from catalog import checklists, clock, notes, queue, reviews, ticks, twins
from catalog.errors import Conflict, Invalid, NotFound, NotPermitted
from catalog.resources import reading
from tests.factories.house import House, build_house

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalog.resources.views import ResourceView

START = datetime(2026, 11, 1, 8, tzinfo=UTC)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    built = build_house(tmp_path_factory.mktemp("desk"))
    yield built
    built.services.close()


def view_of(house: House, rid: str, who: str = "curator") -> ResourceView:
    with house.services.database.reading() as session:
        return reading.working_version(session, house.actors[who], rid)


def claimed(house: House, **changes: Any) -> str:
    rid = house.bring_to("submitted", **changes)
    with house.services.database.unit_of_work() as session:
        reviews.claim(session, by=house.actors["curator"], resource_id=rid)
    return rid


def test_the_queue_is_read_forth_and_back_by_key_and_around_one(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = build_house(tmp_path_factory.mktemp("queue"))
    ids = []
    for number in range(23):
        moment = START + timedelta(minutes=number // 3)  # some at the same moment: the id decides
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        ids.append(house.bring_to("submitted", content=b"%d" % number))
    monkeypatch.undo()
    by = house.actors["curator"]
    with house.services.database.reading() as session:
        _total, whole = queue.waiting(session, by=by, per_page=100)
        first = queue.stretch(session, by=by, most=10)
        second = queue.stretch(session, by=by, after=first.entries[-1].key, most=10)
        third = queue.stretch(session, by=by, after=second.entries[-1].key, most=10)
        back = queue.stretch(session, by=by, before=third.entries[0].key, most=10)
        near = queue.around(session, by=by, key=whole[15].key, most=6)
        begin = queue.around(session, by=by, key=whole[1].key, most=6)
    order = [entry.id for entry in whole]
    assert set(order) == set(ids)
    assert [each.id for part in (first, second, third) for each in part.entries] == order
    assert back.entries == second.entries
    assert [(each.before, each.after) for each in (first, second, third, back)] == [
        (False, True),
        (True, True),
        (True, False),
        (True, True),
    ]
    assert (first.total, first.oldest) == (23, START)
    assert [entry.id for entry in near.entries] == order[13:19]
    assert [entry.id for entry in begin.entries] == order[:6]
    assert (near.before, begin.before) == (True, False)
    house.services.close()


def test_a_page_of_the_queue_is_a_stretch_of_its_index(house: House) -> None:
    house.bring_to("submitted", content=b"plan")
    by, engine = house.actors["curator"], house.services.database.engine
    asked: list[tuple[str, Any]] = []

    def heard(_c: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        asked.append((statement, values))

    event.listen(engine, "before_cursor_execute", heard)
    with house.services.database.reading() as session:
        queue.stretch(session, by=by, after=(START, "x"), most=10)
        assert len(asked) <= 5
        queue.stretch(session, by=by, before=(clock.now(), "x"), most=10)
    event.remove(engine, "before_cursor_execute", heard)
    plans = []
    with house.services.database.reading() as session:
        connection = session.connection()
        for statement, values in asked:
            if "FROM version JOIN" in statement:
                rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
                plans.append(" / ".join(str(row[3]) for row in rows))
    assert len(plans) == 4
    for plan in plans:
        assert plan.count("ix_version_state_submitted_at") == 2
        assert "SCAN version" not in plan


def test_a_note_is_answered_by_the_giver_settled_by_a_curator_and_opened_again(
    house: House,
) -> None:
    rid = claimed(house, content=b"thread")
    curator, giver = house.actors["curator"], house.actors["contributor"]
    view = view_of(house, rid)
    with house.services.database.unit_of_work() as session:
        asked = notes.leave(session, by=curator, view=view, text="Whose hands are these?")
        answer = notes.leave(session, by=giver, view=view, text="They signed.", answers=asked.id)
        assert (answer.answers, answer.anchor) == (asked.id, None)
        done = notes.settle(session, by=curator, view=view, note_id=asked.id, settled=True)
        assert done.settled_by == curator.person_id
        again = notes.settle(
            session,
            by=house.actors["second_curator"],
            view=view,
            note_id=asked.id,
            settled=True,
        )
        assert again.settled_by == curator.person_id
        opened = notes.settle(session, by=curator, view=view, note_id=asked.id, settled=False)
        assert (opened.settled_at, opened.settled_by) == (None, None)
        with pytest.raises(NotPermitted):
            notes.settle(session, by=giver, view=view, note_id=asked.id, settled=True)
        for wrong in (answer.id, "nothing"):
            with pytest.raises(Invalid):
                notes.leave(session, by=giver, view=view, text="More", answers=wrong)
            with pytest.raises(NotFound):
                notes.settle(session, by=curator, view=view, note_id=wrong, settled=True)
        with pytest.raises(Invalid):
            notes.leave(
                session,
                by=giver,
                view=view,
                text="More",
                answers=asked.id,
                anchor={"field": "title"},
            )


def test_a_note_among_curators_is_not_the_givers_to_read_or_answer(house: House) -> None:
    rid = claimed(house, content=b"private")
    view, giver = view_of(house, rid), house.actors["contributor"]
    with house.services.database.unit_of_work() as session:
        kept = notes.leave(
            session, by=house.actors["curator"], view=view, text="Ask Ana.", private=True
        )
        below = notes.leave(
            session, by=house.actors["second_curator"], view=view, text="I did.", answers=kept.id
        )
        assert below.private
        assert len(notes.notes_of(session, by=house.actors["second_curator"], view=view)) == 2
        assert notes.notes_of(session, by=giver, view=view) == ()
        with pytest.raises(Invalid):
            notes.leave(session, by=giver, view=view, text="?", answers=kept.id)
        with pytest.raises(NotPermitted):
            notes.leave(session, by=giver, view=view, text="?", private=True)


def test_a_curator_who_gave_it_reads_it_as_its_giver(house: House) -> None:
    rid = house.bring_to("submitted", by="second_curator", content=b"own")
    view, owner = view_of(house, rid), house.actors["second_curator"]
    with house.services.database.unit_of_work() as session:
        notes.leave(session, by=house.actors["curator"], view=view, text="Hm.", private=True)
        assert notes.notes_of(session, by=owner, view=view) == ()


def test_ticks_are_of_one_review_and_of_points_that_are_asked(house: House) -> None:
    rid = claimed(house, content=b"ticks")
    curator, admin = house.actors["curator"], house.actors["admin"]
    with house.services.database.unit_of_work() as session:
        mine = checklists.add(session, by=admin, wording={"en": "It floats"}, kinds=["film"])
        other = checklists.add(session, by=admin, wording={"en": "It stands"}, kinds=["exhibit"])
        ticks.tick(session, by=curator, resource_id=rid, points=["science", mine])
        ticks.tick(session, by=curator, resource_id=rid, points=[mine])
        with pytest.raises(Invalid):
            ticks.tick(session, by=curator, resource_id=rid, points=[other])
        with pytest.raises(Conflict):
            ticks.tick(session, by=house.actors["second_curator"], resource_id=rid, points=[])
        with pytest.raises(NotPermitted):
            ticks.tick(session, by=house.actors["contributor"], resource_id=rid, points=[])
        looked = ticks.checklist_of(session, by=curator, view=view_of(house, rid))
        assert [each.point.id for each in looked if each.ticked] == [mine]
        assert other not in {each.point.id for each in looked}
        reviews.give_back(session, by=curator, resource_id=rid)
        with pytest.raises(Conflict):
            ticks.tick(session, by=curator, resource_id=rid, points=[mine])
        reviews.claim(session, by=curator, resource_id=rid)
        looked = ticks.checklist_of(session, by=curator, view=view_of(house, rid))
        assert not any(each.ticked for each in looked)


def test_a_point_is_worded_moved_retired_and_brought_back_by_an_admin_alone(house: House) -> None:
    admin = house.actors["admin"]
    with house.services.database.unit_of_work() as session:
        for who in ("curator", "house_admin", "contributor"):
            with pytest.raises(NotPermitted):
                checklists.add(session, by=house.actors[who], wording={"en": "A"})
        made = checklists.add(session, by=admin, wording={"en": " It  rings ", "zh": "响"})
        assert checklists.point(session, by=admin, point_id=made).wording["en"] == "It rings"
        order = [each.id for each in checklists.points(session)]
        checklists.move_up(session, by=admin, point_id=made)
        moved = [each.id for each in checklists.points(session)]
        assert moved == [*order[:-2], made, order[-2]]
        checklists.move_up(session, by=admin, point_id=moved[0])
        assert [each.id for each in checklists.points(session)] == moved
        checklists.change(session, by=admin, point_id=made, retired=True)
        assert made not in {each.id for each in checklists.points(session, kind="film")}
        checklists.load(session)
        assert checklists.point(session, by=admin, point_id=made).retired
        checklists.change(session, by=admin, point_id=made, retired=False, kinds=["activity"])
        assert made in {each.id for each in checklists.points(session, kind="activity")}
        for wrong in ({"wording": {"en": ""}}, {"wording": {"english": "x"}}, {"kinds": ["boat"]}):
            with pytest.raises(Invalid):
                checklists.change(session, by=admin, point_id=made, **wrong)  # type: ignore[arg-type]
        checklists.change(session, by=admin, point_id="science", wording={"en": ""})
        with pytest.raises(NotFound):
            checklists.change(session, by=admin, point_id="nothing", retired=True)


def test_the_same_bytes_given_twice_are_told_and_drafts_of_others_are_not(house: House) -> None:
    first = house.bring_to("published", content=b"twin", title={"en": "The first"})
    house.bring_to("draft", content=b"twin")
    rid = house.bring_to("submitted", content=b"twin")
    with house.services.database.reading() as session:
        found = twins.twins_of(session, by=house.actors["curator"], view=view_of(house, rid))
        alone = view_of(house, house.bring_to("submitted", content=b"alone"))
        assert twins.twins_of(session, by=house.actors["curator"], view=alone) == ()
    assert [each.id for each in found] == [first]
    assert found[0].title.values == {"en": "The first"}


def test_a_version_that_comes_back_is_in_its_second_round(house: House) -> None:
    rid = house.bring_to("changes_asked", content=b"rounds")
    with house.services.database.unit_of_work() as session:
        reviews.submit(session, by=house.actors["contributor"], resource_id=rid)
        assert reviews.rounds_of(session, view_of(house, rid).version_id).number == 2
