"""Cues of subtitles: what makers' files look like, and the WebVTT made of them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.formats.cues import Cue, as_webvtt, read_cues

SRT = (
    "1\n00:00:01,000 --> 00:00:02,500\nHello <i>there</i>\n\n2\n00:00:03,000 --> 00:00:04,000\nBye"
)


def test_subrip_gives_times_in_seconds_and_words_without_marks() -> None:
    assert read_cues(SRT) == (Cue(1.0, 2.5, "Hello there"), Cue(3.0, 4.0, "Bye"))


@pytest.mark.parametrize("ending", ["\r\n", "\r", "\n"])
def test_every_line_ending_is_read(ending: str) -> None:
    assert len(read_cues(SRT.replace("\n", ending))) == 2


def test_a_missing_empty_line_does_not_make_the_next_number_speech() -> None:
    text = SRT.replace("\n\n2", "\n2")
    assert [cue.text for cue in read_cues(text)] == ["Hello there", "Bye"]


def test_a_number_that_is_spoken_is_kept() -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nHow many?\n42\n\n2\n00:00:03,000 --> 00:00:04,000\n7"
    assert [cue.text for cue in read_cues(text)] == ["How many?\n42", "7"]


def test_seconds_of_three_digits_are_read() -> None:
    assert read_cues("00:00:013,567 --> 00:00:014,901\nx")[0].start == pytest.approx(13.567)


def test_webvtt_without_hours_with_settings_and_notes() -> None:
    text = (
        "WEBVTT\n\nNOTE not speech\n\nSTYLE\n::cue { color: red }\n\n"
        "intro\n00:01.000 --> 00:02.000 position:60% align:start\nA &amp; B\n\nNOTE neither\n"
    )
    assert read_cues(text) == (Cue(1.0, 2.0, "A & B"),)


def test_the_columns_of_ass_may_stand_in_any_order() -> None:
    text = (
        "[Script Info]\n[Events]\nFormat: Start, End, Layer, Text\n"
        r"Dialogue: 0:00:01.50,0:00:02.00,0,{\i1}One, two\Nthree"
    )
    assert read_cues(text) == (Cue(1.5, 2.0, "One, two\nthree"),)


def test_webvtt_escapes_what_would_be_markup() -> None:
    written = as_webvtt([Cue(3661.5, 3662.0, "<script> --> & more")])
    assert "01:01:01.500 --> 01:01:02.000\n&lt;script&gt; --&gt; &amp; more" in written


def test_cues_without_words_or_length_are_not_written() -> None:
    assert as_webvtt([Cue(2.0, 1.0, "backwards"), Cue(1.0, 2.0, "")]).strip() == "WEBVTT"


@given(st.text(max_size=200))
@settings(max_examples=60)
def test_any_text_is_read_without_harm(text: str) -> None:
    read_cues(text)
    read_cues("[Script Info]\nFormat: Start, End, Text\nDialogue: " + text)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 10**7),
            st.integers(1, 10**5),
            st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=30),
        ),
        max_size=5,
    )
)
@settings(max_examples=40)
def test_what_is_written_reads_back_the_same(told: list[tuple[int, int, str]]) -> None:
    cues = [Cue(at / 1000, (at + length) / 1000, words) for at, length, words in told]
    cues = sorted(cues, key=lambda cue: cue.start)
    again = read_cues(as_webvtt(cues))
    assert [round(cue.start, 3) for cue in again] == [round(cue.start, 3) for cue in cues]
    assert [cue.text for cue in again] == [
        words for cue in cues if (words := read_cues(as_webvtt([cue]))[0].text)
    ]
