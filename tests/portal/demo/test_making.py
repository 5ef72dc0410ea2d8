"""What the demonstration shows, without the minutes it takes to make all of it."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pypdfium2
import pytest

from catalog.states import State
from config.kinds import KINDS
from portal.demo.making import ACCOUNTS, FOLDER, cached_home
from portal.demo.media import MAKERS, make
from portal.demo.pictures import PATTERNS, frame, shade
from portal.demo.sheets import sheet

if TYPE_CHECKING:
    from pathlib import Path

TOLD: dict[str, Any] = json.loads((FOLDER / "resources.json").read_text(encoding="utf-8"))
TEXTS = {"title": {"en": "A needle", "zh": "针"}, "summary": {"en": "Forty (40) strokes \\ more"}}


def test_it_has_two_dozen_resources_of_all_kinds_from_six_countries() -> None:
    resources = TOLD["resources"]
    assert len(resources) >= 24
    assert {each["kind"] for each in resources} == set(KINDS)
    countries = {each["country"] for each in TOLD["institutions"]}
    assert (len(TOLD["institutions"]), len(countries)) == (6, 6)
    assert {each["at"] for each in resources} == {each["id"] for each in TOLD["institutions"]}


def test_its_texts_are_in_all_twelve_languages_and_some_items_are_not_for_everybody() -> None:
    tags = {tag.partition("-")[0] for each in TOLD["resources"] for tag in each["title"]}
    tags |= {tag for each in TOLD["resources"] for tag in each["summary"]}
    assert tags >= {"zh", "en", "ru", "ar", "es", "fr", "th", "el", "sr", "ms", "uz", "my"}
    assert {each.get("access") for each in TOLD["resources"]} == {None, "partners", "agreement"}
    assert len(TOLD["agreements"]) >= 2


def test_an_item_is_left_in_every_state_and_each_role_has_an_account() -> None:
    states = Counter(each["state"] for each in TOLD["unfinished"])
    assert set(states) == set(map(str, State)) - {"published", "superseded"}
    assert sorted(role for role, *_ in ACCOUNTS) == ["admin", "contributor", "curator", "partner"]


def test_every_file_named_can_be_made_and_no_two_films_are_alike() -> None:
    files = [file for each in TOLD["resources"] + TOLD["unfinished"] for file in each["files"]]
    assert {file.partition(":")[0] for file in files} <= set(MAKERS)
    drawn = [file for file in files if file.startswith(("film:", "picture:"))]
    patterns = {file.partition(":")[2].partition("*")[0] for file in drawn}
    assert patterns <= set(PATTERNS)
    films = [file for file in files if file.startswith("film:")]
    assert len(films) == len(set(films))


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_is_drawn_from_dark_to_light_the_same_each_time(pattern: str) -> None:
    values = shade(pattern, 3, (120, 80))
    assert (values.shape, float(values.min()), float(values.max())) == ((80, 120), 0.0, 1.0)
    assert np.array_equal(values, shade(pattern, 3, (120, 80)))
    assert np.asarray(frame(pattern, 3, (120, 80))).std() > 10


@pytest.mark.parametrize("pattern", sorted(set(PATTERNS) - {"stars"}))
def test_a_film_moves(pattern: str) -> None:
    assert not np.array_equal(shade(pattern, 3, (60, 40)), shade(pattern, 3, (60, 40), 1.0))


def test_a_sheet_is_a_pdf_with_its_words_and_a_picture() -> None:
    title = "A (very) long \\ title that does not fit into a single line of it"
    paper = pypdfium2.PdfDocument(sheet(title, "Words.", frame("rings", 1, (90, 60)), 7))
    said = paper[0].get_textpage().get_text_range().replace("\r\n", " ")
    assert title in said
    assert "Words." in said
    assert len(paper) == 2
    kinds = {each.type for each in paper[0].get_objects()}
    assert pypdfium2.raw.FPDF_PAGEOBJ_IMAGE in kinds


@pytest.mark.parametrize(
    "what",
    [
        *("pdf:A needle", "docx:zh", "pptx:zh", "xlsx", "txt:zh", "srt:zh", "svg"),
        *("model:tube", "picture:waves"),
    ],
)
def test_a_file_is_made_and_told_as_a_line_of_an_import_tells_it(tmp_path: Path, what: str) -> None:
    told = make(what, tmp_path, TEXTS, 4)
    assert (tmp_path / told["path"]).stat().st_size > 0
    assert set(told) <= {"path", "role", "language"}


def test_a_home_that_was_made_before_is_used_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from portal.demo import making

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    made: list[Path] = []

    def filled(home: Path, say: object) -> None:
        del say
        made.append(home)
        (home / "something").touch()

    monkeypatch.setattr(making, "fill", filled)
    first = cached_home(print)
    assert cached_home(print) == first
    assert (first / "something").exists()
    assert len(made) == 1


def test_a_home_that_was_not_finished_is_no_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from portal.demo import making

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    def broken(home: Path, say: object) -> None:
        del say
        (home / "half").touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(making, "fill", broken)
    with pytest.raises(OSError, match="No space left"):
        cached_home(print)
    assert list((tmp_path / "caravan").iterdir()) == []


def test_without_its_tools_it_says_what_to_install_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from portal.demo import making
    from portal.diagnosis import Finding

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    lack = Finding("ffmpeg", ok=False, says="does not run", advice="Install ffmpeg.")
    monkeypatch.setattr(making, "tools", lambda: (lack, Finding("libmagic", ok=True, says="")))
    with pytest.raises(making.Lacking, match=r"names the command\.\nInstall ffmpeg\.$"):
        cached_home(print)
    assert list(tmp_path.iterdir()) == []
