"""What the house adds to the vocabulary, and that it outlives a new edition; roles taken away."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from catalog import concepts, ledger, people, roles, vocabulary
from catalog.concepts import Given
from catalog.errors import CatalogError, Conflict, Invalid, NotFound, NotPermitted
from catalog.events import lines_of
from config.subjects import load_concepts
from tests.factories.house import House, build_house

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    built = build_house(tmp_path_factory.mktemp("words"))
    yield built
    built.services.close()


def named(house: House, concept_id: str) -> vocabulary.ConceptView:
    with house.services.database.reading() as session:
        return concepts.concept(session, by=house.actors["admin"], concept_id=concept_id)


def test_a_name_of_the_house_lies_over_that_of_the_data_until_it_is_taken_away(
    house: House,
) -> None:
    admin, before = house.actors["admin"], named(house, "magnetism")
    data = before.labels["zh"]
    with house.services.database.unit_of_work() as session:
        given = Given({**before.labels, "zh": "磁现象", "fa": "مغناطیس"}, before.alternatives)
        concepts.change(session, by=admin, concept_id="magnetism", given=given)
        vocabulary.load(session, load_concepts())
    after = named(house, "magnetism")
    assert (after.labels["zh"], after.labels["fa"]) == ("磁现象", "مغناطیس")
    assert data in after.alternatives["zh"]
    with house.services.database.unit_of_work() as session:
        assert vocabulary.subject_finder(session)(data) == "magnetism"
        labels = {tag: text for tag, text in after.labels.items() if tag not in ("zh", "fa")}
        others = {tag: text for tag, text in after.alternatives.items() if tag != "zh"}
        given = Given(labels, others)
        concepts.change(session, by=admin, concept_id="magnetism", given=given)
    assert named(house, "magnetism") == before


def test_a_new_edition_brings_its_words_beside_those_of_the_house(house: House) -> None:
    admin = house.actors["admin"]
    with house.services.database.unit_of_work() as session:
        view = concepts.concept(session, by=admin, concept_id="physics")
        given = Given({**view.labels, "el": "Η φυσική"}, view.alternatives)
        concepts.change(session, by=admin, concept_id="physics", given=given)
        edition = tuple(
            replace(each, labels={**each.labels, "el": "φυσικές", "de": "Physik"})
            if each.id == "physics"
            else each
            for each in load_concepts()
        )
        vocabulary.load(session, edition)
    after = named(house, "physics")
    assert (after.labels["el"], after.labels["de"]) == ("Η φυσική", "Physik")
    assert "φυσικές" in after.alternatives["el"]


def test_a_concept_of_the_house_stays_when_the_data_is_loaded_again(house: House) -> None:
    admin = house.actors["admin"]
    with house.services.database.unit_of_work() as session:
        concepts.add(
            session,
            by=admin,
            concept_id="kites",
            given=Given({"en": "kites", "zh": "风筝"}, {"en": ["kite flying"]}),
            broader="physics",
        )
        vocabulary.load(session, load_concepts())
        assert vocabulary.subject_finder(session)("Kite  Flying") == "kites"
        with pytest.raises(Conflict):
            concepts.add(session, by=admin, concept_id="kites", given=Given({"en": "k"}, {}))
        for wrong in ("Kites", "a b", "", "ü", "k" * 70):
            with pytest.raises(Invalid):
                concepts.add(session, by=admin, concept_id=wrong, given=Given({"en": "k"}, {}))
        for given in (
            Given({}, {}),
            Given({"english": "k"}, {}),
            Given({"en": "k" * 101}, {}),
            Given({"en": "k"}, {"en": [f"k{number}" for number in range(21)]}),
        ):
            with pytest.raises(Invalid):
                concepts.change(session, by=admin, concept_id="kites", given=given)
        with pytest.raises(NotFound):
            concepts.change(session, by=admin, concept_id="nothing", retired=True)
        for who in ("house_admin", "curator"):
            with pytest.raises(NotPermitted):
                concepts.change(session, by=house.actors[who], concept_id="kites", retired=True)
    assert named(house, "kites").broader == ("physics",)
    assert "kites" in named(house, "physics").narrower


def test_a_retired_concept_is_found_by_its_id_alone_and_kept_by_what_has_it(house: House) -> None:
    rid = house.bring_to("published", subjects=["magnetism"], content=b"retired")
    admin = house.actors["admin"]
    with house.services.database.unit_of_work() as session:
        concepts.change(session, by=admin, concept_id="magnetism", retired=True)
        find = vocabulary.subject_finder(session)
        assert (find("磁学"), find("magnetism")) == (None, "magnetism")
        assert vocabulary.counts(session)["magnetism"] >= 1
        vocabulary.load(session, load_concepts())
        assert concepts.concept(session, by=admin, concept_id="magnetism").retired
        concepts.change(session, by=admin, concept_id="magnetism", retired=False)
        assert vocabulary.subject_finder(session)("磁学") == "magnetism"
    assert rid


def test_a_role_is_taken_away_and_the_log_of_the_account_proves(house: House) -> None:
    admin, curator = house.actors["admin"], house.actors["curator"]
    with house.services.database.unit_of_work() as session:
        with pytest.raises(NotFound):
            roles.take(session, by=admin, person_id=str(curator.person_id), role="partner")
        with pytest.raises(NotPermitted):
            roles.take(
                session,
                by=house.actors["house_admin"],
                person_id=str(curator.person_id),
                role="curator",
            )
        roles.take(session, by=admin, person_id=str(curator.person_id), role="curator")
        held = people.person(session, by=admin, person_id=str(curator.person_id))
        assert held.roles == ()
        lines = lines_of(session, str(curator.person_id))
        assert [(line.action, line.note) for line in lines] == [
            ("give_role", "curator *"),
            ("take_role", "curator *"),
        ]
        assert lines[-1].actor == admin.person_id
        assert list(ledger.prove(session)) == []


def test_the_last_admin_of_the_site_stays_also_when_two_take_each_others_role(
    house: House,
) -> None:
    first = house.actors["admin"]
    with house.services.database.unit_of_work() as session:
        for change in (
            lambda: roles.take(session, by=first, person_id=str(first.person_id), role="admin"),
            lambda: people.change(session, by=first, person_id=str(first.person_id), active=False),
        ):
            with pytest.raises(Conflict, match="last_admin"):
                change()
        other = people.add_person(
            session, by=first, email="second@example.org", name="Second", role="admin"
        )
    outcomes: list[str] = []

    def take(from_whom: str) -> None:
        try:
            with house.services.database.unit_of_work() as session:
                roles.take(session, by=None, person_id=from_whom, role="admin")
            outcomes.append("taken")
        except CatalogError as error:
            outcomes.append(error.code)

    threads = [
        threading.Thread(target=take, args=(each,)) for each in (other, str(first.person_id))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["last_admin", "taken"]
