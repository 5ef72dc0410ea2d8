"""Both engines find alike: the queries of the sample sets, asked of each over the same documents.

Twelve languages lie in one index, as in use. The cluster's segments are merged first: until then
what was overwritten still counts in how rare a word is.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from urllib.request import Request, urlopen

import pytest

from search.engine import Document, EngineUnavailable, Text
from search.opening import open_engine
from tests.search.test_relevance import (
    CLDR,
    PHET,
    asked,
    keywords,
    question,
    recall,
    simulations,
)
from tests.warming import warm

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scripts.services.part import Running
    from search.engine import SearchEngine

FIRST: Final = 5
TRIES: Final = 5
OF_A_LANGUAGE: Final = 25
"""Queries of each set and language."""

Engines = tuple["SearchEngine", "SearchEngine"]


def together(samples: Path) -> dict[str, list[Text]]:
    texts: dict[str, list[Text]] = defaultdict(list)
    for lang in CLDR:
        for name, own in keywords(samples, lang).items():
            texts[name] += own
    for lang in PHET:
        for name, own in simulations(samples, lang).items():
            texts[name] += own
    return texts


@pytest.fixture(scope="module")
def engines(
    samples: Path,
    tmp_path_factory: pytest.TempPathFactory,
    real: Callable[[str], Running],
) -> Engines:
    url = real("elasticsearch").settings["CARAVAN_SEARCH_URL"]
    prefix = f"agreement-{secrets.token_hex(4)}"
    when = datetime(2024, 1, 1, tzinfo=UTC)
    both = (
        open_engine("embedded:", tmp_path_factory.mktemp("embedded")),
        open_engine(url, tmp_path_factory.mktemp("elastic"), index=prefix),
    )
    for engine in both:
        engine.rebuild(
            Document(name, 1, "film", "museum", tuple(own), published_at=when)
            for name, own in together(samples).items()
        )
        # What was withdrawn leaves a trace, which counts alike in how rare a word is.
        engine.remove([f"gone-{number}" for number in range(200)], 2)
    merge = Request(f"{url}/{prefix}*/_forcemerge?max_num_segments=1", method="POST")  # noqa: S310
    with urlopen(merge, timeout=120) as answer:  # noqa: S310 - our own server
        assert answer.status == 200
    warm(both[1])
    return both


def first(engine: SearchEngine, text: str, lang: str) -> list[str]:
    """Ask again where a busy machine lets the cluster miss its time: speed is not tested here."""
    for _ in range(TRIES):
        with suppress(EngineUnavailable):
            return [hit.id for hit in engine.search(question(text, lang)).hits]
    return [hit.id for hit in engine.search(question(text, lang)).hits]


def test_the_first_five_results_are_the_same_in_the_same_order(
    samples: Path, engines: Engines
) -> None:
    """Four of five are promised. With equal lengths and rounded scores it is all of them."""
    apart = []
    compared = 0
    for name, languages in (("cldr_keywords", CLDR), ("phet_titles", list(PHET))):
        for lang in languages:
            for text, _ in asked(samples, name, lang)[:OF_A_LANGUAGE]:
                ours, theirs = (first(engine, text, lang)[:FIRST] for engine in engines)
                compared += 1
                if ours != theirs:
                    apart.append((lang, text, ours, theirs))
    assert compared == 575
    assert apart == []


@pytest.mark.parametrize("lang", ["zh", "ru", "ar", "th", "uz", "my"])
def test_keywords_are_found_as_well_on_the_cluster(
    samples: Path, engines: Engines, lang: str
) -> None:
    queries = asked(samples, "cldr_keywords", lang)[:OF_A_LANGUAGE]
    ours, theirs = (
        recall(queries, lambda text, engine=engine: first(engine, text, lang)) for engine in engines
    )
    assert theirs >= 0.9
    assert abs(ours - theirs) <= 0.01
