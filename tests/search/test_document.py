"""What search knows of a resource, from the records of a whole house."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from catalog import ingesting
from catalog.resources import indexable, reading
from search import indexer
from search.document import LONGEST_SEGMENT, MOST_TEXT
from tests.factories.house import build_house

if TYPE_CHECKING:
    from collections.abc import Iterator

    from search.engine import Document
    from tests.factories.house import House


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    built = build_house(tmp_path_factory.mktemp("house"))
    yield built
    built.services.close()


def document(house: House, rid: str) -> Document:
    (made,), ended = indexer.documents_of(house.services.database, [rid])
    assert ended == {}
    return made


def give(house: House, content: bytes, **changes: Any) -> str:
    return house.bring_to("published", content=content, **changes)


def say(house: House, rid: str, *segments: indexable.TextSegment) -> None:
    with house.services.database.unit_of_work() as session:
        view = reading.resource(session, house.actors["curator"], rid)
        ingesting.store_text(
            session, view.assets[0].blob_id, language="en", segments=list(segments)
        )


def test_all_words_of_a_resource_are_in_it_with_their_languages(house: House) -> None:
    rid = give(
        house,
        b"words",
        summary={"en": "A needle", "ru": "Игла"},
        description={"zh": "一根针"},
        keywords={"en": ["compass", "north"]},
    )
    texts = document(house, rid).texts
    told = {(text.field, text.lang, text.value) for text in texts}
    assert told >= {
        ("title", "en", "Magnets float"),
        ("title", "zh", "磁铁"),
        ("summary", "ru", "Игла"),
        ("description", "zh", "一根针"),
        ("keyword", "en", "compass"),
        ("keyword", "en", "north"),
        ("institution", "zh", "lanzhou馆"),
    }
    labels = {text.lang: text.value for text in texts if text.concept == "magnetism"}
    assert len(labels) >= 12
    assert labels["ru"] == "магнетизм"


def test_a_subject_counts_for_all_that_is_broader(house: House) -> None:
    made = document(house, give(house, b"broader", subjects=["magnetism", "optics"]))
    assert set(made.subjects) > {"magnetism", "optics", "physics"}
    assert len(made.subjects) == len(set(made.subjects))


def test_the_country_is_that_of_the_giver_where_none_is_named(house: House) -> None:
    assert document(house, give(house, b"no country")).country == "CN"
    assert document(house, give(house, b"country", country="TH")).country == "TH"


def test_languages_and_length_are_read_from_the_files_and_what_the_giver_says(
    house: House,
) -> None:
    facts = {
        "duration_s": 601.5,
        "audio": [{"codec": "aac", "language": "rus"}, {"codec": "aac", "language": None}],
        "subtitles": [{"codec": "srt", "language": "may"}],
        "languages": ["uz-Cyrl"],
    }
    rid = give(house, b"tongues", facts=facts, details={"spoken_languages": ["ar"]})
    made = document(house, rid)
    assert made.languages == ("en", "uz-Cyrl")
    assert set(made.audio_languages) == {"ru", "ar"}
    assert made.subtitle_languages == ("ms",)
    assert made.duration == 601.5
    lesson = give(house, b"lesson", kind="lesson_plan", facts={"pages": 2}, ages=[8, 9],
                  details={"duration_minutes": 45})  # fmt: skip
    assert document(house, lesson).duration == 45 * 60


def test_the_text_of_files_keeps_its_place_and_is_cut_in_pieces(house: House) -> None:
    rid = give(house, b"pages")
    long = "x" * (LONGEST_SEGMENT + 5)
    say(house, rid, indexable.TextSegment("One", page=1), indexable.TextSegment(long, second=2.5))
    files = [text for text in document(house, rid).texts if text.field == "file"]
    assert [(text.page, text.second, len(text.value)) for text in files] == [
        (1, None, 3),
        (None, 2.5, LONGEST_SEGMENT),
        (None, 2.5, 5),
    ]
    assert {text.asset for text in files} != {None}


def test_of_a_library_in_one_file_no_more_is_searched_than_is_promised(house: House) -> None:
    rid = give(house, b"library")
    say(house, rid, *(indexable.TextSegment("y" * LONGEST_SEGMENT) for _ in range(205)))
    texts = document(house, rid).texts
    assert sum(len(text.value) for text in texts if text.field == "file") <= MOST_TEXT


def test_a_held_file_tells_search_nothing(house: House) -> None:
    rid = give(house, b"held", verdict="hold")
    say(house, rid, indexable.TextSegment("Unseen words"))
    made = document(house, rid)
    assert [text for text in made.texts if text.field == "file"] == []
    assert (made.formats, made.size, made.duration) == ((), None, None)


@pytest.mark.parametrize("state", ["draft", "submitted", "in_review", "declined", "withdrawn"])
def test_what_is_not_published_has_no_document(house: House, state: str) -> None:
    rid = house.bring_to(state, content=state.encode())
    made, ended = indexer.documents_of(house.services.database, [rid, "never"])
    assert list(made) == []
    assert ended == {rid: 2 if state == "withdrawn" else 0, "never": indexer.GONE_FOR_GOOD}


def test_the_index_is_compared_with_the_catalogue(house: House) -> None:
    rid = give(house, b"compared")
    engine, database = house.services.engine, house.services.database
    assert indexer.differences(database, engine)[rid] == "missing"
    indexer.rebuild(database, engine)
    assert indexer.differences(database, engine) == {}
    with database.unit_of_work() as session:
        reading_before = indexable.published_ids(session)[rid]
    engine.remove([rid], reading_before + 1)
    assert indexer.differences(database, engine) == {rid: "missing"}
    house.index()
    indexer.rebuild(database, engine)
    assert indexer.differences(database, engine) == {}


def test_documents_made_together_are_those_made_one_by_one(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexer, "AT_ONCE", 3)
    same = give(house, b"the same bytes", subjects=["magnetism"])
    give(house, b"the same bytes", subjects=["compass"], title={"ru": "Компас"})
    say(house, same, indexable.TextSegment("All that is written in it", 2))
    house.bring_to("withdrawn", content=b"gone")
    house.bring_to("submitted", content=b"not yet")

    together = list(indexer.all_documents(house.services.database))
    with house.services.database.reading() as session:
        wanted = sorted(indexable.published_ids(session))
    assert len(wanted) > 3
    assert [each.id for each in together] == wanted
    assert together == [document(house, rid) for rid in wanted]
    assert sum(text.field == "file" for each in together for text in each.texts) >= 2
