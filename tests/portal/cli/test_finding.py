from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from portal.cli import progress
from tests.portal.cli.conftest import furnished

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.factories.house import House
    from tests.portal.cli.conftest import Ran


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("finding") / "home"


@pytest.fixture(scope="module")
def house(home: Path) -> Iterator[House]:
    """Give a house of its own: while an index lacks what other tests publish, the search rests."""
    built = furnished(home)
    yield built
    built.services.close()


def test_what_is_found_is_one_value_a_line_as_the_api_says_it(run: Callable[..., Ran]) -> None:
    told = run("search", "磁铁", "--lang", "zh", "--json")
    assert told.code == 0
    (found,) = map(json.loads, told.lines)
    assert (found["kind"], found["title"], found["title_lang"]) == ("film", "磁铁", "zh")
    assert found["snippets"][0]["marks"] == [[0, 2]]
    assert {"concept", "label", "lang"} <= set(found["matched_by"][0])
    assert found["near"] is False


def test_people_get_a_line_for_each_and_how_many(run: Callable[..., Ran]) -> None:
    told = run("search", "magnets", "float")
    assert told.code == 0
    assert "Magnets float" in told.lines[0]
    assert told.lines[-1] == "1 found"


def test_filters_narrow_and_what_is_not_published_is_not_found(run: Callable[..., Ran]) -> None:
    assert run("search", "--filter", "kind=film", "--filter", "kind=exhibit").lines[-1] == "1 found"
    assert run("search", "--filter", "kind=exhibit").lines == ["0 found"]


def test_any_string_is_a_query(run: Callable[..., Ran]) -> None:
    for words in ('a AND ("', "\x00🧲 -\u202e *"):
        assert run("search", "--", words).code == 0


def test_words_may_be_in_any_language_that_has_a_tag(run: Callable[..., Ran]) -> None:
    assert run("search", "magnets", "--lang", "tlh").code == 0
    for lang in ("no language", ""):
        told = run("search", "magnets", "--lang", lang)
        assert (told.code, told.out) == (2, "")
        assert "is not a language tag" in told.err


def test_a_new_index_holds_what_the_old_one_held(
    run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "EVERY_SECONDS", 0.0)
    told = run("reindex")
    assert told.code == 0
    assert told.out.endswith(" documents, 0 differ\n")
    count = told.out.split()[0]
    assert f"indexing: {count} of {count}\n" in told.err
    assert run("search", "magnets").lines[-1] == "1 found"
