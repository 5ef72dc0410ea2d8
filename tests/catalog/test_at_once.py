"""Two people, two portals, two workers at the same thing at the same moment: one of them, each time."""

from __future__ import annotations

import hashlib
import io
import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select, update

from catalog import assets, blobs, clock, jobs, leases, reviews, sign_ins, sweeping, uploads
from catalog.database import repeated
from catalog.errors import CatalogError, Conflict, QuotaExceeded
from catalog.ids import new_id
from catalog.jobs import JobKind
from catalog.resources import drafts, versions
from catalog.sign_ins import MOST_PER_ACCOUNT, TooManySignIns
from catalog.tables.asset import Asset, Blob
from catalog.tables.people import SignInAttempt
from catalog.tables.resource import Version
from catalog.tables.text import Text
from storage.keys import original_key

if TYPE_CHECKING:
    from collections.abc import Callable

LIMITS = uploads.Limits(file_bytes=10_000)


def at_once(*works: Callable[[], object]) -> list[BaseException | object]:
    """Do all in threads that begin together, each again when it crossed another; return what came."""
    ready = threading.Barrier(len(works))
    came: list[BaseException | object] = []

    def run(work: Callable[[], object]) -> None:
        ready.wait()
        try:
            came.append(repeated(work))
        except Exception as error:  # noqa: BLE001 - handed to the test
            came.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(came) == len(works)
    return came


def unit(house: Any, verb: Callable[..., object], **values: Any) -> Callable[[], object]:
    def work() -> object:
        with house.services.database.unit_of_work() as session:
            return verb(session, **values)

    return work


def refusals(came: list[Any]) -> list[str]:
    other = [each for each in came if isinstance(each, Exception)]
    assert all(isinstance(each, CatalogError) for each in other), other
    return [each.code for each in other]


def begin(house: Any, rid: str, length: int = 5, limits: uploads.Limits = LIMITS) -> Any:
    with house.services.database.unit_of_work() as session:
        return uploads.begin(
            session,
            by=house.actors["contributor"],
            resource_id=rid,
            given=assets.Given("a.txt"),
            length=length,
            limits=limits,
            key_of=original_key,
        )


def test_two_curators_claim_and_one_has_it(house: Any) -> None:
    rid = house.bring_to("submitted")
    came = at_once(
        *(
            unit(house, reviews.claim, by=house.actors[who], resource_id=rid)
            for who in ("curator", "second_curator")
        )
    )
    assert refusals(came) == ["claimed"]


def test_two_decisions_and_one_counts(house: Any) -> None:
    rid = house.bring_to("in_review")
    came = at_once(
        *(
            unit(
                house,
                reviews.decide,
                by=house.actors["curator"],
                resource_id=rid,
                decision=decision,
                note="So be it.",
            )
            for decision in ("publish", "decline", "ask_changes")
        )
    )
    assert len(refusals(came)) == 2
    with house.services.database.reading() as session:
        states = session.scalars(select(Version.state).where(Version.resource_id == rid)).all()
    assert len(states) == 1
    assert states[0] in ("published", "declined", "changes_asked")


def test_two_edits_are_both_kept(house: Any) -> None:
    rid = house.give()
    came = at_once(
        *(
            unit(
                house,
                drafts.edit,
                by=house.actors["contributor"],
                resource_id=rid,
                patch={"summary": {tag: "words"}},
            )
            for tag in ("ru", "ar", "fr", "es")
        )
    )
    assert refusals(came) == []
    with house.services.database.reading() as session:
        version = session.scalars(select(Version).where(Version.resource_id == rid)).one()
        tags = session.scalars(
            select(Text.language).where(Text.field == "summary", Text.version_id == version.id)
        ).all()
    assert {"ru", "ar", "fr", "es"} <= set(tags)
    assert version.revision == 5


def test_two_open_a_version_and_there_is_one(house: Any) -> None:
    rid = house.bring_to("published")
    work = unit(house, versions.open_version, by=house.actors["contributor"], resource_id=rid)
    assert refusals(at_once(work, work)) == ["version_open"]


def test_two_writers_want_one_upload_and_one_has_the_lease(house: Any) -> None:
    view = begin(house, house.give())
    work = unit(house, uploads.lease, by=house.actors["contributor"], upload_id=view.id, offset=0)
    assert refusals(at_once(work, work, work)) == ["upload_busy", "upload_busy"]


def test_an_upload_finished_twice_at_once_is_one_asset(house: Any) -> None:
    view = begin(house, house.give())
    by = house.actors["contributor"]
    with house.services.database.unit_of_work() as session:
        token = uploads.lease(session, by=by, upload_id=view.id, offset=0).token
    work = unit(house, uploads.finish, by=by, upload_id=view.id, token=token, sha256="c" * 64)
    came = at_once(work, work, work)
    assert refusals(came) == []
    assert len(set(came)) == 1


def test_a_quota_is_not_passed_by_two_who_begin_at_once(house: Any) -> None:
    rids = [house.give(content=b"x") for _ in range(3)]
    limits = uploads.Limits(file_bytes=1_000, institution_bytes=150)
    came = at_once(*(lambda rid=rid: begin(house, rid, 100, limits) for rid in rids))
    assert refusals(came) == ["quota_exceeded", "quota_exceeded"]
    with pytest.raises(QuotaExceeded):
        begin(house, rids[0], 60, limits)
    begin(house, rids[0], 40, limits)


def test_bytes_given_again_while_they_are_swept_are_there_in_the_end(house: Any) -> None:
    """The sweep and the gift meet on the row: either the old bytes stay, or the new ones are kept."""
    content = b"the same bytes"
    digest = hashlib.sha256(content).hexdigest()
    for _ in range(5):
        blob_id = new_id()
        house.services.store.put(original_key(blob_id), io.BytesIO(content))
        with house.services.database.unit_of_work() as session:
            blobs.keep(session, blob_id=blob_id, key=original_key(blob_id), size=14, sha256=digest)
            session.execute(update(Blob).values(marked_at=clock.now() - timedelta(days=2)))
        rid = house.give(verdict=None, content=b"other" + blob_id.encode())
        again = new_id()
        house.services.store.put(original_key(again), io.BytesIO(content))

        def give(rid: str = rid, again: str = again) -> None:
            with house.services.database.unit_of_work() as session:
                kept = blobs.keep(
                    session, blob_id=again, key=original_key(again), size=14, sha256=digest
                )
                _, version = drafts.latest(session, rid)
                assets.attach(
                    session,
                    by=None,
                    resource_id=rid,
                    version_id=version.id,
                    blob_id=kept,
                    given=assets.Given("same.txt"),
                )

        swept = lambda: sweeping.sweep_blobs(house.services.database, house.services.store)  # noqa: E731
        assert refusals(at_once(give, swept)) == []
        with house.services.database.reading() as session:
            key = session.scalars(
                select(Blob.key)
                .join(Asset, Asset.blob_id == Blob.id)
                .where(Asset.resource_id == rid, Asset.filename == "same.txt")
            ).one()
        assert b"".join(house.services.store.read(key)) == content


def test_a_waiting_job_that_is_asked_for_again_is_not_taken_before_the_asker_ends(
    house: Any, databases: Any
) -> None:
    """Else the worker would read the catalogue as it was, and nobody would look again."""
    with house.services.database.unit_of_work() as session:
        jobs.enqueue(session, JobKind.INDEX, "r")
    claim = unit(house, leases.claim, lease=timedelta(seconds=30))
    with house.services.database.unit_of_work() as session:
        jobs.enqueue(session, JobKind.INDEX, "r")
        if databases.name == "postgres":  # SQLite: no second writer begins before we end
            assert claim() is None
    assert claim() is not None


def test_a_job_put_back_beside_its_twin_is_done_and_the_twin_waits(house: Any) -> None:
    enqueue = unit(house, jobs.enqueue, kind=JobKind.INDEX, subject="r")
    for put_back in (
        lambda session, job: leases.fail(session, job, error="no"),
        leases.give_back,
    ):
        enqueue()
        job = unit(house, leases.claim, lease=timedelta(seconds=30))()
        enqueue()
        with house.services.database.unit_of_work() as session:
            assert put_back(session, job)
        with house.services.database.reading() as session:
            assert jobs.waiting_count(session) == 1
        taken = unit(house, leases.claim, lease=timedelta(seconds=30))()
        assert isinstance(taken, leases.Claimed)
        with house.services.database.unit_of_work() as session:
            leases.complete(session, taken)


def test_many_wrong_passwords_at_once_are_no_more_than_the_limit(house: Any) -> None:
    database = house.services.database

    def attempt() -> str | None:
        return sign_ins.sign_in(
            database,
            email="curator@example.org",
            password="wrong",
            address="198.51.100.7",
            secret="s",
        )

    came = at_once(*[attempt] * (2 * MOST_PER_ACCOUNT))
    tried = [each for each in came if each is None]
    # Where all are noted before the first is counted, all are refused, and none is spent.
    assert len(tried) <= MOST_PER_ACCOUNT
    assert set(refusals(came)) == {"too_many_sign_ins"}
    for _ in range(MOST_PER_ACCOUNT - len(tried)):
        assert attempt() is None
    with pytest.raises(TooManySignIns):
        attempt()
    with database.reading() as session:
        kept = session.scalar(select(func.count()).select_from(SignInAttempt))
    assert kept == MOST_PER_ACCOUNT


def test_the_same_source_id_twice_at_once_is_one_resource(house: Any) -> None:
    work = unit(
        house,
        drafts.create,
        by=house.actors["contributor"],
        institution="lanzhou",
        payload={"kind": "film", "title": {"en": "x"}, "source_id": "A-1"},
    )
    codes = refusals(at_once(work, work))
    assert len(codes) == 1
    assert codes[0] in ("source_exists", "twice_at_once")
    with pytest.raises(Conflict, match="source_exists"):
        work()
