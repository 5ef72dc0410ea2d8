"""The outbox: what enters a document raises its revision and enqueues its index job, all at once."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from sqlalchemy import delete, select

from catalog import assets, ingesting, institutions, vocabulary
from catalog.jobs import JobKind
from catalog.resources import drafts, versions
from catalog.resources.indexable import TextSegment
from catalog.states import JobState
from catalog.tables.asset import Asset
from catalog.tables.job import Job
from catalog.tables.resource import Resource
from config.subjects import load_concepts


def revision(house: Any, rid: str) -> int:
    with house.services.database.reading() as session:
        return session.get_one(Resource, rid).index_revision


def due(house: Any) -> set[str]:
    with house.services.database.reading() as session:
        return set(
            session.scalars(
                select(Job.subject).where(Job.kind == JobKind.INDEX, Job.state == JobState.READY)
            )
        )


def blob_of(session: Any, rid: str) -> str:
    found: str = session.scalars(select(Asset.blob_id).where(Asset.resource_id == rid)).one()
    return found


def rename(session: Any, house: Any, rid: str) -> None:
    institutions.change(
        session, by=house.actors["admin"], institution_id="lanzhou", names={"en": "Another name"}
    )


def move(session: Any, house: Any, rid: str) -> None:
    institutions.change(session, by=house.actors["admin"], institution_id="lanzhou", country="MN")


def findings(session: Any, house: Any, rid: str) -> None:
    ingesting.store_findings(
        session,
        blob_of(session, rid),
        media_type="video/mp4",
        family="film",
        verdict="hold",
        reasons=[{"code": "macros"}],
        facts={},
    )


def words(session: Any, house: Any, rid: str) -> None:
    segments = [TextSegment("magnets", None, 1.0)]
    ingesting.store_text(session, blob_of(session, rid), language="en", segments=segments)


def rendition(session: Any, house: Any, rid: str) -> None:
    made = ingesting.Made("144p", "video/mp4", 5, "a" * 64, "r/144p", {})
    ingesting.store_renditions(session, blob_of(session, rid), [made])


def withdrawal(session: Any, house: Any, rid: str) -> None:
    versions.withdraw(session, by=house.actors["curator"], resource_id=rid, reason="It leaks.")


def label(session: Any, house: Any, rid: str) -> None:
    """The resource is about magnetism."""
    vocabulary.load(session, changed("magnetism", labels={"en": "Magnetism, newly named"}))


def broader(session: Any, house: Any, rid: str) -> None:
    vocabulary.load(session, changed("magnetism", broader=("astronomy",)))


def changed(concept: str, **values: Any) -> list[Any]:
    return [
        dataclasses.replace(each, **values) if each.id == concept else each
        for each in load_concepts()
    ]


CHANGES = (rename, move, findings, words, rendition, withdrawal, label, broader)


@pytest.mark.parametrize("change", CHANGES, ids=lambda each: each.__name__)
def test_what_enters_a_document_raises_its_revision(house: Any, change: Any) -> None:
    rid = house.bring_to("published")
    with house.services.database.unit_of_work() as session:
        session.execute(delete(Job))
    before = revision(house, rid)
    with house.services.database.unit_of_work() as session:
        change(session, house, rid)
    assert revision(house, rid) > before
    assert due(house) == {rid}


@pytest.mark.parametrize("change", CHANGES, ids=lambda each: each.__name__)
def test_a_change_that_is_undone_leaves_neither_revision_nor_job(house: Any, change: Any) -> None:
    rid = house.bring_to("published")
    with house.services.database.unit_of_work() as session:
        session.execute(delete(Job))
    before = revision(house, rid)
    with pytest.raises(ZeroDivisionError), house.services.database.unit_of_work() as session:
        change(session, house, rid)
        _ = 1 // 0
    assert (revision(house, rid), due(house)) == (before, set())


def test_release_and_a_second_version_raise_it_too(house: Any) -> None:
    rid = house.bring_to("published", verdict="hold")
    first = revision(house, rid)
    with house.services.database.unit_of_work() as session:
        asset = session.scalars(select(Asset.id).where(Asset.resource_id == rid)).one()
        assets.release(
            session,
            by=house.actors["curator"],
            resource_id=rid,
            asset_id=asset,
            note="Looked at.",
        )
    assert revision(house, rid) > first


def test_what_nobody_finds_yet_is_not_indexed(house: Any) -> None:
    rid = house.bring_to("submitted")
    with house.services.database.unit_of_work() as session:
        rename(session, house, rid)
        label(session, house, rid)
        findings(session, house, rid)
    assert (revision(house, rid), due(house)) == (0, set())


def test_a_draft_beside_the_public_version_changes_nothing_that_is_found(house: Any) -> None:
    rid = house.bring_to("published")
    before = revision(house, rid)
    with house.services.database.unit_of_work() as session:
        versions.open_version(session, by=house.actors["contributor"], resource_id=rid)
        drafts.edit(
            session,
            by=house.actors["contributor"],
            resource_id=rid,
            patch={"title": {"en": "Other words"}},
        )
    assert revision(house, rid) == before


def test_the_vocabulary_as_it_is_writes_nothing(house: Any) -> None:
    house.bring_to("published")
    with house.services.database.unit_of_work() as session:
        session.execute(delete(Job))
        vocabulary.load(session, load_concepts())
        assert not session.dirty
    assert due(house) == set()
