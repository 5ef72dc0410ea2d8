"""Tags are brought to one form, and languages matched across their scripts."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.languages import (
    INTERFACE,
    LANGUAGES,
    TWELVE,
    base,
    direction,
    fallbacks,
    from_stream,
    normalise_tag,
    same_language,
)


def test_the_twelve_and_their_other_scripts_are_known_under_canonical_tags() -> None:
    others = {"zh-Hant", "sr-Latn", "uz-Cyrl"}
    assert set(LANGUAGES) == set(TWELVE) | others
    assert len(TWELVE) == 12
    assert set(TWELVE) <= set(INTERFACE) == set(LANGUAGES) - {"zh-Hant"}
    assert all(tag == language.tag == normalise_tag(tag) for tag, language in LANGUAGES.items())


def test_known_languages_tell_the_direction_that_their_tag_tells() -> None:
    assert {tag: language.direction for tag, language in LANGUAGES.items()} == {
        tag: direction(tag) for tag in LANGUAGES
    }


@pytest.mark.parametrize(
    ("tag", "normal"),
    [
        ("EN", "en"),
        ("en-us", "en-US"),
        ("ZH-hans", "zh"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("sr-cyrl", "sr"),
        ("SR-LATN-rs", "sr-Latn-RS"),
        ("uz-latn", "uz"),
        ("eng", "en"),
        ("chi-hant", "zh-Hant"),
        ("yue", "yue"),
        ("es-419", "es-419"),
        ("de-DE-1996-u-CO-phonebk", "de-DE-1996-u-co-phonebk"),
        ("ar-x-Local", "ar-x-local"),
    ],
)
def test_a_tag_is_brought_to_canonical_case_and_shortest_form(tag: str, normal: str) -> None:
    assert normalise_tag(tag) == normal


@pytest.mark.parametrize(
    "tag",
    ["", "e", "english", "ru_RU", "en-", "-en", "en--us", "русский", "en us", "x-klingon", "en\n"],
)
def test_what_is_no_tag_is_refused(tag: str) -> None:
    with pytest.raises(ValueError, match=r"^"):
        normalise_tag(tag)


def test_a_tag_longer_than_any_real_one_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^"):
        normalise_tag("en" + "-abcdefgh" * 8)


@settings(max_examples=200)
@given(st.from_regex(r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-[A-Za-z]{2})?(-[a-z]{5})?", fullmatch=True))
def test_normalising_twice_changes_nothing_more(tag: str) -> None:
    once = normalise_tag(tag)
    assert normalise_tag(once) == once
    assert base(once) == base(tag)


@settings(max_examples=200)
@given(st.text(max_size=80))
def test_whatever_a_file_states_is_a_tag_in_normal_form_or_nothing(text: str) -> None:
    tag = from_stream(text)
    assert tag is None or tag == normalise_tag(tag)


@pytest.mark.parametrize(
    ("one", "other"), [("sr", "sr-Latn"), ("uz-Cyrl", "uz"), ("zh", "zh-Hant-HK"), ("EN", "en-GB")]
)
def test_scripts_and_regions_are_one_language(one: str, other: str) -> None:
    assert same_language(one, other)


def test_serbian_and_russian_are_two_languages_in_one_script() -> None:
    assert not same_language("sr", "ru")


@pytest.mark.parametrize(
    ("tag", "order"),
    [
        ("en", ("en",)),
        ("ru", ("ru", "en")),
        ("sr", ("sr", "sr-Latn", "en")),
        ("sr-Latn", ("sr-Latn", "sr", "en")),
        ("uz-Cyrl", ("uz-Cyrl", "uz", "en")),
        ("zh-tw", ("zh-TW", "zh-Hant", "zh", "en")),
        ("zh-CN", ("zh-CN", "zh", "zh-Hant", "en")),
        ("sr-Latn-RS", ("sr-Latn-RS", "sr-Latn", "sr", "en")),
        ("de-x-a-b", ("de-x-a-b", "de-x-a", "de", "en")),
    ],
)
def test_a_reader_is_offered_the_nearest_form_first_and_english_last(
    tag: str, order: tuple[str, ...]
) -> None:
    assert fallbacks(tag) == order


@pytest.mark.parametrize(
    ("tag", "expected"),
    [("ar", "rtl"), ("ar-EG", "rtl"), ("fa", "rtl"), ("uz-Arab", "rtl"), ("ar-Latn", "ltr")],
)
def test_the_script_of_a_tag_decides_the_direction_before_its_language(
    tag: str, expected: str
) -> None:
    assert direction(tag) == expected


@pytest.mark.parametrize(
    ("code", "tag"),
    [
        ("eng", "en"),
        ("RUS", "ru"),
        ("chi", "zh"),
        ("zho", "zh"),
        ("fre", "fr"),
        ("fra", "fr"),
        ("gre", "el"),
        ("may", "ms"),
        ("zsm", "ms"),
        ("bur", "my"),
        ("srp", "sr"),
        ("uzb", "uz"),
        ("tha", "th"),
        ("yue", "yue"),
        ("pt_BR", "pt-BR"),
        ("und", None),
        ("mul", None),
        ("", None),
        ("English", None),
    ],
)
def test_the_language_of_a_stream_becomes_a_tag(code: str, tag: str | None) -> None:
    assert from_stream(code) == tag
