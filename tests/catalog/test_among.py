"""Many values in one parameter: the same as spelled out, on both databases."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from catalog.among import among
from catalog.tables.concept import Concept
from catalog.tables.text import Text
from tests.portal.test_search import counted

HOSTILE = ("'", '"', "{a,b}", "a,b", "\\", "NULL", "", "%s", "磁学", "it's; --")


def test_a_column_is_found_among_words_and_never_among_none(house: Any) -> None:
    with house.services.database.reading() as session:
        known = session.scalars(select(Concept.id).order_by(Concept.id)).all()

        def found(words: Any) -> list[str]:
            asked = select(Concept.id).where(among(Concept.id, words)).order_by(Concept.id)
            return list(session.scalars(asked))

        assert len(known) > 2
        assert found([known[2], *HOSTILE, known[0], known[0]]) == [known[0], known[2]]
        assert found(word for word in known) == list(known)
        assert found([]) == []
        assert found(HOSTILE) == []
        others = select(Concept.id).where(~among(Concept.id, known[1:])).order_by(Concept.id)
        assert list(session.scalars(others)) == [known[0]]


def test_the_words_are_looked_up_in_an_index(house: Any) -> None:
    engine = house.services.database.engine
    words = ["a", "b"]
    asked = select(Text.value).where(among(Text.version_id, words), Text.origin.is_not(None))
    compiled = str(asked.compile(engine))
    # Whatever stands behind it hides the column from the index.
    assert " = 1" not in compiled
    if engine.dialect.name == "sqlite":  # PostgreSQL reads a table of so few rows whole
        with engine.connect() as connection:
            plan = connection.exec_driver_sql(
                f"EXPLAIN QUERY PLAN {compiled}", (json.dumps(words),)
            )
            assert any(row[3].startswith("SEARCH text USING INDEX") for row in plan)


def test_the_statement_is_the_same_however_many_the_words_are(house: Any) -> None:
    said = set()
    with house.services.database.reading() as session:
        known = session.scalars(select(Concept.id)).first()
    for number in (0, 1, 40_000):
        with counted(house) as statements, house.services.database.reading() as session:
            words = [*map(str, range(number)), known]
            found = session.scalars(select(Concept.id).where(among(Concept.id, words)))
            assert found.all() == [known]
        said |= {each for each in statements if "concept" in each}
    assert len(said) == 1
