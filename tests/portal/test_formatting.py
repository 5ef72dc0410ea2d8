"""Numbers, sizes, times, weights and frames, as readers of three languages see them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import icu
import pytest
from flask_babel import force_locale

from config.languages import INTERFACE
from portal import formatting
from portal.app import create_app
from portal.browse.narrowing import MOST_VALUES, facet_lines
from portal.browse.taking import FormRow, _suggested
from portal.facet_labels import LabelledCount
from portal.formatting import (
    about,
    amid,
    capital,
    clock,
    duration,
    filesize,
    gap,
    limit,
    speed,
    when,
)
from portal.icons import breakable, icon, icon_sprite, marked
from portal.numerals import DIGITS, in_own_digits, ngettext, number
from portal.playing import frame_strip
from portal.rows import age_range
from portal.weights import USUAL, line_speed, weight
from tests.factories.house import build_house

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

NO_BREAK = "\u00a0"
ROUND = (
    (0, "B"),
    (900, "B"),
    (100, "MB"),
    (50, "GB"),
    (1.5, "GB"),
    (1, "MB"),
    (2, "GB"),
    (1, "MB"),
)
BINARY = (100 * 1024**2, 50 * 1024**3, 1536 * 1024**2)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One app for all: nothing here writes."""
    house = build_house(tmp_path_factory.mktemp("house"))
    yield create_app(house.services.settings, house.services)
    house.services.close()


@pytest.fixture
def asked(app: Flask) -> Iterator[None]:
    with app.test_request_context("/"):
        yield


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize(
    ("size", "words"),
    [
        (None, ""),
        (0, "0 B"),
        (999, "999 B"),
        (38_400, "38.4 kB"),
        (5_800_000, "5.8 MB"),
        (412_000_000, "412 MB"),
        (3_100_000_000, "3.1 GB"),
        (5 * 10**15, "5,000 TB"),
    ],
)
def test_a_size_is_told_in_three_figures_with_a_space_that_does_not_break(
    size: int | None, words: str
) -> None:
    assert filesize(size) == words.replace(" ", NO_BREAK)


@pytest.mark.usefixtures("asked")
def test_a_limit_is_told_in_round_figures() -> None:
    told = [limit(each) for each in (0, 900, *BINARY, 10**6, 2 * 10**9, 1024000)]
    assert told == [f"{each}{NO_BREAK}{unit}" for each, unit in ROUND]


@pytest.mark.usefixtures("asked")
def test_a_line_is_told_with_a_space_that_does_not_break() -> None:
    assert speed(1024) == f"1,024{NO_BREAK}kbit/s"


@pytest.mark.usefixtures("asked")
def test_sizes_speak_the_readers_language() -> None:
    with force_locale("ar"):
        assert filesize(5_800_000).split(NO_BREAK)[1] == "ميغابايت"
    with force_locale("zh"):
        assert filesize(5_800_000) == f"5.8{NO_BREAK}MB"


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.01, "1 second"),
        (59, "59 seconds"),
        (61, "about 1 min"),
        (185, "about 3 min"),
        (5399, "about 90 min"),
        (5400, "about 2 hours"),
        (97_000, "about 27 hours"),
    ],
)
def test_a_wait_is_told_roughly(seconds: float, words: str) -> None:
    assert about(seconds) == words.replace(" ", NO_BREAK)


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "نحو دقيقة"),
        (2, "نحو دقيقتين"),
        (3, "نحو 3 دقائق"),
        (10, "نحو 10 دقائق"),
        (11, "نحو 11 دقيقة"),
        (40, "نحو 40 دقيقة"),
    ],
)
def test_arabic_counts_in_its_own_forms(number: int, words: str) -> None:
    with force_locale("ar"):
        assert about(number * 60) == words.replace(" ", NO_BREAK)


@pytest.mark.usefixtures("asked")
def test_arabic_tells_a_dozen_from_a_hundred() -> None:
    def files(count: int) -> str:
        return ngettext("%(num)s file held", "%(num)s files held", count)

    with force_locale("ar"):
        assert [files(count) for count in (0, 1, 2, 5, 12, 100)] == [
            "لا ملفات محجوزة",
            "ملف واحد محجوز",
            "ملفان محجوزان",
            "5 ملفات محجوزة",
            "12 ملفًا محجوزًا",
            "100 ملف محجوز",
        ]


@pytest.mark.usefixtures("asked")
def test_a_count_in_a_sentence_is_grouped_as_any_number() -> None:
    def triangles(count: int) -> str:
        return ngettext("%(num)s triangle", "%(num)s triangles", count)

    assert (triangles(1), triangles(18_400)) == ("1 triangle", "18,400 triangles")
    with force_locale("sr"):
        assert triangles(18_400).startswith("18.400 ")


@pytest.mark.usefixtures("asked")
def test_burmese_counts_in_its_own_digits_and_measures_in_latin_letters_in_latin_ones() -> None:
    moment = datetime(2026, 11, 24, 9, 5, tzinfo=UTC)
    with force_locale("my"):
        assert (number(18_400.5), age_range(8, 12)) == ("၁၈,၄၀၀.၅", "၈–၁၂")
        assert (duration(552), about(185)) == tuple(
            words.replace(" ", NO_BREAK) for words in ("၉ မိနစ် ၁၂ စက္ကန့်", "၃ မိနစ်ခန့်")
        )
        assert when(moment) == "၂၀၂၆ နိုဝင်ဘာ ၂၄၊ ၀၉:၀၅ UTC"
        assert (filesize(5_800_000), speed(256)) == (f"5.8{NO_BREAK}MB", f"256{NO_BREAK}kbit/s")
        assert clock(220) == "3:40"


@pytest.mark.parametrize("tag", INTERFACE)
def test_a_language_has_the_digits_that_icu_gives_it(app: Flask, tag: str) -> None:
    own = icu.NumberingSystem.createInstance(icu.Locale.forLanguageTag(tag))
    with app.test_request_context("/"), force_locale(tag.replace("-", "_")):
        assert in_own_digits("0123456789") == own.getDescription()
    assert own.getName() in {"latn", *DIGITS}


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize(
    ("seconds", "words"),
    [(None, ""), (0, ""), (8, "8 s"), (552, "9 min 12 s"), (540, "9 min"), (1330, "22 min")],
)
def test_a_length_leaves_out_what_nobody_counts(seconds: float | None, words: str) -> None:
    assert duration(seconds) == words.replace(" ", NO_BREAK)


def test_a_place_in_a_film_is_told_as_on_a_clock() -> None:
    assert [clock(each) for each in (None, 0, 59.9, 83, 3725)] == [
        "0:00",
        "0:00",
        "0:59",
        "1:23",
        "62:05",
    ]


@pytest.mark.usefixtures("asked")
def test_a_moment_has_its_zone_and_a_day_has_none() -> None:
    moment = datetime(2026, 11, 24, 9, 5, 59, tzinfo=UTC)
    assert when(moment) == "24 November 2026, 09:05 UTC"
    assert when(date(2026, 11, 24)) == "24 November 2026"
    assert when(None) == ""


def test_a_label_within_a_line_begins_small_unless_it_is_an_abbreviation() -> None:
    assert [amid(each) for each in ("", "Picture", "Εικόνα", "3D model", "PDF", "图片")] == [
        "",
        "picture",
        "εικόνα",
        "3D model",
        "PDF",
        "图片",
    ]


def test_a_label_begins_with_a_capital_where_its_script_has_any() -> None:
    assert [capital(each) for each in ("", "magnetism", "磁学", "eddy Currents")] == [
        "",
        "Magnetism",
        "磁学",
        "Eddy Currents",
    ]


@pytest.mark.usefixtures("asked")
def test_sentences_in_chinese_stand_without_a_space_between_them() -> None:
    assert gap() == " "
    with force_locale("zh"):
        assert gap() == ""


@pytest.mark.usefixtures("asked")
def test_nobody_is_told_of_an_age_of_ninety_nine() -> None:
    assert age_range(8, 12) == "8–12"
    assert age_range(12, 99) == "12 and up".replace(" ", NO_BREAK)
    with force_locale("ar"):
        assert age_range(8, 12) == "من 8 إلى 12".replace(" ", NO_BREAK)


@pytest.mark.parametrize(
    ("seconds", "beads"),
    [(60, 1), (61, 2), (300, 2), (301, 3), (900, 3), (901, 4), (3600, 4), (3601, 5)],
)
def test_beads_fill_at_one_five_fifteen_and_sixty_minutes(
    app: Flask, seconds: int, beads: int
) -> None:
    with app.test_request_context("/", headers={"Cookie": "caravan_line=64"}):
        found = weight(seconds * 8000)
    assert found.seconds == pytest.approx(seconds)
    assert found.beads == beads


@pytest.mark.parametrize("cookie", ["", "63", "fast", "-64", r'"\302\262"', r'"\331\246\331\244"'])
def test_a_line_that_nobody_offered_is_a_thin_one(app: Flask, cookie: str) -> None:
    with app.test_request_context("/", headers={"Cookie": f"caravan_line={cookie}"}):
        assert line_speed() == USUAL


def test_a_form_sent_has_no_address_of_its_own_in_another_language(app: Flask) -> None:
    with app.test_request_context("/contribute/x/save", method="POST"):
        assert formatting.in_language("ar") == "/?lang=ar"
    with app.test_request_context("/?q=%26x&lang=en&kind=film"):
        assert formatting.in_language("zh") == "/?q=%26x&kind=film&lang=zh"


# -- icons and marks ---------------------------------------------------------------------------------


@pytest.mark.usefixtures("asked")
def test_the_sprite_holds_what_was_drawn_and_no_more() -> None:
    drawn = icon("film") + icon("film") + icon("back") + icon("nothing like it")
    sprite = icon_sprite()
    assert sprite.count("<symbol") == 3
    assert 'id="i-other"' in sprite
    assert "i-turns" in drawn
    assert drawn.count("aria-hidden") == 4


@pytest.mark.usefixtures("asked")
def test_an_icon_that_says_something_is_heard() -> None:
    assert 'aria-label="&#34;take away&#34;"' in icon("x", label='"take away"')


def test_marks_stand_where_they_should_and_nothing_is_markup() -> None:
    assert marked("a <b> magnet", [(6, 12)]) == "a &lt;b&gt; <mark>magnet</mark>"
    assert marked("<i>", []) == "&lt;i&gt;"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("field_film-1080p.mp4", "field_<wbr>film-<wbr>1080p<wbr>.mp4"),
        ("v1.25.3mf", "v1.25.3mf"),
        ("parts.7z", "parts<wbr>.7z"),
        (".._--__.", ".._--__<wbr>."),
        ("<b>_x.pdf", "&lt;b&gt;_<wbr>x<wbr>.pdf"),
        ("သံလိုက်.docx", "သံလိုက်<wbr>.docx"),
        ("", ""),
    ],
)
def test_the_name_of_a_file_breaks_at_its_seams_and_not_within_a_number(
    name: str, told: str
) -> None:
    assert breakable(name) == told


# -- forms, frames, facets ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sizes", "best"),
    [
        ([1_000_000, 9_000_000, 90_000_000], 1),
        ([20_000_000, 90_000_000], 0),
        ([100], 0),
    ],
)
@pytest.mark.usefixtures("asked")
def test_the_heaviest_form_that_comes_within_five_minutes_is_suggested(
    sizes: list[int], best: int
) -> None:
    rows = [FormRow(str(size), "", size, "/there") for size in sizes]
    assert [row.suggested for row in _suggested(rows)] == [
        place == best for place in range(len(sizes))
    ]


@pytest.mark.usefixtures("asked")
def test_what_came_with_it_and_what_is_held_is_not_suggested() -> None:
    film = FormRow("film", "", 100, "/there")
    rows = [film, replace(film, size=900, beside=True), replace(film, size=950, address=None)]
    assert [row.suggested for row in _suggested(rows)] == [True, False, False]
    assert [row.suggested for row in _suggested(rows[2:])] == [False]
    assert [row.suggested for row in _suggested(rows[1:2])] == [True]


def film_of(times: list[float], width: int | None = 1920, height: int = 1080) -> Any:
    sheet = SimpleNamespace(name="contact_sheet", facts={"seconds": times})
    return SimpleNamespace(
        id="f1",
        facts={"display_width": width, "display_height": height},
        rendition=lambda name: sheet if name == "contact_sheet" and times else None,
    )


@pytest.mark.usefixtures("asked")
def test_frames_lie_in_rows_of_five_and_a_note_marks_the_one_before_it() -> None:
    view: Any = SimpleNamespace(id="r1")
    strip = frame_strip(view, film_of([0, 10, 20, 30, 40, 50, 60]), [29.0, 60.0])
    assert strip is not None
    assert (strip.width, strip.height, strip.cell) == (1616, 364, 180)
    assert [(frame.x, frame.y) for frame in strip.frames][4:6] == [(-1296, 0), (0, -184)]
    assert [frame.second for frame in strip.frames if frame.noted] == [20, 60]


@pytest.mark.usefixtures("asked")
def test_a_film_without_frames_or_size_has_no_strip() -> None:
    view: Any = SimpleNamespace(id="r1")
    assert frame_strip(view, film_of([]), []) is None
    assert frame_strip(view, film_of([0.0], width=None), []) is None


@pytest.mark.usefixtures("asked")
def test_a_chosen_value_is_never_cut_off() -> None:
    counts = tuple(
        LabelledCount(str(number), str(number), 1, chosen=number == 40) for number in range(50)
    )
    found: Any = SimpleNamespace(facets={"country": counts})
    lines = facet_lines("country", found)
    assert len(lines) == MOST_VALUES + 1
    assert lines[-1].value == "40"
